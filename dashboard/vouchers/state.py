"""« Bons d’achat » as it stands in the URL, and back. What cannot be understood is left out."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

import streamlit as st

from dashboard.files.state import go_to
from dashboard.order_list.state import Period, clean_text
from dashboard.url_values import identifier, member
from db.domain.voucher_filter import VoucherFilter, VoucherTab

#: Whom a new voucher is for, an order's number or an e-mail address: it opens the dialog that gives one.
NEW_PARAMETER = "donner"
_SOON = "bientot"


@dataclass(frozen=True, slots=True)
class VouchersState:
    """Everything the URL of the page says."""

    tab: VoucherTab = VoucherTab.LIVE
    text: str = ""
    period: Period | None = None
    expires_soon: bool = False
    customer_id: int | None = None
    #: The page: what is older than one voucher, or the page just above it.
    before: int | None = None
    after: int | None = None
    #: The voucher that is looked at beside the list.
    chosen: int | None = None

    def wanted(self, today: dt.date) -> VoucherFilter:
        """Return the filter for the query."""
        first, last = self.period.days(today) if self.period else (None, None)
        return VoucherFilter(self.tab, self.text, self.customer_id, first, last, self.expires_soon)

    def from_the_top(self) -> "VouchersState":
        """Return the same list from its newest voucher, with none chosen."""
        return replace(self, before=None, after=None, chosen=None)

    def of_tab(self, tab: VoucherTab) -> "VouchersState":
        """Return another list under the same filters; only what can be used expires soon."""
        return replace(self.from_the_top(), tab=tab, expires_soon=self.expires_soon and tab is VoucherTab.LIVE)

    @property
    def is_filtered(self) -> bool:
        """Tell whether the list shows less than its tab has."""
        return self.from_the_top() != VouchersState(self.tab)


def from_query(params: Mapping[str, str]) -> VouchersState:
    """Read the state from URL parameters."""
    return VouchersState(
        tab=member(VoucherTab, params.get("liste", "")) or VoucherTab.LIVE,
        text=clean_text(params.get("q", "")),
        period=member(Period, params.get("periode", "")),
        expires_soon=params.get("expire", "") == _SOON,
        customer_id=identifier(params.get("client", "")),
        before=identifier(params.get("avant", "")),
        after=identifier(params.get("apres", "")),
        chosen=identifier(params.get("n", "")),
    )


def to_query(state: VouchersState) -> dict[str, str]:
    """Return the URL parameters: only what differs from the page as it opens, in a stable order."""
    params = {
        "liste": "" if state.tab is VoucherTab.LIVE else state.tab.value,
        "q": state.text,
        "periode": state.period.value if state.period else "",
        "expire": _SOON if state.expires_soon else "",
        "client": str(state.customer_id or ""),
        "avant": str(state.before or ""),
        "apres": str(state.after or ""),
        "n": str(state.chosen or ""),
    }
    return {name: value for name, value in params.items() if value}


def voucher_params(voucher_id: int) -> dict[str, str]:
    """Return the URL parameters that show one voucher, whatever became of it; for whoever links there."""
    return to_query(VouchersState(VoucherTab.ALL, chosen=voucher_id))


def present_state() -> VouchersState:
    """Return what the URL asks for."""
    return from_query(st.query_params.to_dict())


def go(state: VouchersState) -> None:
    """Show another list or another voucher."""
    go_to(to_query(state))


def widget_key(name: str, state: VouchersState) -> str:
    """Return the key of a widget: it follows the URL, however that was reached."""
    return f"vouchers_{name}_{urlencode(to_query(state))}"
