"""Finances › Commissions as it stands in the URL, and back. What cannot be understood is left out."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

import streamlit as st

from dashboard.files.state import go_to
from dashboard.order_list.state import Period, clean_text
from dashboard.url_values import identifier, member
from db.domain.fee_filter import FeeFilter, FeeTab


@dataclass(frozen=True, slots=True)
class FeesState:
    """Everything the URL of the page says."""

    tab: FeeTab = FeeTab.ALL
    period: Period | None = None
    seller_id: int | None = None
    text: str = ""
    #: The page: what is older than one document, or the page just above it.
    before: int | None = None
    after: int | None = None
    #: The document that is looked at beside the list.
    chosen: int | None = None

    def wanted(self, today: dt.date) -> FeeFilter:
        """Return the filter for the queries."""
        first, last = self.period.days(today) if self.period else (None, None)
        return FeeFilter(self.tab, first, last, self.seller_id, self.text)

    def from_the_top(self) -> "FeesState":
        """Return the same list from its newest document, with none chosen."""
        return replace(self, before=None, after=None, chosen=None)

    @property
    def is_filtered(self) -> bool:
        """Tell whether the list shows less than its tab has."""
        return self.from_the_top() != FeesState(self.tab)


def from_query(params: Mapping[str, str]) -> FeesState:
    """Read the state from URL parameters."""
    return FeesState(
        tab=member(FeeTab, params.get("liste", "")) or FeeTab.ALL,
        period=member(Period, params.get("periode", "")),
        seller_id=identifier(params.get("vendeur", "")),
        text=clean_text(params.get("q", "")),
        before=identifier(params.get("avant", "")),
        after=identifier(params.get("apres", "")),
        chosen=identifier(params.get("document", "")),
    )


def to_query(state: FeesState) -> dict[str, str]:
    """Return the URL parameters: only what differs from the page as it opens, in a stable order."""
    params = {
        "liste": "" if state.tab is FeeTab.ALL else state.tab.value,
        "periode": state.period.value if state.period else "",
        "vendeur": str(state.seller_id or ""),
        "q": state.text,
        "avant": str(state.before or ""),
        "apres": str(state.after or ""),
        "document": str(state.chosen or ""),
    }
    return {name: value for name, value in params.items() if value}


def present_state() -> FeesState:
    """Return what the URL asks for."""
    return from_query(st.query_params.to_dict())


def go(state: FeesState) -> None:
    """Show another list or another document."""
    go_to(to_query(state))


def widget_key(name: str, state: FeesState) -> str:
    """Return the key of a widget: it follows the URL, however that was reached."""
    return f"fees_{name}_{urlencode(to_query(state))}"
