"""Below the table: the pages, and the bar of what can be done with the ticked orders."""

import datetime as dt
from dataclasses import replace

import streamlit as st

from dashboard.bulk.bar import show_actions
from dashboard.order_list.navigation import go
from dashboard.order_list.selection import Selection, present_selection, replace_selection
from dashboard.order_list.state import GridState, query_string
from db.domain import formats
from db.domain.viewer import Viewer
from db.engine import reading
from db.queries.order_grid import BROWSE_CAP, COUNT_CAP, OrderCount, matching_ids, numbers_of, totals_of


def show_pages(count: OrderCount, state: GridState) -> None:
    """Draw the page numbers, and say how to reach what lies beyond the last one offered."""
    pages = state.pages(count.orders)
    if pages > 1:
        key = f"grid_page_{query_string(state)}"
        st.pagination(
            pages, default=state.page, key=key, on_change=lambda: go(replace(state, page=st.session_state[key]))
        )
    if count.is_capped or count.orders > BROWSE_CAP:
        st.caption(
            f"Les {formats.integer(min(count.orders, BROWSE_CAP))} premières commandes se parcourent page à page. "
            "Pour les suivantes, choisissez une période ou inversez le tri."
        )


def show_selection_bar(viewer: Viewer, count: OrderCount, state: GridState, today: dt.date) -> None:
    """Draw the bar at the foot of the screen while orders are ticked."""
    selection = present_selection()
    if not selection.ids:
        return
    with reading() as session:
        ticked = totals_of(session, viewer, sorted(selection.ids))
    worth = " · ".join(formats.money(cents, currency) for currency, cents in ticked.totals)
    with st.bottom, st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="grid_selection"):
        st.markdown(f"**{formats.plural(ticked.orders, 'sélectionnée')}** · {worth}", width="content")
        if not count.is_capped and ticked.orders < count.orders <= COUNT_CAP:
            st.button(
                "Tout sélectionner",
                type="tertiary",
                help=f"Sélectionner les {formats.plural(count.orders, 'commande')} de la liste",
                on_click=_select_all,
                args=(viewer, state, today),
            )
        show_actions(viewer, selection.ids, state.sort)
        _numbers_popover(viewer, selection)
        # Its words are for screen readers alone (shell.css): the bar has room for one line.
        st.button(
            "Désélectionner",
            key="grid_deselect",
            icon=":material/close:",
            type="tertiary",
            on_click=replace_selection,
            args=(frozenset(),),
        )


def _numbers_popover(viewer: Viewer, selection: Selection) -> None:
    popover = st.popover(
        "Copier les numéros", type="tertiary", key="p_numbers", on_change="rerun",
    )  # fmt: skip
    if popover.open:
        with reading() as session:
            numbers = numbers_of(session, viewer, sorted(selection.ids))
        popover.code("\n".join(numbers), language=None, height=240)


def _select_all(viewer: Viewer, state: GridState, today: dt.date) -> None:
    """Freeze « all the results » to the ids that match at this moment."""
    with reading() as session:
        replace_selection(frozenset(matching_ids(session, viewer, state.filter, today)))
