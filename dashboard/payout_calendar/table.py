"""Beneath the calendar: what falls due on a day, or in the month, seller by seller; a name opens its account."""

import datetime as dt
import hashlib

import pandas as pd
import streamlit as st

from dashboard.home.navigation import go
from dashboard.home.state import CalendarState, to_query
from dashboard.navigation import SELLER_ACCOUNT
from dashboard.row_choice import opening_column
from dashboard.seller_account.links import seller_account_params
from db.domain import formats
from db.domain.payouts import PayoutState, reference_of
from db.domain.viewer import Viewer
from db.queries.payout_calendar import DueRow

#: The whole month is listed in place of a day.
VIEW, WHOLE_MONTH = "vue", "mois"
_ROW_HEIGHT = _HEADER_HEIGHT = 35
_MAX_HEIGHT = 492
_NAME, _STATE = 30, 40


def show_rows(viewer: Viewer, rows: tuple[DueRow, ...], state: CalendarState, today: dt.date) -> None:
    """Draw the rows of the chosen day, or of the month where none is."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{heading(rows, state)}**", width="content")
        if state.day is not None:
            whole = to_query(state) | {VIEW: WHOLE_MONTH}
            st.button("Tout le mois", key="due_month", type="tertiary", on_click=go, args=(whole,))
    if not rows:
        st.caption("Rien n’est dû aux vendeurs, ni ne l’était.")
        return
    gist = hashlib.sha256(str(rows).encode()).hexdigest()[:16]
    key = f"due_rows_{gist}"
    st.dataframe(
        table_data(rows, state, today),
        key=key,
        hide_index=True,
        height=min(_MAX_HEIGHT, _HEADER_HEIGHT + _ROW_HEIGHT * len(rows) + 2),
        row_height=_ROW_HEIGHT,
        column_config=_config(viewer, rows, key),
        placeholder=formats.DASH,
    )


def heading(rows: tuple[DueRow, ...], state: CalendarState) -> str:
    """Return « Lundi 23 novembre 2026 · 2 vendeurs · 45,97 € »."""
    month = f"Tout le mois de {formats.month(state.month.year, state.month.month)}"
    said = [formats.long_date(state.day).capitalize() if state.day else month]
    if rows:
        sellers = len({row.seller_id for row in rows})
        worth = formats.money(sum(row.net_cents for row in rows), state.currency)
        said += [formats.plural(sellers, "vendeur"), worth]
    return " · ".join(said)


def table_data(rows: tuple[DueRow, ...], state: CalendarState, today: dt.date) -> pd.DataFrame:
    """Return the cells in words."""

    def money(name: str) -> list[str | None]:
        return [formats.money(cents, state.currency) if (cents := getattr(row, name)) else None for row in rows]

    return pd.DataFrame(
        {
            "Vendeur": [formats.shorten(row.seller_name, _NAME) for row in rows],
            "Ventes": money("sale_cents"),
            "Remb.": money("refund_cents"),
            "Commissions": money("fee_cents"),
            "Autres": money("other_cents"),
            "Net": [formats.money(row.net_cents, state.currency) for row in rows],
            "État": [state_words(row, state.day, today) for row in rows],
        }
    )


def state_words(row: DueRow, day: dt.date | None, today: dt.date) -> str:
    """Return where what is due is: « À échoir », « À préparer », « REV-000012 · Payé »."""
    if row.payout_id is None or row.state is None:
        if row.net_cents < 0:
            return "Dette à compenser"
        if day is None:
            return "Pas encore préparé"
        return "À échoir" if day > today else "À préparer"
    why = f"{row.state.label}\u00a0: {row.hold_reason.label}" if row.hold_reason else row.state.label
    label = "Transmis" if row.state is PayoutState.EXPORTED else why
    return formats.shorten(f"{reference_of(row.payout_id)} · {label}", _STATE)


def _config(viewer: Viewer, rows: tuple[DueRow, ...], key: str) -> dict[str, object]:
    text = st.column_config.TextColumn
    name = (
        text(width=230)
        if viewer.seller_id is not None
        else opening_column("Vendeur", f"{key}_open", 230, lambda row: _open(rows[row].seller_id))
    )
    return {
        "Vendeur": name,
        "Ventes": text(width=110, alignment="right"),
        "Remb.": text(width=96, alignment="right", help="Remboursements aux clients"),
        "Commissions": text(width=104, alignment="right", help="Commissions, moins celles qui sont rendues"),
        "Autres": text(width=96, alignment="right", help="Corrections, dettes reportées et virements rejetés"),
        "Net": text(width=110, alignment="right"),
        "État": text(width=260),
    }


def _open(seller_id: int) -> None:
    st.switch_page(SELLER_ACCOUNT.page(), query_params=seller_account_params(seller_id))
