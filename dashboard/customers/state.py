"""Vendre › Clients as it stands in the URL, and back. What cannot be understood is left out."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

import streamlit as st

from dashboard.order_list.state import clean_text
from dashboard.url_values import identifier


@dataclass(frozen=True, slots=True)
class CustomersState:
    """Everything the URL of the page says."""

    text: str = ""
    #: The page: what is older than one account, or the page just above it.
    before: int | None = None
    after: int | None = None

    def from_the_top(self) -> "CustomersState":
        """Return the same list from its newest account."""
        return replace(self, before=None, after=None)


def from_query(params: Mapping[str, str]) -> CustomersState:
    """Read the state from URL parameters."""
    return CustomersState(
        text=clean_text(params.get("q", "")),
        before=identifier(params.get("avant", "")),
        after=identifier(params.get("apres", "")),
    )


def to_query(state: CustomersState) -> dict[str, str]:
    """Return the URL parameters: only what differs from the list as it opens, in a stable order."""
    params = {"q": state.text, "avant": str(state.before or ""), "apres": str(state.after or "")}
    return {name: value for name, value in params.items() if value}


def present_state() -> CustomersState:
    """Return what the URL asks for."""
    return from_query(st.query_params.to_dict())


def go(state: CustomersState) -> None:
    """Show another list."""
    st.query_params.from_dict(to_query(state))


def widget_key(name: str, state: CustomersState) -> str:
    """Return the key of a widget: it follows the URL, however that was reached."""
    return f"customers_{name}_{urlencode(to_query(state))}"
