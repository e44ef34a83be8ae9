"""The movements of a product, newest first: why, how many, what was left, and the order they were for."""

import datetime as dt
from dataclasses import replace

import pandas as pd
import streamlit as st

from dashboard.navigation import ORDER
from dashboard.stock.state import StockState, go
from db.domain import formats
from db.domain.actor import SYSTEM
from db.domain.stock import StockKind
from db.queries.stock import MovementPage, MovementRow

_ROW_HEIGHT, _HEADER_HEIGHT = 34, 36
_MAX_HEIGHT = 420
_CANCELLATION_TAKEN_BACK = "Annulation reprise"


def show_movements(page: MovementPage, state: StockState, now: dt.datetime) -> None:
    """Draw some movements, with the ways to older ones and back."""
    st.markdown("**Mouvements**")
    if not page.rows:
        st.caption("Aucun mouvement pour l’instant.")
        return
    key = f"stock_movements_{page.rows[0].id}"
    st.dataframe(
        table_data(page.rows, now),
        key=key,
        hide_index=True,
        height=min(_MAX_HEIGHT, _HEADER_HEIGHT + _ROW_HEIGHT * len(page.rows) + 2),
        row_height=_ROW_HEIGHT,
        placeholder="",
        column_config={
            "Date": st.column_config.TextColumn(width=92),
            "Mouvement": st.column_config.TextColumn(width=118),
            "Unités": st.column_config.TextColumn(width=54, alignment="right"),
            "Stock": st.column_config.TextColumn(
                width=54, alignment="right", help="Ce qui restait après ce mouvement."
            ),
            "Commande": st.column_config.ButtonColumn(
                key=f"{key}_order",
                on_click=lambda: _open_order(page, key),
                type="tertiary",
                width=128,
                alignment="left",
            ),
            "Précision": st.column_config.TextColumn(width=200),
        },
    )
    with st.container(horizontal=True, gap="small"):
        if state.before is not None:
            newest = replace(state, before=None)
            st.button("Les plus récents", icon=":material/first_page:", on_click=lambda: go(newest))
        if page.has_older:
            older = replace(state, before=page.rows[-1].id)
            st.button(
                "Plus anciens", icon=":material/chevron_right:", icon_position="right", on_click=lambda: go(older)
            )


def table_data(rows: tuple[MovementRow, ...], now: dt.datetime) -> pd.DataFrame:
    """Return the cells in words."""
    return pd.DataFrame(
        {
            "Date": [formats.short_instant(row.at, now) for row in rows],
            "Mouvement": [kind_words(row) for row in rows],
            "Unités": [units_words(row.units) for row in rows],
            "Stock": [formats.integer(row.stock_after) for row in rows],
            "Commande": [formats.short_number(row.order_number) if row.order_number else None for row in rows],
            "Précision": [" · ".join(filter(None, (row.note, _who(row)))) for row in rows],
        }
    )


def _open_order(page: MovementPage, key: str) -> None:
    number = page.rows[st.session_state[f"{key}_order"].row].order_number
    if number:
        st.switch_page(ORDER.page(), query_params={"n": number})


def kind_words(row: MovementRow) -> str:
    """Return why units moved."""
    if row.kind is StockKind.CANCELLATION and row.units < 0:
        return _CANCELLATION_TAKEN_BACK
    return row.kind.label


def units_words(units: int) -> str:
    """Return « +24 » or « −2 »."""
    return f"+{formats.integer(units)}" if units > 0 else formats.integer(units)


def _who(row: MovementRow) -> str:
    """Return who moved them; that the system did goes without saying."""
    return "" if row.actor_name == SYSTEM.name else row.actor_name
