"""The list of files of transfers: a click on a line shows the file beside it."""

import datetime as dt
import hashlib

import pandas as pd
import streamlit as st

from dashboard.badges import FILE_BADGES, FILE_COLOURS_FOR_GRID, FILE_OPTIONS
from dashboard.navigation import PAYOUTS
from dashboard.pager import Grid, show_pages, show_rows
from dashboard.transfers.state import TransfersState, go
from db.domain import formats
from db.domain.payouts import PayoutState
from db.queries.transfer_batches import BatchPage, BatchRow

_COLUMNS = ("Remise", "À payer le", "Virements", "Total", "À la banque", "Fichier", "Transmise", "Par")
_BESIDE_A_FILE = ("Remise", "Total", "À la banque")
#: How a count of each is called, what is awaited first.
_COUNTED = {
    PayoutState.EXPORTED: ("en attente", "en attente"),
    PayoutState.REJECTED: ("rejeté", "rejetés"),
    PayoutState.PAID: ("payé", "payés"),
}


def show_list(page: BatchPage, state: TransfersState, now: dt.datetime) -> None:
    """Draw a page of the list with the ways to the next, or say that there is nothing."""
    if not page.rows:
        _show_empty()
        return
    ids = [row.id for row in page.rows]
    key = f"transfers_{hashlib.sha256(str((ids, state)).encode()).hexdigest()[:16]}"
    columns = _COLUMNS if state.chosen is None else _BESIDE_A_FILE
    show_rows(table_data(page.rows, now), ids, state, go, key, Grid(columns, _config()))
    show_pages(page, ids, state, go)


def table_data(rows: tuple[BatchRow, ...], now: dt.datetime) -> pd.DataFrame:
    """Return the cells in words."""
    return pd.DataFrame(
        {
            "Remise": [row.message_id for row in rows],
            "À payer le": [formats.date(row.requested_on) for row in rows],
            "Virements": [formats.integer(row.payout_count) for row in rows],
            "Total": [formats.money(row.total_cents, row.currency) for row in rows],
            "À la banque": [standing_words(row) for row in rows],
            "Fichier": [[FILE_BADGES[row.file_state].label] if row.file_state else [] for row in rows],
            "Transmise": [formats.short_instant(row.created_at, now) for row in rows],
            "Par": [formats.shorten(row.person_name, 18) for row in rows],
        }
    )


def standing_words(row: BatchRow) -> str:
    """Return « 3 en attente · 1 rejeté · 5 payés », or that its payouts were taken out again."""
    if row.undone_at is not None:
        return "Retirée"
    said = [formats.plural(row.states[state], *words) for state, words in _COUNTED.items() if row.states.get(state)]
    return " · ".join(said)


def _config() -> dict[str, object]:
    text = st.column_config.TextColumn
    return {
        "Remise": text(width=156),
        "À payer le": text(width=96),
        "Virements": text(width=84, alignment="right"),
        "Total": text(width=100, alignment="right"),
        "À la banque": text(width=260, help="Ce que la banque a dit des virements"),
        "Fichier": st.column_config.MultiselectColumn(options=FILE_OPTIONS, color=FILE_COLOURS_FOR_GRID, width=126),
        "Transmise": text(width=110),
        "Par": text(width=140),
    }


def _show_empty() -> None:
    with st.container(border=True, horizontal_alignment="center", key="transfers_empty"):
        st.markdown("**Aucun virement n’a encore été transmis à la banque.**")
        st.caption("Un fichier se fait dans « Reversements »\u00a0: cochez ceux qui sont approuvés, puis « Exporter ».")
        st.page_link(PAYOUTS.page(), label="Voir les reversements", icon=PAYOUTS.icon)
