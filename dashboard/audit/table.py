"""The log as a list, the newest first; a click shows the entry beside it."""

import datetime as dt
import hashlib
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from dashboard.audit.state import AuditState, go, widget_key
from dashboard.audit.words import summary_of
from dashboard.pager import Grid, show_pages, show_rows
from db.domain import formats
from db.domain.orders import ActorKind
from db.queries.audit import AuditPage, AuditRow

_COLUMNS = ("Date", "Auteur", "Action", "Objet", "Détail", "Sceau")
_BESIDE_AN_ENTRY = ("Date", "Auteur", "Action", "Objet")
_KINDS = {ActorKind.CUSTOMER: "Client", ActorKind.SHOP: "Boutique", ActorKind.SYSTEM: "Système"}
#: As many letters as their columns have room for: the grid is a canvas, which cuts in the middle of one.
_ACTION, _OBJECT = 34, 22
_TO_COME = "à sceller"


def show_list(page: AuditPage, state: AuditState, now: dt.datetime) -> None:
    """Draw a page of the log with the ways to the next, or say that there is nothing."""
    if not page.rows:
        _show_empty(state)
        return
    ids = [row.id for row in page.rows]
    key = widget_key(hashlib.sha256(str(ids).encode()).hexdigest()[:16], state)
    is_alone = state.chosen is None
    grid = Grid(_COLUMNS if is_alone else _BESIDE_AN_ENTRY, _config(is_alone=is_alone))
    show_rows(table_data(page.rows, now), ids, state, go, key, grid)
    show_pages(page, ids, state, go)


def _config(*, is_alone: bool) -> dict[str, object]:
    text = st.column_config.TextColumn
    return {
        "Date": text(width=104),
        "Auteur": text(width=136 if is_alone else 120),
        "Action": text(width=232 if is_alone else 196),
        "Objet": text(width=156 if is_alone else 120),
        "Détail": text(width=410),
        "Sceau": text(width=72, alignment="right", help="La place de l’inscription dans la chaîne"),
    }


def table_data(rows: Sequence[AuditRow], now: dt.datetime) -> pd.DataFrame:
    """Return the cells in words."""
    return pd.DataFrame(
        {
            "Date": [formats.short_instant(row.at, now) for row in rows],
            "Auteur": [actor_words(row) for row in rows],
            "Action": [formats.shorten(row.words, _ACTION) for row in rows],
            "Objet": [object_words(row) or None for row in rows],
            "Détail": [summary_of(row) or None for row in rows],
            "Sceau": [formats.integer(row.sequence) if row.sequence else _TO_COME for row in rows],
        }
    )


def object_words(row: AuditRow) -> str:
    """Return what it was done to, as the lists call it."""
    is_order = row.subject is not None and row.subject.kind == "order"
    return formats.short_number(row.label) if is_order else formats.shorten(row.label, _OBJECT)


def actor_words(row: AuditRow) -> str:
    """Return who did it: the person's name, or what else acts."""
    return row.actor_name or _KINDS.get(row.actor_kind, "")


def _show_empty(state: AuditState) -> None:
    if state.is_filtered:
        st.info("Aucune inscription ne correspond à ces filtres. Effacez-les, ou élargissez la période.")
    else:
        st.info("Rien n’est encore inscrit\u00a0: chaque connexion, action ou réglage apparaîtra ici.")
