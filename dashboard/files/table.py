"""The list of files: a click on a line shows all of it beside the list, its last column downloads at once."""

import datetime as dt
import hashlib

import pandas as pd
import streamlit as st

from dashboard.badges import FILE_BADGES, FILE_COLOURS_FOR_GRID, FILE_OPTIONS, FLAGGED_BADGE, INCOMPLETE_BADGE
from dashboard.files.list_state import FilesState, go, widget_key
from dashboard.files.words import kept_until, short_hash, short_trouble, size_words
from dashboard.pager import Grid, show_pages, show_rows
from dashboard.web.files import file_url
from db.domain import formats
from db.domain.file_list import FileTab
from db.domain.files import FileState
from db.queries.file_list import FilePage
from db.queries.files import FileRow

#: Titles are long here, and what people ask for again has no hash that anybody compares: the file beside tells it.
_COLUMNS = ("État", "Fichier", "Type", "Par", "Demandé", "Taille", "Gardé jusqu’au", "Lien")
_OF_DOCUMENTS = ("État", "Fichier", "Par", "Demandé", "Taille", "Empreinte", "Gardé jusqu’au", "Lien")
_OF_TROUBLED = ("État", "Fichier", "Problème", "Demandé", "Lien")
_BESIDE_A_FILE = ("État", "Fichier", "Demandé")
FOR_EVER = "sans limite"


def show_list(page: FilePage, state: FilesState, now: dt.datetime) -> None:
    """Draw a page of the list with the ways to the next, or say that there is nothing."""
    if not page.rows:
        _show_empty(state)
        return
    ids = [row.id for row in page.rows]
    key = widget_key(hashlib.sha256(str(ids).encode()).hexdigest()[:16], state)
    grid = Grid(
        columns=_columns(state),
        config={
            "État": st.column_config.MultiselectColumn(
                options=FILE_OPTIONS, color=FILE_COLOURS_FOR_GRID, width=_state_width(page.rows)
            ),
            "Fichier": st.column_config.TextColumn(width=_title_width(state)),
            "Type": st.column_config.TextColumn(width=150),
            "Par": st.column_config.TextColumn(width=108),
            "Demandé": st.column_config.TextColumn(width=88),
            "Taille": st.column_config.TextColumn(width=64, alignment="right"),
            "Empreinte": st.column_config.TextColumn(
                width=86, help="SHA-256\u00a0; un clic sur la ligne la montre entière."
            ),
            "Gardé jusqu’au": st.column_config.TextColumn(width=108),
            "Problème": st.column_config.TextColumn(width=400),
            "Lien": st.column_config.LinkColumn("", display_text="Télécharger", width=90),
        },
    )
    show_rows(table_data(page.rows, now), ids, state, go, key, grid)
    show_pages(page, ids, state, go)


def table_data(rows: tuple[FileRow, ...], now: dt.datetime) -> pd.DataFrame:
    """Return the cells in words."""
    return pd.DataFrame(
        {
            "État": [_state_cell(row) for row in rows],
            "Fichier": [row.title for row in rows],
            "Type": [row.kind.label for row in rows],
            "Par": [row.person_name or None for row in rows],
            "Demandé": [formats.short_instant(row.asked_at, now) for row in rows],
            "Taille": [size_words(row.size_bytes) if row.sha256 else None for row in rows],
            "Empreinte": [short_hash(row.sha256) if row.sha256 else None for row in rows],
            "Gardé jusqu’au": [_kept_cell(row) for row in rows],
            "Problème": [short_trouble(row) or None for row in rows],
            "Lien": [file_url(row.id) if row.state is FileState.READY else None for row in rows],
        }
    )


def _state_cell(row: FileRow) -> list[str]:
    flags = [FLAGGED_BADGE.label] if row.is_flagged else []
    lacks = [INCOMPLETE_BADGE.label] if row.missing_words else []
    return [FILE_BADGES[row.state].label, *flags, *lacks]


def _kept_cell(row: FileRow) -> str | None:
    if row.state is not FileState.READY:
        return None
    until = kept_until(row)
    return formats.date(until) if until else FOR_EVER


def _state_width(rows: tuple[FileRow, ...]) -> int:
    if any(row.is_flagged for row in rows):
        return 196
    return 146 if any(row.missing_words for row in rows) else 116


def _title_width(state: FilesState) -> int:
    return 382 if state.tab is FileTab.ASKED_FOR and state.chosen is None else 318


def _columns(state: FilesState) -> tuple[str, ...]:
    if state.chosen is not None:
        return _BESIDE_A_FILE  # There is half the room: what it is comes first.
    return {FileTab.ASKED_FOR: _COLUMNS, FileTab.DOCUMENTS: _OF_DOCUMENTS, FileTab.TROUBLED: _OF_TROUBLED}[state.tab]


def _show_empty(state: FilesState) -> None:
    if state.is_filtered:
        st.info("Aucun fichier ne correspond à ces filtres. Effacez-les, ou cherchez dans une autre liste.")
    elif state.tab is FileTab.TROUBLED:
        st.success(
            "Rien à examiner\u00a0: toutes les factures et tous les avoirs ont leur fichier, conforme et intact."
        )
    elif state.tab is FileTab.DOCUMENTS:
        st.info("Aucune facture pour l’instant\u00a0: elles sont établies d’elles-mêmes quand une commande est payée.")
    else:
        st.info(
            "Aucun fichier pour l’instant. Dans Commandes, cochez des lignes puis « Imprimer », ou demandez ici une "
            "impression par dates\u00a0: vous retrouverez le fichier dans cette liste."
        )
