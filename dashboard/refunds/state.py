"""Finances › Remboursements as it stands in the URL, and back. What cannot be understood is left out."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

import streamlit as st

from dashboard.files.state import go_to
from dashboard.order_list.state import clean_text
from dashboard.url_values import identifier, member
from db.domain.orders import PaymentMethod
from db.domain.refund_list import RefundFilter, RefundTab


@dataclass(frozen=True, slots=True)
class RefundsState:
    """Everything the URL of the page says."""

    tab: RefundTab = RefundTab.TO_DO
    method: PaymentMethod | None = None
    seller_id: int | None = None
    text: str = ""
    #: The page: what is further down than one refund, or the page just above it.
    before: int | None = None
    after: int | None = None

    @property
    def wanted(self) -> RefundFilter:
        """Return the filter for the queries."""
        return RefundFilter(self.tab, self.method, self.seller_id, self.text)

    def from_the_top(self) -> "RefundsState":
        """Return the same list from its first refund."""
        return replace(self, before=None, after=None)

    @property
    def is_filtered(self) -> bool:
        """Tell whether the list shows less than its tab has."""
        return self.from_the_top() != RefundsState(self.tab)


def from_query(params: Mapping[str, str]) -> RefundsState:
    """Read the state from URL parameters."""
    return RefundsState(
        tab=member(RefundTab, params.get("liste", "")) or RefundTab.TO_DO,
        method=member(PaymentMethod, params.get("moyen", "")),
        seller_id=identifier(params.get("vendeur", "")),
        text=clean_text(params.get("q", "")),
        before=identifier(params.get("avant", "")),
        after=identifier(params.get("apres", "")),
    )


def to_query(state: RefundsState) -> dict[str, str]:
    """Return the URL parameters: only what differs from the page as it opens, in a stable order."""
    params = {
        "liste": "" if state.tab is RefundTab.TO_DO else state.tab.value,
        "moyen": state.method.value if state.method else "",
        "vendeur": str(state.seller_id or ""),
        "q": state.text,
        "avant": str(state.before or ""),
        "apres": str(state.after or ""),
    }
    return {name: value for name, value in params.items() if value}


def present_state() -> RefundsState:
    """Return what the URL asks for."""
    return from_query(st.query_params.to_dict())


def go(state: RefundsState) -> None:
    """Show another list."""
    go_to(to_query(state))


def widget_key(name: str, state: RefundsState) -> str:
    """Return the key of a widget: it follows the URL, however that was reached."""
    return f"refunds_{name}_{urlencode(to_query(state))}"
