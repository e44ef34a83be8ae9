"""The sellers of a year: what each quarter came to, and beside the list one seller's quarters and what is missing."""

import hashlib
from collections.abc import Sequence
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from dashboard.dac7.state import EXCLUSION_WORDS, Dac7State, Listed, go
from dashboard.markdown import escape_markdown
from dashboard.navigation import SELLERS
from dashboard.pager import Grid, show_rows
from dashboard.seller_settings.navigation import PART_PARAMETER, Part
from dashboard.seller_settings.navigation import SELLER_PARAMETER as SHEET_PARAMETER
from db.domain import formats
from db.domain.dac7 import QUARTERS
from db.domain.permissions import Permission
from db.domain.viewer import Viewer
from db.queries.dac7 import DeclaredSeller

_AMOUNT = st.column_config.TextColumn(width=96, alignment="right")
_CONFIG = {
    "Vendeur": st.column_config.TextColumn(width=190),
    "À savoir": st.column_config.TextColumn(width=200),
    "Ventes": st.column_config.TextColumn(width=64, alignment="right"),
    **{f"T{number}": _AMOUNT for number in QUARTERS},
    "Année": _AMOUNT,
    "Commissions": _AMOUNT,
}
_QUARTERS = {
    "Période": st.column_config.TextColumn(width=56),
    "Ventes": st.column_config.TextColumn(width=56, alignment="right"),
    "Contrepartie": _AMOUNT,
    "Commissions": _AMOUNT,
}
_BESIDE_A_SELLER = ("Vendeur", "À savoir", "Ventes", "Année")
_EMPTY = {
    Listed.DECLARED: "Aucun vendeur n’est à déclarer pour cette année.",
    Listed.INCOMPLETE: "Aucune fiche incomplète\u00a0: tout ce qui est à déclarer est connu.",
    Listed.EXCLUDED: "Tous les vendeurs de cette année sont à déclarer.",
    Listed.ALL: "Aucun vendeur n’a été crédité cette année.",
}


def show_sellers(rows: Sequence[DeclaredSeller], state: Dac7State) -> None:
    """Draw the list, or say that there is nobody in it."""
    if not rows:
        st.info(_EMPTY[state.listed])
        return
    ids = [row.seller_id for row in rows]
    drawn = hashlib.sha256(str([(row.seller_id, row.quarters, row.missing) for row in rows]).encode()).hexdigest()[:12]
    columns = None if state.chosen is None else _BESIDE_A_SELLER
    key = f"dac7_{state.year}_{state.listed}_{state.chosen}_{drawn}"
    show_rows(table_data(rows), ids, state, go, key, Grid(columns, _CONFIG))


def table_data(rows: Sequence[DeclaredSeller]) -> pd.DataFrame:
    """Return the cells in words."""
    years = [row.year for row in rows]
    return pd.DataFrame(
        {
            "Vendeur": [row.facts.name for row in rows],
            "À savoir": [_remark(row) for row in rows],
            "Ventes": [formats.integer(year.sales) for year in years],
            **{
                f"T{number}": [formats.money(row.quarters[number - 1].credited_cents, row.currency) for row in rows]
                for number in QUARTERS
            },
            "Année": [formats.money(year.credited_cents, row.currency) for row, year in zip(rows, years, strict=True)],
            "Commissions": [formats.money(year.fee_cents, row.currency) for row, year in zip(rows, years, strict=True)],
        }
    )


def _remark(row: DeclaredSeller) -> str:
    if row.exclusion:
        return row.exclusion.label
    return f"Il manque {formats.enumeration(row.missing)}" if row.missing else "Fiche complète"


def show_seller(viewer: Viewer, rows: Sequence[DeclaredSeller]) -> None:
    """Draw one seller: its quarters in each currency, why it is not declared or what is missing, where to mend it."""
    first = rows[0]
    with st.container(border=True):
        st.subheader(escape_markdown(first.facts.name), anchor=False)
        st.caption(escape_markdown(f"{first.facts.legal_name or formats.DASH} · {first.facts.nature.label}"))
        if first.exclusion:
            st.info(EXCLUSION_WORDS[first.exclusion])
        elif first.missing:
            st.warning(f"Il manque {formats.enumeration(first.missing)}.", icon=":material/assignment_late:")
            _show_ways(viewer, first)
        for row in rows:
            st.dataframe(quarters_data(row), hide_index=True, column_config=_QUARTERS, height="content")


def quarters_data(row: DeclaredSeller) -> pd.DataFrame:
    """Return a seller's quarters and the year, in words."""
    quarters = [*row.quarters, row.year]
    return pd.DataFrame(
        {
            "Période": [*(f"T{number}" for number in QUARTERS), "Année"],
            "Ventes": [formats.integer(quarter.sales) for quarter in quarters],
            "Contrepartie": [formats.money(quarter.credited_cents, row.currency) for quarter in quarters],
            "Commissions": [formats.money(quarter.fee_cents, row.currency) for quarter in quarters],
        }
    )


def _show_ways(viewer: Viewer, row: DeclaredSeller) -> None:
    """Draw the way to where what is missing is filled in, for whoever may."""
    if not viewer.may(Permission.MANAGE_SETTINGS):
        st.caption("Un administrateur complète la fiche dans Réglages › Vendeurs.")
        return
    parts = {"l’IBAN": Part.BANK, "l’adresse": Part.CONTACT}
    for part in dict.fromkeys(parts.get(each, Part.IDENTITY) for each in row.missing):
        query = urlencode({SHEET_PARAMETER: row.seller_id, PART_PARAMETER: part.value})
        st.markdown(f"[Compléter\u00a0: {part.value.lower()}](/{SELLERS.url_path}?{query})")
