"""Finances › Reversements as it stands in the URL, and back. What cannot be understood is left out."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar
from urllib.parse import urlencode

import streamlit as st

from dashboard.files.state import go_to
from dashboard.inputs import parse_amount
from dashboard.order_list.state import Period, amount_text, clean_text
from dashboard.url_values import identifier, member
from db.domain.errors import InvalidInputError
from db.domain.months import FIRST_MONTH, LAST_MONTH, month_of
from db.domain.payout_filter import PayoutFilter, PayoutTab

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PayoutsState:
    """Everything the URL of the page says."""

    tab: PayoutTab = PayoutTab.TO_APPROVE
    text: str = ""
    seller_id: int | None = None
    #: None where the days were chosen one by one, or any will do.
    period: Period | None = None
    first_day: dt.date | None = None
    last_day: dt.date | None = None
    min_cents: int | None = None
    max_cents: int | None = None
    #: Only what one preparation gathered, or one file of transfers holds: links lead there.
    run_id: int | None = None
    batch_id: int | None = None
    #: The page: what is older than one payout, or the page just above it.
    before: int | None = None
    after: int | None = None

    def wanted(self, today: dt.date) -> PayoutFilter:
        """Return the filter for the queries."""
        first, last = self.period.days(today) if self.period else (self.first_day, self.last_day)
        return PayoutFilter(
            self.tab,
            first,
            last,
            self.seller_id,
            self.min_cents,
            self.max_cents,
            self.text,
            self.run_id,
            self.batch_id,
        )

    def from_the_top(self) -> "PayoutsState":
        """Return the same list from its newest payout."""
        return replace(self, before=None, after=None)

    @property
    def is_filtered(self) -> bool:
        """Tell whether the list shows less than its tab has."""
        return self.from_the_top() != PayoutsState(self.tab)


def from_query(params: Mapping[str, str]) -> PayoutsState:
    """Read the state from URL parameters."""

    def read(name: str, parse: Callable[[str], T]) -> T | None:
        text = params.get(name, "").strip()
        try:
            return parse(text) if text else None
        except (ValueError, InvalidInputError):
            return None

    period = member(Period, params.get("periode", ""))
    return PayoutsState(
        tab=member(PayoutTab, params.get("liste", "")) or PayoutTab.TO_APPROVE,
        text=clean_text(params.get("q", "")),
        seller_id=identifier(params.get("vendeur", "")),
        period=period,
        first_day=None if period else read("du", _day),
        last_day=None if period else read("au", _day),
        min_cents=read("min", parse_amount),
        max_cents=read("max", parse_amount),
        run_id=identifier(params.get("preparation", "")),
        batch_id=identifier(params.get("remise", "")),
        before=identifier(params.get("avant", "")),
        after=identifier(params.get("apres", "")),
    )


def to_query(state: PayoutsState) -> dict[str, str]:
    """Return the URL parameters: only what differs from the page as it opens, in a stable order."""
    params = {
        "liste": "" if state.tab is PayoutTab.TO_APPROVE else state.tab.value,
        "q": state.text,
        "vendeur": str(state.seller_id or ""),
        "periode": state.period.value if state.period else "",
        "du": state.first_day.isoformat() if state.first_day else "",
        "au": state.last_day.isoformat() if state.last_day else "",
        "min": amount_text(state.min_cents),
        "max": amount_text(state.max_cents),
        "preparation": str(state.run_id or ""),
        "remise": str(state.batch_id or ""),
        "avant": str(state.before or ""),
        "apres": str(state.after or ""),
    }
    return {name: value for name, value in params.items() if value}


def present_state() -> PayoutsState:
    """Return what the URL asks for."""
    return from_query(st.query_params.to_dict())


def go(state: PayoutsState) -> None:
    """Show another list."""
    go_to(to_query(state))


def widget_key(name: str, state: PayoutsState) -> str:
    """Return the key of a widget: it follows the URL, however that was reached."""
    return f"payouts_{name}_{urlencode(to_query(state))}"


def _day(text: str) -> dt.date:
    day = dt.date.fromisoformat(text)
    if not FIRST_MONTH <= month_of(day) <= LAST_MONTH:
        raise ValueError(text)
    return day
