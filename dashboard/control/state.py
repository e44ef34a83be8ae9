"""Finances › Contrôle as it stands in the URL, and back. What cannot be understood is left out."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

import streamlit as st

from dashboard.files.state import go_to
from dashboard.order_list.state import Period
from dashboard.url_values import identifier, member
from db.domain.months import FIRST_MONTH, LAST_MONTH, last_day
from db.queries.control import ControlBy, ControlFilter

#: As people say it, and as the URL does.
_BY = {"jour": ControlBy.DAY, "mois": ControlBy.MONTH, "vendeur": ControlBy.SELLER}
BY_LABELS = {ControlBy.DAY: "Par jour", ControlBy.MONTH: "Par mois", ControlBy.SELLER: "Par vendeur"}
_ALL_ORDERS = "tous"


@dataclass(frozen=True, slots=True)
class ControlState:
    """Everything the URL of the page says."""

    period: Period | None = Period.THIS_MONTH
    #: Days chosen one by one, as by a row of the table; they stand where no period does.
    first_day: dt.date | None = None
    last_day: dt.date | None = None
    seller_id: int | None = None
    currency: str | None = None
    by: ControlBy = ControlBy.DAY
    #: Whether the orders whose difference has its reason are listed, too.
    shows_explained: bool = False

    def wanted(self, today: dt.date, currencies: Sequence[str]) -> ControlFilter:
        """Return the filter for the queries."""
        first, last = self.period.days(today) if self.period else (today, today)
        first, last = self.first_day or first, self.last_day or last
        currency = self.currency if self.currency in currencies else currencies[0]
        return ControlFilter(first, last, currency or currencies[0], self.seller_id)


def from_query(params: Mapping[str, str]) -> ControlState:
    """Read the state from URL parameters."""
    first, last = (_day(params.get(name, "")) for name in ("du", "au"))
    chosen = first is not None and last is not None and first <= last
    return ControlState(
        period=None if chosen else member(Period, params.get("periode", "")) or Period.THIS_MONTH,
        first_day=first if chosen else None,
        last_day=last if chosen else None,
        seller_id=identifier(params.get("vendeur", "")),
        currency=params.get("devise") or None,
        by=_BY.get(params.get("par", ""), ControlBy.DAY),
        shows_explained=params.get("ecarts") == _ALL_ORDERS,
    )


def to_query(state: ControlState) -> dict[str, str]:
    """Return the URL parameters: only what differs from the page as it opens, in a stable order."""
    usual = state.period in (None, Period.THIS_MONTH)
    params = {
        "periode": "" if usual or state.period is None else state.period.value,
        "du": state.first_day.isoformat() if state.first_day else "",
        "au": state.last_day.isoformat() if state.last_day else "",
        "vendeur": str(state.seller_id or ""),
        "devise": state.currency or "",
        "par": "" if state.by is ControlBy.DAY else next(text for text, by in _BY.items() if by is state.by),
        "ecarts": _ALL_ORDERS if state.shows_explained else "",
    }
    return {name: value for name, value in params.items() if value}


def _day(text: str) -> dt.date | None:
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return day if FIRST_MONTH <= day <= last_day(LAST_MONTH) else None


#: All there ever was, month by month: where the counter of unexplained orders leads.
EVERYTHING = ControlState(period=None, first_day=FIRST_MONTH, last_day=last_day(LAST_MONTH), by=ControlBy.MONTH)


def present_state() -> ControlState:
    """Return what the URL asks for."""
    return from_query(st.query_params.to_dict())


def go(state: ControlState) -> None:
    """Show another control."""
    go_to(to_query(state))


def widget_key(name: str, state: ControlState) -> str:
    """Return the key of a widget: it follows the URL, however that was reached."""
    return f"control_{name}_{urlencode(to_query(state))}"
