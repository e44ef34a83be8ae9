"""The month as a wall calendar: an accessible grid as a Streamlit component.

What it shows is data first (``month_view``), so that every word is tested without a browser; the component draws
it and reports two things: a day that was chosen, and a month to turn to.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import streamlit as st

from db.domain import formats
from db.domain.money import divide_half_up
from db.domain.months import month_of, weeks_shown
from db.queries.calendar import MonthSales, Sales

#: How much of the accent colour the best day of the month is tinted with, in percent: text stays readable on it.
DEEPEST_SHADE = 24

_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class DayCell:
    """One day of the grid, in words."""

    date: str
    day: int
    #: What a screen reader says.
    label: str
    #: « 4 commandes » and « 400,00 € »; empty without sales.
    count: str
    amount: str
    #: The same where there is no room.
    short_count: str
    short_amount: str
    shade: int
    is_outside: bool
    is_today: bool


@dataclass(frozen=True, slots=True)
class MonthView:
    """Everything the component draws."""

    month: str
    title: str
    weekdays: tuple[str, ...]
    weeks: tuple[tuple[DayCell, ...], ...]
    selected: str | None


def month_view(sales: MonthSales, *, selected: dt.date | None, today: dt.date) -> MonthView:
    """Return a month's sales as the calendar shows them."""
    best = max((day.total_cents for date, day in sales.days.items() if month_of(date) == sales.month), default=0)
    return MonthView(
        month=f"{sales.month:%Y-%m}",
        title=formats.month(sales.month.year, sales.month.month),
        weekdays=formats.WEEKDAYS,
        weeks=tuple(tuple(_cell(date, sales, best, today) for date in week) for week in weeks_shown(sales.month)),
        selected=selected.isoformat() if selected else None,
    )


def month_calendar(view: MonthView, *, key: str, on_day: Callable[[], None], on_month: Callable[[], None]) -> None:
    """Draw the calendar.

    Args:
        view: What to draw.
        key: The component's key; in the callbacks ``st.session_state[key].day`` is the chosen day (ISO) and
            ``st.session_state[key].month`` the month to turn to (« 2026-11 »), both as the browser sent them.
        on_day: Called when a day was chosen.
        on_month: Called when the keyboard left the month.
    """
    _component(data=asdict(view), key=key, on_day_change=on_day, on_month_change=on_month, height="content")


_component = st.components.v2.component(
    "month_calendar",
    html='<table role="grid"><caption></caption><thead><tr></tr></thead><tbody></tbody></table>',
    css=(_HERE / "month_calendar.css").read_text(encoding="utf-8"),
    js=(_HERE / "month_calendar.js").read_text(encoding="utf-8"),
)


def _cell(date: dt.date, sales: MonthSales, best_cents: int, today: dt.date) -> DayCell:
    day = sales.days.get(date, Sales())
    is_outside = month_of(date) != sales.month
    amount = formats.money(day.total_cents, sales.currency)
    count = formats.plural(day.orders, "commande")
    words = [formats.long_date(date), f"{count}, {amount}" if day.orders else "aucune commande"]
    return DayCell(
        date=date.isoformat(),
        day=date.day,
        label=", ".join([*words, "aujourd’hui"] if date == today else words),
        count=count if day.orders else "",
        amount=amount if day.orders else "",
        short_count=formats.integer(day.orders) if day.orders else "",
        short_amount=formats.short_money(day.total_cents, sales.currency) if day.orders else "",
        shade=0 if is_outside or not best_cents else divide_half_up(DEEPEST_SHADE * day.total_cents, best_cents),
        is_outside=is_outside,
        is_today=date == today,
    )
