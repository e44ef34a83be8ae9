"""Moving over the page Ventes: the URL is the state, so a move is a new URL."""

from collections.abc import Callable

import streamlit as st

from dashboard import widget_generations
from dashboard.charts.chart import TABLES_PARAMETER
from dashboard.flash import tell
from dashboard.sales.state import SalesState, from_query, query_string, to_query
from db.domain.time import local_day, utc_now
from db.queries.calendar import CalendarChoices

_PAGE = "sales"


def present_state(choices: CalendarChoices) -> SalesState:
    """Return what the URL asks for, and tell what of it could not be understood."""
    state, notices = _read(choices)
    if notices:
        tell(" ".join(notices))
        _write(state, choices)
    widget_generations.follow(_PAGE, query_string(state, choices))
    return state


def widget_key(name: str) -> str:
    """Return the key of one of the page's widgets in the present generation."""
    return widget_generations.key(_PAGE, f"sales_{name}")


def change(choices: CalendarChoices, move: Callable[[SalesState], SalesState], *, keeps_widgets: bool = True) -> None:
    """Apply what a person did with one widget to what the URL says now; the others stay as they are."""
    state = move(_read(choices)[0])
    if keeps_widgets:
        widget_generations.keep(_PAGE, query_string(state, choices))
    _write(state, choices)


def _read(choices: CalendarChoices) -> tuple[SalesState, list[str]]:
    return from_query(st.query_params.to_dict(), choices, local_day(utc_now()))


def _write(state: SalesState, choices: CalendarChoices) -> None:
    tables = st.query_params.get(TABLES_PARAMETER)
    st.query_params.from_dict(to_query(state, choices) | ({TABLES_PARAMETER: tables} if tables else {}))
