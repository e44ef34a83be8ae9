"""The title with what else can be done; the line above the table: how many, what worth, which columns; no orders."""

from dataclasses import replace

import streamlit as st

from dashboard.bulk.bar import show_import_of_numbers
from dashboard.exports.button import show_export_button
from dashboard.navigation import IMPORT_ORDERS
from dashboard.order_list.filter_bar import clear_filters
from dashboard.order_list.navigation import change, go, widget_key
from dashboard.order_list.state import PAGE_SIZES, Column, GridState, in_order
from dashboard.printing.button import show_print_button
from db.domain import formats
from db.domain.exports import ExportSubject
from db.domain.order_filter import ALL_STATUSES
from db.domain.permissions import Permission
from db.domain.viewer import Viewer
from db.queries.order_grid import OrderCount


def show_title(viewer: Viewer, state: GridState) -> None:
    """Draw the page's title and, for those who may, printing in number and the ways to files of orders and numbers."""
    # Beside the title: the search box of the shell stands at the right.
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.header("Commandes", anchor=False, width="content")
        if viewer.may(IMPORT_ORDERS.permission) or viewer.may(Permission.SHIP):
            with st.popover("Importer", icon=":material/upload:", type="tertiary", key="grid_import"):
                if viewer.may(IMPORT_ORDERS.permission):
                    st.page_link(IMPORT_ORDERS.page(), width="content")
                show_import_of_numbers(viewer)
        show_print_button(viewer, state.filter)
        show_export_button(viewer, state.filter, ExportSubject.ORDERS, ExportSubject.LINES)


def count_text(count: OrderCount) -> str:
    """Return « 1 284 commandes · 86 412,30 € », or « plus de 10 000 commandes » where nobody waits for the rest."""
    orders = formats.plural(count.orders, "commande")
    if count.is_capped:
        return f"plus de {orders}"
    return " · ".join([orders, *(formats.money(cents, currency) for currency, cents in count.totals)])


def show_count(count: OrderCount, state: GridState) -> None:
    """Draw the counter on the left, the columns and the rows a page on the right."""
    with st.container(
        horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", key="grid_count"
    ):
        st.markdown(f"**{count_text(count)}**")
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="right", width="content"):
            _columns_popover(state)
            key = widget_key("grid_size")
            st.selectbox(
                "Lignes par page",
                PAGE_SIZES,
                index=PAGE_SIZES.index(state.page_size),
                key=key,
                format_func=lambda size: f"{size} lignes",
                label_visibility="collapsed",
                width=120,
                on_change=lambda: change(lambda now: replace(now.first_page(), page_size=st.session_state[key])),
            )


def _columns_popover(state: GridState) -> None:
    key = widget_key("grid_columns")
    with st.popover("Colonnes", icon=":material/view_column:", type="tertiary", key="p_columns"):
        st.pills(
            "Colonnes affichées",
            list(Column),
            selection_mode="multi",
            default=state.columns,
            key=key,
            format_func=lambda column: column.label,
            on_change=lambda: change(
                lambda now: replace(now, columns=in_order({Column.NUMBER, *st.session_state[key]}))
            ),
        )


def show_empty(state: GridState) -> None:
    """Say that nothing matches, keep the filters, and offer the ways on."""
    with st.container(border=True, horizontal_alignment="center", key="grid_empty"):
        st.markdown("**Aucune commande ne correspond à ces filtres.**")
        st.caption("Modifiez un filtre, cherchez dans tous les statuts, ou repartez de la liste en cours.")
        with st.container(horizontal=True, horizontal_alignment="center"):
            if state.filter.statuses != ALL_STATUSES:
                st.button(
                    "Chercher dans tous les statuts",
                    type="primary",
                    on_click=lambda: go(replace(state, filter=replace(state.filter, statuses=ALL_STATUSES))),
                )
            st.button("Effacer les filtres", on_click=clear_filters, args=(state,))
