"""Moving from one list to another: the URL is the state, so a move is a new URL."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import streamlit as st

from dashboard import widget_generations
from dashboard.flash import tell
from dashboard.order_list.state import GridState, from_query, from_query_string, query_string, to_query
from db.domain import formats
from db.domain.order_filter import OrderSort
from db.domain.time import local_day, utc_now
from db.queries.order_grid import GROUPING_CAP, OrderCount, can_sort

#: On an order's page: the list it was opened from.
LIST_PARAMETER = "liste"

_PAGE = "grid"


def present_state() -> GridState:
    """Return the list that the URL asks for, and tell what of it could not be understood."""
    state, notices = _read(st.query_params.to_dict())
    if notices:
        tell(" ".join(notices))
        st.query_params.from_dict(to_query(state))
    widget_generations.follow(_PAGE, query_string(state))
    return state


def _read(params: Mapping[str, str]) -> tuple[GridState, list[str]]:
    today = local_day(utc_now())
    # Back from an order stops at the list's path with the order's parameters: Streamlit writes them first.
    if LIST_PARAMETER in params:
        return from_query_string(params[LIST_PARAMETER], today)
    return from_query(params, today)


def widget_key(name: str) -> str:
    """Return the key of one of the grid's widgets in the present generation."""
    return widget_generations.key(_PAGE, name)


def go(state: GridState) -> None:
    """Show another list; every widget follows."""
    st.query_params.from_dict(to_query(state))


def change(move: Callable[[GridState], GridState], *, keeps_widgets: bool = True) -> None:
    """Apply what a person did with one widget to the list that the URL says now; the widgets stay as they are.

    The list is read anew because one click can change two widgets (leaving a text field by a click), and each
    callback must add to what the one before it did.
    """
    state = move(_read(st.query_params.to_dict())[0])
    if keeps_widgets:
        widget_generations.keep(_PAGE, query_string(state))
    go(state)


def settle(state: GridState, count: OrderCount) -> GridState:
    """Return the list as it can be shown: on a page that exists, and newest first where it is too long to group."""
    if not can_sort(state.filter, count, state.sort):
        longest = count.orders if count.is_capped else GROUPING_CAP
        tell(f"Plus de {formats.integer(longest)} commandes ne se trient pas ainsi. Ajoutez un filtre, puis triez.")
        state = replace(state, sort=OrderSort())
        go(state)
    if state.page > state.pages(count.orders):
        state = state.within(count.orders)
        go(state)
    return state
