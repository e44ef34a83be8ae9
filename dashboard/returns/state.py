"""Vendre › Retours as it stands in the URL, and back. What cannot be understood is left out."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlencode

import streamlit as st

from dashboard.order_list.state import Period, clean_text
from dashboard.url_values import identifier, member
from db.domain.return_filter import ReturnFilter, ReturnTab
from db.domain.returns import ReturnReason

#: On a return's page: the list it was opened from.
LIST_PARAMETER = "depuis"

_TABS: Mapping[str, ReturnTab] = {
    "en-cours": ReturnTab.OPEN,
    "a-accepter": ReturnTab.REQUESTED,
    "colis-attendus": ReturnTab.AWAITING_PARCEL,
    "a-rembourser": ReturnTab.PARCEL_RECEIVED,
    "en-retard": ReturnTab.LATE,
    "a-repondre": ReturnTab.TO_ANSWER,
    "termines": ReturnTab.COMPLETED,
    "refuses": ReturnTab.DENIED,
    "tous": ReturnTab.ALL,
}
_TAB_WORDS = {tab: word for word, tab in _TABS.items()}


@dataclass(frozen=True, slots=True)
class ReturnsState:
    """Everything the URL of the page says."""

    tab: ReturnTab = ReturnTab.OPEN
    text: str = ""
    seller_id: int | None = None
    reason: ReturnReason | None = None
    period: Period | None = None
    #: The page: what is below one return, or the page just above it.
    before: int | None = None
    after: int | None = None

    def wanted(self, today: dt.date) -> ReturnFilter:
        """Return the filter for the queries."""
        first, last = self.period.days(today) if self.period else (None, None)
        return ReturnFilter(self.tab, self.seller_id, self.reason, first, last, self.text)

    def from_the_top(self) -> "ReturnsState":
        """Return the same list from its first return."""
        return replace(self, before=None, after=None)

    @property
    def is_filtered(self) -> bool:
        """Tell whether the list shows less than its tab has."""
        return self.from_the_top() != ReturnsState(self.tab)


def from_query(params: Mapping[str, str]) -> ReturnsState:
    """Read the state from URL parameters."""
    return ReturnsState(
        tab=_TABS.get(params.get("liste", ""), ReturnTab.OPEN),
        text=clean_text(params.get("q", "")),
        seller_id=identifier(params.get("vendeur", "")),
        reason=member(ReturnReason, params.get("motif", "")),
        period=member(Period, params.get("periode", "")),
        before=identifier(params.get("avant", "")),
        after=identifier(params.get("apres", "")),
    )


def to_query(state: ReturnsState) -> dict[str, str]:
    """Return the URL parameters: only what differs from the page as it opens, in a stable order."""
    params = {
        "liste": "" if state.tab is ReturnTab.OPEN else _TAB_WORDS[state.tab],
        "q": state.text,
        "vendeur": str(state.seller_id or ""),
        "motif": state.reason.value if state.reason else "",
        "periode": state.period.value if state.period else "",
        "avant": str(state.before or ""),
        "apres": str(state.after or ""),
    }
    return {name: value for name, value in params.items() if value}


def present_state() -> ReturnsState:
    """Return what the URL asks for."""
    # Back from a return stops at the list's path with the return's parameters: Streamlit writes them first.
    return from_query(list_of_origin() or st.query_params.to_dict())


def list_of_origin() -> dict[str, str]:
    """Return the parameters of the list that a return was opened from; none where it was opened by itself."""
    return dict(parse_qsl(st.query_params.get(LIST_PARAMETER, "")))


def go(state: ReturnsState) -> None:
    """Show another list."""
    st.query_params.from_dict(to_query(state))


def widget_key(name: str, state: ReturnsState) -> str:
    """Return the key of a widget: it follows the URL, however that was reached."""
    return f"returns_{name}_{urlencode(to_query(state))}"
