"""A seller's account as it stands in the URL, and back. What cannot be understood is left out."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

import streamlit as st

from dashboard.files.state import go_to
from dashboard.seller_account.links import SELLER_PARAMETER
from dashboard.url_values import identifier, member


class Span(StrEnum):
    """How far back the curve goes; the value is what the URL says."""

    QUARTER = "3-mois"
    YEAR = "12-mois"

    @property
    def label(self) -> str:
        """Return the label on the screen."""
        return {Span.QUARTER: "3 mois", Span.YEAR: "12 mois"}[self]

    @property
    def length(self) -> dt.timedelta:
        """Return how far back it goes."""
        return {Span.QUARTER: dt.timedelta(days=91), Span.YEAR: dt.timedelta(days=365)}[self]


@dataclass(frozen=True, slots=True)
class AccountState:
    """Everything the URL of the page says."""

    #: None: the list of all accounts; a seller has no other than its own.
    seller_id: int | None = None
    #: None: the house's own.
    currency: str | None = None
    span: Span = Span.QUARTER
    #: Of the entries: those older than this one, or the page that ends above it.
    before: int | None = None
    after: int | None = None

    def from_the_top(self) -> "AccountState":
        """Return the same account with its newest entries."""
        return replace(self, before=None, after=None)


def from_query(params: Mapping[str, str]) -> AccountState:
    """Read the state from URL parameters."""
    currency = params.get("devise", "")
    return AccountState(
        seller_id=identifier(params.get(SELLER_PARAMETER, "")),
        currency=currency if len(currency) == 3 and currency.isalpha() else None,
        span=member(Span, params.get("courbe", "")) or Span.QUARTER,
        before=identifier(params.get("avant", "")),
        after=identifier(params.get("apres", "")),
    )


def to_query(state: AccountState) -> dict[str, str]:
    """Return the URL parameters: only what differs from the account as it opens, in a stable order."""
    params = {
        SELLER_PARAMETER: str(state.seller_id or ""),
        "devise": state.currency or "",
        "courbe": "" if state.span is Span.QUARTER else state.span.value,
        "avant": str(state.before or ""),
        "apres": str(state.after or ""),
    }
    return {name: value for name, value in params.items() if value}


def present_state() -> AccountState:
    """Return the state that the URL says."""
    return from_query(st.query_params.to_dict())


def go(state: AccountState) -> None:
    """Show another account, or another part of it."""
    go_to(to_query(state))
