"""The list of sellers: a search, a filter, and a table in which a click chooses whose panel is shown."""

import hashlib

import pandas as pd
import streamlit as st

from dashboard.row_choice import ROW_OR_CELL, row_chosen
from dashboard.seller_settings.navigation import LISTED_PARAMETER, SEARCH_PARAMETER, Listed, choose
from db.domain import formats
from db.domain.sms import shown_number
from db.queries.sellers import SHOWN, SellerRow

_ROW_HEIGHT = 34
_HEADER_HEIGHT = 36
_MAX_HEIGHT = 700


def show_filters() -> tuple[str, Listed]:
    """Draw the search and the filter; return what they hold."""
    typed = st.text_input(
        "Chercher",
        key=SEARCH_PARAMETER,
        bind="query-params",
        placeholder="Nom, code ou adresse e-mail",
        label_visibility="collapsed",
        icon=":material/search:",
        width=280,
    )
    listed = st.segmented_control(
        "Vendeurs",
        list(Listed),
        default=Listed.ACTIVE,
        key=LISTED_PARAMETER,
        bind="query-params",
        label_visibility="collapsed",
        format_func=lambda each: each.value,
    )
    return (typed or "").strip(), listed or Listed.ACTIVE


def show_sellers(rows: list[SellerRow], chosen: int | None) -> None:
    """Draw how many sellers were found, and the table or what to do without one."""
    if not rows:
        st.info("Aucun vendeur ne correspond. Effacez la recherche, ou affichez « Tous ».")
        return
    more = len(rows) > SHOWN
    rows = rows[:SHOWN]
    count = formats.plural(len(rows), "vendeur")
    st.caption(f"Les {count} premiers\u00a0: cherchez pour trouver les autres." if more else count)
    ids = [row.id for row in rows]
    before = ids.index(chosen) if chosen in ids else None
    key = f"sellers_{hashlib.sha256(str((ids, chosen)).encode()).hexdigest()[:12]}"
    st.dataframe(
        table_data(rows),
        key=key,
        hide_index=True,
        height=min(_MAX_HEIGHT, _HEADER_HEIGHT + _ROW_HEIGHT * len(ids) + 2),
        row_height=_ROW_HEIGHT,
        selection_mode=ROW_OR_CELL,
        selection_default={"selection": {"rows": [] if before is None else [before]}},
        on_select=lambda: _choose(row_chosen(st.session_state[key].selection, before), ids),
        placeholder=formats.DASH,
        column_config={
            "Code": st.column_config.TextColumn(width=80),
            "Nom": st.column_config.TextColumn(width=200),
            "Ville": st.column_config.TextColumn(width=120),
            "Mobile": st.column_config.TextColumn(width=120),
            "Factures": st.column_config.TextColumn(
                width=120, help="« Fiche incomplète »\u00a0: il manque de quoi établir des factures au nom du vendeur."
            ),
        },
    )


def table_data(rows: list[SellerRow]) -> pd.DataFrame:
    """Return the cells in words."""
    contacts = [row.contact for row in rows]
    return pd.DataFrame(
        {
            "Code": [row.code for row in rows],
            "Nom": [each.name for each in contacts],
            "Factures": ["Fiche incomplète" if row.missing else "Prêtes" for row in rows],
            "Ville": [each.city or None for each in contacts],
            "Mobile": [shown_number(each.mobile) or None for each in contacts],
            "E-mail": [each.email or None for each in contacts],
            "État": ["Actif" if each.is_active else "Inactif" for each in contacts],
        }
    )


def _choose(row: int | None, ids: list[int]) -> None:
    choose(None if row is None else ids[row])
