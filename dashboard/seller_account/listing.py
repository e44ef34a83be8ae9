"""The list of all sellers' accounts, from which one is opened."""

import hashlib
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from dashboard.list_filters import filter_row, search_field
from dashboard.pager import Grid
from dashboard.row_choice import ROW_OR_CELL, row_chosen
from dashboard.seller_account.state import AccountState, go
from db.domain import formats
from db.queries.seller_accounts import SHOWN, AccountRow

#: What was typed, in the URL.
TEXT_PARAMETER = "q"


def show_search() -> str:
    """Draw the field that accounts are looked for with; return what was typed."""
    typed = st.query_params.get(TEXT_PARAMETER, "")
    with filter_row("accounts"):
        search_field("nom, code, e-mail…", typed, f"accounts_text_{typed}", _search, width=320)
    return typed


def _search(text: str) -> None:
    st.query_params.from_dict({TEXT_PARAMETER: text} if text else {})


def show_accounts(rows: Sequence[AccountRow], typed: str) -> None:
    """Draw the accounts; a click opens one."""
    if not rows:
        st.info("Aucun vendeur ne correspond." if typed else "Aucun vendeur. Ajoutez-en un dans Réglages › Vendeurs.")
        return
    st.caption(_sums(rows))
    # Of these very rows: a selection is a position, and must never mean another account.
    shown = str([(row.seller_id, row.currency) for row in rows])
    key = f"accounts_{hashlib.sha256(shown.encode()).hexdigest()[:12]}"
    st.dataframe(
        pd.DataFrame([_cells(row) for row in rows]),
        key=key,
        hide_index=True,
        height=min(_GRID.max_height, _GRID.header_height + _GRID.row_height * len(rows) + 2),
        row_height=_GRID.row_height,
        selection_mode=ROW_OR_CELL,
        on_select=lambda: _open(row_chosen(st.session_state[key].selection, None), rows),
        placeholder=formats.DASH,
        column_config=_GRID.config,
    )
    if len({row.seller_id for row in rows}) > SHOWN:
        st.caption(f"Les {SHOWN} premiers sont affichés\u00a0: cherchez les autres par leur nom.")


def _open(row: int | None, rows: Sequence[AccountRow]) -> None:
    if row is not None:
        go(AccountState(rows[row].seller_id, rows[row].currency))


def _sums(rows: Sequence[AccountRow]) -> str:
    owed = {row.currency: 0 for row in rows}
    for row in rows:
        owed[row.currency] += row.balance_cents
    said = formats.enumeration([formats.money(cents, currency) for currency, cents in owed.items()])
    return f"{formats.plural(len(rows), 'compte')} · {said} dus, pas encore transmis"


def _cells(row: AccountRow) -> dict[str, object]:
    notes = ["retenu"] if row.is_held else []
    notes += [] if row.has_iban else ["IBAN manquant"]
    return {
        "name": row.name,
        "code": row.code,
        "waiting": formats.money(row.waiting_cents, row.currency) if row.waiting_cents else None,
        "gathered": formats.money(row.gathered_cents, row.currency) if row.gathered_cents else None,
        "balance": formats.money(row.balance_cents, row.currency),
        "due_on": row.due_on,
        "notes": ", ".join(notes),
    }


_GRID = Grid(
    columns=None,
    config={
        "name": st.column_config.TextColumn("Vendeur"),
        "code": st.column_config.TextColumn("Code", width="small"),
        "waiting": st.column_config.TextColumn("À échoir ou échu", alignment="right"),
        "gathered": st.column_config.TextColumn("Dans un reversement", alignment="right"),
        "balance": st.column_config.TextColumn("Solde", alignment="right"),
        "due_on": st.column_config.DateColumn("Prochaine échéance", format="DD/MM/YYYY"),
        "notes": st.column_config.TextColumn("À noter"),
    },
)
