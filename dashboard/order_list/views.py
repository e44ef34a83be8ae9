"""The tabs above the grid: the lists everybody needs, then the saved views, each with its counter."""

import datetime as dt
from dataclasses import dataclass

import streamlit as st

from dashboard.flash import flash, telling_refusals
from dashboard.markdown import escape_markdown
from dashboard.order_list.navigation import go
from dashboard.order_list.state import GridState, from_query_string, query_string
from db.domain.formats import integer
from db.domain.permissions import Permission
from db.domain.viewer import Viewer
from db.engine import reading, transaction
from db.queries.order_grid import count_orders
from db.queries.saved_views import View, views_of
from db.services.saved_views import MAX_NAME, delete_view, save_view

#: How long a tab's counter may lag behind, so that a click on a filter does not count every tab again.
COUNTERS_MAX_AGE = dt.timedelta(seconds=15)


@dataclass(frozen=True, slots=True)
class Tab:
    """One list above the grid."""

    name: str
    query: str
    view: View | None = None


STANDARD_TABS = (
    Tab("En cours", ""),
    Tab("En attente de paiement", "statut=awaiting_payment"),
    Tab("À préparer", "statut=paid%2Cconfirming"),
    Tab("À expédier", "statut=preparing%2Cready%2Cpartly_shipped"),
    Tab("Expédition en retard", "attente=retard"),
    Tab("Retours", "attente=retours&statut=tous"),
    Tab("Toutes", "statut=tous"),
)


def show_tabs(viewer: Viewer, state: GridState, today: dt.date) -> None:
    """Draw the tabs with their counters; the one that is the present list is marked."""
    with reading() as session:
        saved = views_of(session, viewer)
    tabs = [*STANDARD_TABS, *(Tab(view.name, view.query, view) for view in saved)]
    counters = _counters(viewer, tuple(tab.query for tab in tabs), today)
    current = _current_tab(tabs, state, today)
    key = f"grid_tab_{query_string(state)}"  # The tabs follow the list, however it was reached.
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="grid_views"):
        st.segmented_control(
            "Listes",
            range(len(tabs)),
            key=key,
            default=current,
            label_visibility="collapsed",
            format_func=lambda index: _tab_label(tabs[index], counters[index]),
            on_change=_open_tab,
            args=(key, tabs, today),
        )
        _save_popover(viewer, state, None if current is None else tabs[current].view)


def forget_counters() -> None:
    """Have the next run count the tabs anew: orders have just moved from one to another."""
    _counters.clear()


def _tab_label(tab: Tab, counter: str) -> str:
    icon = ":material/group: " if tab.view and tab.view.is_shared else ""
    name = tab.name if tab.view is None else escape_markdown(tab.name)
    return f"{icon}{name}  **{counter}**"


@st.cache_data(ttl=COUNTERS_MAX_AGE, max_entries=500, show_spinner=False)
def _counters(viewer: Viewer, queries: tuple[str, ...], today: dt.date) -> list[str]:
    with reading() as session:
        counts = [count_orders(session, viewer, from_query_string(query, today)[0].filter, today) for query in queries]
    return [f"{integer(count.orders)}{'+' if count.is_capped else ''}" for count in counts]


def _current_tab(tabs: list[Tab], state: GridState, today: dt.date) -> int | None:
    """Return the tab that is this very list, a saved one first, else one that filters the same."""
    present = query_string(state.first_page())
    for index in reversed(range(len(tabs))):
        if query_string(from_query_string(tabs[index].query, today)[0]) == present:
            return index
    for index, tab in enumerate(tabs):
        listed = from_query_string(tab.query, today)[0]
        if (listed.filter, listed.period) == (state.filter, state.period):
            return index
    return None


def _open_tab(key: str, tabs: list[Tab], today: dt.date) -> None:
    index = st.session_state[key]
    # A click on the marked tab unmarks it: the list stays what it is.
    if index is not None:
        go(from_query_string(tabs[index].query, today)[0])


def _save_popover(viewer: Viewer, state: GridState, current: View | None) -> None:
    with st.popover("Enregistrer la vue", icon=":material/bookmark_add:", type="tertiary", key="grid_save"):
        st.text_input("Nom de la vue", key="grid_view_name", max_chars=MAX_NAME, placeholder="Mes chèques à relancer")
        if viewer.may(Permission.SHARE_VIEWS):
            st.checkbox("Partager avec toute l’équipe", key="grid_view_shared")
        st.button("Enregistrer cette vue", type="primary", on_click=_save, args=(viewer, state))
        if current and (current.is_mine or viewer.may(Permission.MANAGE_SETTINGS)):
            st.button(
                f"Supprimer la vue « {escape_markdown(current.name)} »",
                icon=":material/delete:",
                type="tertiary",
                on_click=_delete,
                args=(viewer, current),
            )


@telling_refusals()
def _save(viewer: Viewer, state: GridState) -> None:
    name, is_shared = st.session_state["grid_view_name"], st.session_state.get("grid_view_shared", False)
    with transaction() as session:
        save_view(session, viewer, name, query_string(state.first_page()), is_shared=is_shared)
    st.session_state["grid_view_name"] = ""
    flash(f"La vue « {escape_markdown(name.strip())} » est enregistrée.")


@telling_refusals()
def _delete(viewer: Viewer, view: View) -> None:
    with transaction() as session:
        delete_view(session, viewer, view.id)
    flash(f"La vue « {escape_markdown(view.name)} » est supprimée.")
