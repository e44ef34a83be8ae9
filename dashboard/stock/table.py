"""The list of products: a click on a line shows the product beside it."""

import hashlib
from dataclasses import replace

import pandas as pd
import streamlit as st

from dashboard.badges import STOCK_BADGES, STOCK_COLOURS_FOR_GRID, STOCK_OPTIONS
from dashboard.pager import Grid, show_rows
from dashboard.stock.state import StockState, go, widget_key
from db.domain import formats
from db.domain.stock import StockList
from db.queries.stock import PAGE_SIZE, StockPage, StockRow

#: The figure stands first: on a phone, in the stockroom, the rest is a swipe away.
_COLUMNS = ("État", "Stock", "Produit", "Référence", "Vendeur", "Seuil", "Vendus 30 j", "Retour")
_BESIDE_A_PRODUCT = ("État", "Stock", "Produit")
#: In the list of what is not counted there is nothing to count.
_WITHOUT_STOCK = ("Produit", "Référence", "Vendeur", "Retour")


def show_list(page: StockPage, state: StockState) -> None:
    """Draw a page of the list with the ways to the others, or say that there is nothing."""
    if not page.rows:
        _show_empty(page, state)
        return
    ids = [row.id for row in page.rows]
    facts = [(row.id, row.stock, row.low_stock_at, row.is_returnable, row.sold) for row in page.rows]
    key = widget_key(hashlib.sha256(str(facts).encode()).hexdigest()[:16], state)
    grid = Grid(columns=_columns(state), config=_CONFIG if state.chosen is None else _CONFIG | _NARROW)
    st.caption(formats.plural(page.products, "produit"))
    show_rows(table_data(page.rows), ids, state, lambda wanted: go(replace(wanted, before=None)), key, grid)
    _show_pages(page, state)


def _columns(state: StockState) -> tuple[str, ...]:
    if state.chosen is not None:
        return _BESIDE_A_PRODUCT
    return _WITHOUT_STOCK if state.list is StockList.NOT_COUNTED else _COLUMNS


_CONFIG = {
    "État": st.column_config.MultiselectColumn(options=STOCK_OPTIONS, color=STOCK_COLOURS_FOR_GRID, width=96),
    "Produit": st.column_config.TextColumn(width=362),
    "Référence": st.column_config.TextColumn(width=120),
    "Vendeur": st.column_config.TextColumn(width=190),
    "Stock": st.column_config.TextColumn(width=64, alignment="right"),
    "Seuil": st.column_config.TextColumn(
        width=62,
        alignment="right",
        help="À ce nombre ou en dessous, le stock est bas. Cliquez sur un produit pour le changer.",
    ),
    "Vendus 30 j": st.column_config.TextColumn(
        width=96, alignment="right", help="Unités vendues ces 30 derniers jours, annulations déduites."
    ),
    "Retour": st.column_config.TextColumn(width=112, help="Sans autre motif qu’un changement d’avis."),
}
_NARROW = {"Produit": st.column_config.TextColumn(width=260)}


def table_data(rows: tuple[StockRow, ...]) -> pd.DataFrame:
    """Return the cells in words."""
    return pd.DataFrame(
        {
            "État": [[STOCK_BADGES[row.level].label] for row in rows],
            "Produit": [row.title for row in rows],
            "Référence": [row.sku for row in rows],
            "Vendeur": [row.seller_name for row in rows],
            "Stock": [None if row.stock is None else formats.integer(row.stock) for row in rows],
            "Seuil": [formats.integer(row.low_stock_at) for row in rows],
            "Vendus 30 j": [formats.integer(row.sold) for row in rows],
            "Retour": ["" if row.is_returnable else "non accepté" for row in rows],
        }
    )


def _show_pages(page: StockPage, state: StockState) -> None:
    pages = -(-page.products // PAGE_SIZE)
    if pages > 1:
        key = widget_key("page", state)
        st.pagination(
            pages,
            default=min(state.page, pages),
            key=key,
            on_change=lambda: go(replace(state.from_the_top(), page=st.session_state[key])),
        )


def _show_empty(page: StockPage, state: StockState) -> None:
    if page.products:  # The list is shorter than it was when the address was written.
        st.info("Cette page n’existe plus\u00a0: la liste est plus courte.")
        st.button("Revenir à la première page", on_click=lambda: go(state.from_the_top()))
    elif state.is_filtered:
        st.info("Aucun produit ne correspond à ces filtres. Effacez-les, ou cherchez dans une autre liste.")
    elif state.list is StockList.LOW:
        st.success("Aucun produit en vente n’est bientôt épuisé.", icon=":material/check_circle:")
    elif state.list is StockList.COUNTED:
        st.info(
            "Aucun produit n’est compté. Dans «\u00a0Non comptés\u00a0», choisissez-en un, puis «\u00a0Commencer à "
            "compter\u00a0»."
        )
    else:
        st.info("Tous les produits sont comptés.")
