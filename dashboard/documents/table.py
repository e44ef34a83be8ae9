"""The list of documents: a click on a line shows the document beside it, one on its order opens the order."""

import datetime as dt
import hashlib
from dataclasses import replace

import pandas as pd
import streamlit as st

from dashboard.badges import DOCUMENT_BADGES, DOCUMENT_COLOURS_FOR_GRID, DOCUMENT_OPTIONS
from dashboard.documents.navigation import go, widget_key
from dashboard.documents.state import DocumentPeriod, DocumentsState, Tab
from dashboard.navigation import ORDER
from dashboard.pager import Grid, show_pages, show_rows
from db.domain import formats
from db.queries.documents import DocumentPage, DocumentRow

_ROW_HEIGHT = _HEADER_HEIGHT = 35
_MAX_HEIGHT = 492
_COLUMNS = ("Numéro", "Date", "Type", "Commande", "Client", "Vendeur", "HT", "TVA", "TTC", "Statut")
_BESIDE_A_DOCUMENT = ("Numéro", "Date", "TTC", "Statut")
#: Two badges need more room than one, and a number more than a word.
_STATUS_WIDTH, _NUMBER_WIDTH, _TWO_STATUSES_WIDTH = 124, 158, 276


def show_list(page: DocumentPage, state: DocumentsState, today: dt.date) -> None:
    """Draw a page of the list with the ways to the next, or say that there is nothing."""
    if not page.rows:
        _show_empty(state, today)
        return
    ids = [row.id for row in page.rows]
    key = widget_key(hashlib.sha256(str(ids).encode()).hexdigest()[:16], state)
    grid = Grid(_columns(state), _column_config(page.rows, key), _MAX_HEIGHT, _HEADER_HEIGHT, _ROW_HEIGHT)
    show_rows(table_data(page.rows), ids, state, go, key, grid)
    show_pages(page, ids, state, go)


def _columns(state: DocumentsState) -> tuple[str, ...]:
    if state.chosen is not None:
        return _BESIDE_A_DOCUMENT
    return _COLUMNS if state.tab is Tab.ALL else tuple(name for name in _COLUMNS if name != "Type")


def _column_config(rows: tuple[DocumentRow, ...], key: str) -> dict[str, object]:
    text = st.column_config.TextColumn
    return {
        "Numéro": text(width=182),
        "Date": text(width=84),
        "Type": text(width=62),
        "Commande": st.column_config.ButtonColumn(
            key=f"{key}_order",
            on_click=lambda: _open_order(rows[st.session_state[f"{key}_order"].row].order_number),
            type="tertiary",
            width=122,
            alignment="left",
        ),
        "Client": text(width=150),
        "Vendeur": text(width=120),
        "Statut": st.column_config.MultiselectColumn(
            options=DOCUMENT_OPTIONS,
            color=DOCUMENT_COLOURS_FOR_GRID,
            accept_new_options=True,
            width=_status_width(rows),
        ),
        "HT": text(width=88, alignment="right"),
        "TVA": text(width=78, alignment="right"),
        "TTC": text(width=92, alignment="right"),
    }


def _status_width(rows: tuple[DocumentRow, ...]) -> int:
    if any(len(_standing(row)) > 1 for row in rows):
        return _TWO_STATUSES_WIDTH
    return _NUMBER_WIDTH if any(row.original_number for row in rows) else _STATUS_WIDTH


def table_data(rows: tuple[DocumentRow, ...]) -> pd.DataFrame:
    """Return the cells in words."""
    return pd.DataFrame(
        {
            "Numéro": [row.number for row in rows],
            "Date": [formats.date(row.issued_on) for row in rows],
            "Type": [row.kind.label for row in rows],
            "Commande": [formats.short_number(row.order_number) for row in rows],
            "Client": [formats.shorten(row.customer_name, 21) for row in rows],
            "Vendeur": [formats.shorten(row.seller_name, 17) for row in rows],
            "Statut": [_standing(row) for row in rows],
            "HT": [formats.money(row.net_cents, row.currency) for row in rows],
            "TVA": [formats.money(row.vat_cents, row.currency) for row in rows],
            "TTC": [formats.money(row.gross_cents, row.currency) for row in rows],
        }
    )


def _standing(row: DocumentRow) -> list[str]:
    """Return how a document stands, in badges; a credit note says what it credits."""
    original = [f"Sur {_short(row.original_number)}"] if row.original_number else []
    return [DOCUMENT_BADGES[status].label for status in row.statuses] + original


def _short(number: str) -> str:
    """Return « F2026…000009 »: the seller stands in the same line, and the amounts have to stay in view."""
    return f"{number.partition('-')[0]}…{number.rpartition('-')[2]}"


def _open_order(number: str) -> None:
    st.switch_page(ORDER.page(), query_params={"n": number})


def _show_empty(state: DocumentsState, today: dt.date) -> None:
    """Say that nothing matches, keep the filters, and offer the ways on."""
    with st.container(border=True, horizontal_alignment="center", key="documents_empty"):
        if state.is_filtered:
            st.markdown("**Aucun document ne correspond à ces filtres.**")
        else:
            st.markdown(f"**Aucun document en {formats.month(today.year, today.month)} pour l’instant.**")
            st.caption("Une facture est établie d’elle-même dès qu’une commande est payée.")
        with st.container(horizontal=True, horizontal_alignment="center"):
            if state.period is not DocumentPeriod.ALL:
                everywhere = replace(state.from_the_top(), period=DocumentPeriod.ALL, first_day=None, last_day=None)
                st.button("Chercher à toutes les dates", type="primary", on_click=lambda: go(everywhere))
            if state.is_filtered:
                st.button("Effacer les filtres", on_click=lambda: go(DocumentsState(state.tab)))
