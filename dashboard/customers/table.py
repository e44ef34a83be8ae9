"""The list of customers: the search above it, and a click on a line that opens the account."""

import datetime as dt
import hashlib
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from dashboard.customers.links import customer_params
from dashboard.customers.state import CustomersState, go, widget_key
from dashboard.list_filters import clear_button, filter_row, search_field
from dashboard.navigation import CUSTOMER
from dashboard.pager import show_pages
from dashboard.row_choice import ROW_OR_CELL, row_chosen
from db.domain import formats
from db.domain.time import local_day
from db.queries.customers import CustomerPage, CustomerRow

_HEADER_HEIGHT = _ROW_HEIGHT = 35
_MAX_HEIGHT = 632
_CONFIG = {
    "Client": st.column_config.TextColumn(width=190),
    "E-mail": st.column_config.TextColumn(width=220),
    "Téléphone": st.column_config.TextColumn(width=120),
    "Société": st.column_config.TextColumn(width=150),
    "Commandes": st.column_config.TextColumn(width=90, alignment="right"),
    "Dernière": st.column_config.TextColumn(width=100),
    "Points": st.column_config.TextColumn(width=70, alignment="right"),
    "Client depuis": st.column_config.TextColumn(width=100),
}


def show_search(state: CustomersState) -> None:
    """Draw the search, filled from the URL; it writes the URL when changed."""
    with filter_row("customers"):
        search_field(
            "Nom, société, e-mail, téléphone",
            state.text,
            widget_key("q", state),
            lambda text: go(CustomersState(text)),
            label="Rechercher un client",
            icon=":material/person_search:",
            width=360,
        )
        if state.text:
            clear_button(lambda: go(CustomersState()))


def show_list(page: CustomerPage, state: CustomersState, now: dt.datetime) -> None:
    """Draw a page of the list with the ways to the next, or say that there is nothing."""
    if not page.rows:
        _show_empty(state)
        return
    ids = [row.id for row in page.rows]
    key = widget_key(hashlib.sha256(str(ids).encode()).hexdigest()[:16], state)
    st.dataframe(
        table_data(page.rows, now),
        key=key,
        hide_index=True,
        height=min(_MAX_HEIGHT, _HEADER_HEIGHT + _ROW_HEIGHT * len(ids) + 2),
        row_height=_ROW_HEIGHT,
        column_config=_CONFIG,
        selection_mode=ROW_OR_CELL,
        on_select=lambda: _open_chosen(row_chosen(st.session_state[key].selection, None), ids),
        placeholder=formats.DASH,
    )
    show_pages(page, ids, state, go)


def table_data(rows: Sequence[CustomerRow], now: dt.datetime) -> pd.DataFrame:
    """Return the cells in words."""
    return pd.DataFrame(
        {
            "Client": [formats.shorten(row.name, 28) for row in rows],
            "E-mail": [formats.shorten(row.email, 32) or None for row in rows],
            "Téléphone": [row.phone or None for row in rows],
            "Société": [formats.shorten(row.company, 22) or None for row in rows],
            "Commandes": [formats.integer(row.orders) for row in rows],
            "Dernière": [formats.short_instant(row.last_order_at, now) if row.last_order_at else None for row in rows],
            "Points": [formats.integer(row.loyalty_points) for row in rows],
            "Client depuis": [formats.date(local_day(row.created_at)) for row in rows],
        }
    )


def _open_chosen(row: int | None, ids: Sequence[int]) -> None:
    if row is not None:
        st.switch_page(CUSTOMER.page(), query_params=customer_params(ids[row]))


def _show_empty(state: CustomersState) -> None:
    with st.container(border=True, horizontal_alignment="center", key="customers_empty"):
        if not state.text:
            st.markdown("**Aucun client pour l’instant.**")
            st.caption("Un compte est créé avec la première commande que la boutique transmet.")
            return
        st.markdown("**Aucun client ne correspond à cette recherche.**")
        st.caption("Vérifiez l’orthographe, ou cherchez une partie du nom, de l’adresse e-mail ou du téléphone.")
        st.button("Voir tous les clients", on_click=lambda: go(CustomersState()))
