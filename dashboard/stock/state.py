"""Vendre › Stock as it stands in the URL, and back. What cannot be understood is left out; nothing breaks the page."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

import streamlit as st

from dashboard.files.state import go_to
from dashboard.order_list.state import clean_text
from dashboard.url_values import identifier, member
from db.domain.stock import StockFilter, StockList

#: More pages than any catalogue has.
_LAST_PAGE = 100_000


@dataclass(frozen=True, slots=True)
class StockState:
    """Everything the URL of the page says."""

    list: StockList = StockList.LOW
    seller_id: int | None = None
    text: str = ""
    page: int = 1
    #: The product that is looked at beside the list.
    chosen: int | None = None
    #: Of its movements: those older than this one.
    before: int | None = None

    @property
    def wanted(self) -> StockFilter:
        """Return the filter for the query."""
        return StockFilter(self.list, self.seller_id, self.text)

    def from_the_top(self) -> "StockState":
        """Return the same list from its first product, with none chosen."""
        return replace(self, page=1, chosen=None, before=None)

    @property
    def is_filtered(self) -> bool:
        """Tell whether the list shows less than its tab has."""
        return self.from_the_top() != StockState(self.list)


def from_query(params: Mapping[str, str]) -> StockState:
    """Read the state from URL parameters."""
    return StockState(
        list=member(StockList, params.get("liste", "")) or StockList.LOW,
        seller_id=identifier(params.get("vendeur", "")),
        text=clean_text(params.get("q", "")),
        page=min(identifier(params.get("page", "")) or 1, _LAST_PAGE),
        chosen=identifier(params.get("produit", "")),
        before=identifier(params.get("avant", "")),
    )


def to_query(state: StockState) -> dict[str, str]:
    """Return the URL parameters: only what differs from the page as it opens, in a stable order."""
    params = {
        "liste": "" if state.list is StockList.LOW else state.list.value,
        "vendeur": str(state.seller_id or ""),
        "q": state.text,
        "page": "" if state.page == 1 else str(state.page),
        "produit": str(state.chosen or ""),
        "avant": str(state.before or ""),
    }
    return {name: value for name, value in params.items() if value}


def present_state() -> StockState:
    """Return what the URL asks for."""
    return from_query(st.query_params.to_dict())


def go(state: StockState) -> None:
    """Show another list or another product."""
    go_to(to_query(state))


def widget_key(name: str, state: StockState) -> str:
    """Return the key of a widget: it follows the URL, however that was reached."""
    return f"stock_{name}_{urlencode(to_query(state))}"
