"""The list of payouts: what each adds up from, where it is and who answers for it; a reference opens its page."""

import datetime as dt
import hashlib
from dataclasses import replace

import pandas as pd
import streamlit as st

from dashboard.badges import PAYOUT_BADGES, PAYOUT_COLOURS_FOR_GRID, PAYOUT_OPTIONS
from dashboard.navigation import PAYOUT
from dashboard.pager import show_pages
from dashboard.payout_page.links import payout_params
from dashboard.payouts.state import PayoutsState, go, widget_key
from dashboard.row_choice import opening_column
from db.domain import formats
from db.domain.payout_filter import PayoutTab
from db.domain.payouts import reference_of
from db.domain.time import local_day
from db.domain.viewer import Viewer
from db.queries.payouts import PayoutPage, PayoutRow

_HEADER_HEIGHT = _ROW_HEIGHT = 35
_MAX_HEIGHT = 492
#: As many letters as their columns have room for: the grid is a canvas, which cuts in the middle of one.
_NAME, _PERSON, _REASON = 24, 12, 40
#: Who prepared what nobody asked for.
_NIGHT = "La nuit"

_AMOUNTS = ("Ventes", "Remb.", "Commissions", "Autres", "Net")
_COLUMNS = {
    PayoutTab.TO_APPROVE: ("Reversement", "Vendeur", "Échéance", *_AMOUNTS, "Préparé"),
    PayoutTab.HELD: ("Reversement", "Vendeur", "Échéance", *_AMOUNTS, "Raison", "Préparé"),
    PayoutTab.APPROVED: ("Reversement", "Vendeur", "Échéance", *_AMOUNTS, "Préparé", "Approuvé"),
    PayoutTab.EXPORTED: ("Reversement", "Vendeur", "Échéance", *_AMOUNTS, "Préparé", "Approuvé"),
    PayoutTab.PAID: ("Reversement", "Vendeur", "Payé le", *_AMOUNTS, "Préparé", "Approuvé", "Référence"),
    PayoutTab.REJECTED: ("Reversement", "Vendeur", "Échéance", *_AMOUNTS, "Motif du rejet", "Suite"),
    PayoutTab.CARRIED: ("Reversement", "Vendeur", "Échéance", *_AMOUNTS, "Suite"),
    PayoutTab.ALL: ("Reversement", "Vendeur", "Échéance", *_AMOUNTS, "État", "Préparé", "Approuvé"),
}
#: What only the house knows of.
_OF_THE_HOUSE = ("Préparé", "Approuvé", "Vendeur")
_EMPTY = {
    PayoutTab.TO_APPROVE: "Aucun reversement n’attend d’être approuvé.",
    PayoutTab.HELD: "Aucun reversement n’est retenu.",
    PayoutTab.APPROVED: "Aucun reversement approuvé n’attend d’être exporté.",
    PayoutTab.EXPORTED: "Aucun virement n’attend la réponse de la banque.",
    PayoutTab.PAID: "Aucun reversement n’est encore payé.",
    PayoutTab.REJECTED: "La banque n’a rejeté aucun virement.",
    PayoutTab.CARRIED: "Aucune dette n’est reportée.",
    PayoutTab.ALL: "Aucun reversement n’est encore préparé.",
}


def show_list(viewer: Viewer, page: PayoutPage, state: PayoutsState) -> tuple[PayoutRow, ...]:
    """Draw a page of the list with the ways to the next, or say that there is nothing; return what is ticked."""
    if not page.rows:
        _show_empty(state)
        return ()
    ids = [row.id for row in page.rows]
    key = widget_key(hashlib.sha256(str(ids).encode()).hexdigest()[:16], state)
    is_worked_on = viewer.seller_id is None
    chosen = st.dataframe(
        table_data(page.rows),
        key=key,
        hide_index=True,
        height=min(_MAX_HEIGHT, _HEADER_HEIGHT + _ROW_HEIGHT * len(ids) + 2),
        row_height=_ROW_HEIGHT,
        column_order=[name for name in _COLUMNS[state.tab] if is_worked_on or name not in _OF_THE_HOUSE],
        column_config=_config(page.rows, key),
        selection_mode="multi-row" if is_worked_on else "single-row",
        on_select="rerun" if is_worked_on else "ignore",
        placeholder=formats.DASH,
    )
    show_pages(page, ids, state, go)
    return tuple(page.rows[row] for row in chosen.selection.rows if row < len(ids)) if is_worked_on else ()


def table_data(rows: tuple[PayoutRow, ...]) -> pd.DataFrame:
    """Return the cells in words."""

    def money(name: str) -> list[str | None]:
        cents = [(getattr(row, name), row.currency) for row in rows]
        return [formats.money(each, currency) if each else None for each, currency in cents]

    return pd.DataFrame(
        {
            "Reversement": [row.reference for row in rows],
            "Vendeur": [formats.shorten(row.seller_name, _NAME) for row in rows],
            "Échéance": [formats.date(row.due_on) for row in rows],
            "Payé le": [formats.date(row.paid_on) if row.paid_on else None for row in rows],
            "Ventes": money("sale_cents"),
            "Remb.": money("refund_cents"),
            "Commissions": money("fee_cents"),
            "Autres": money("other_cents"),
            "Net": [formats.money(row.net_cents, row.currency) for row in rows],
            "État": [[PAYOUT_BADGES[row.state].label] for row in rows],
            "Raison": [hold_words(row) for row in rows],
            "Préparé": [
                _by_whom(row.prepared_by_name if row.prepared_by_id else _NIGHT, row.prepared_at) for row in rows
            ],
            "Approuvé": [_by_whom(row.approved_by_name, row.approved_at) for row in rows],
            "Référence": [row.payment_reference or None for row in rows],
            "Motif du rejet": [formats.shorten(row.rejection, _REASON) or None for row in rows],
            "Suite": [what_became_of(row) for row in rows],
        }
    )


def hold_words(row: PayoutRow) -> str | None:
    """Return why a payout is held: « Litige ouvert · colis perdu »."""
    if row.hold_reason is None:
        return None
    note = f" · {row.hold_note}" if row.hold_note and row.hold_reason.is_by_hand else ""
    return formats.shorten(f"{row.hold_reason.label}{note}", _REASON)


def what_became_of(row: PayoutRow) -> str:
    """Return where what was rejected or carried over went on to: « REV-000031 · Payé »."""
    if row.successor_id is None or row.successor_state is None:
        return "Au prochain reversement" if row.net_cents else "Tout se compense"
    return f"{reference_of(row.successor_id)} · {row.successor_state.label}"


def _by_whom(name: str, at: dt.datetime | None) -> str | None:
    return f"{formats.shorten(name, _PERSON)} · {local_day(at):%d/%m}" if at else None


def _config(rows: tuple[PayoutRow, ...], key: str) -> dict[str, object]:
    text = st.column_config.TextColumn
    return {
        "Reversement": opening_column("Reversement", f"{key}_open", 102, lambda row: _open(rows[row].id)),
        "Vendeur": text(width=170),
        "Échéance": text(width=82, help="Le dernier jour où quelque chose de ce reversement est devenu dû"),
        "Payé le": text(width=82),
        "Ventes": text(width=88, alignment="right"),
        "Remb.": text(width=78, alignment="right", help="Remboursements aux clients"),
        "Commissions": text(width=94, alignment="right", help="Commissions, moins celles qui sont rendues"),
        "Autres": text(width=76, alignment="right", help="Corrections, dettes reportées et virements rejetés"),
        "Net": text(width=92, alignment="right"),
        "État": st.column_config.MultiselectColumn(options=PAYOUT_OPTIONS, color=PAYOUT_COLOURS_FOR_GRID, width=148),
        "Raison": text(width=236),
        "Préparé": text(width=114),
        "Approuvé": text(width=140),
        "Référence": text(width=130),
        "Motif du rejet": text(width=230),
        "Suite": text(width=190),
    }


def _open(payout_id: int) -> None:
    st.switch_page(PAYOUT.page(), query_params=payout_params(payout_id))


def _show_empty(state: PayoutsState) -> None:
    """Say that there is nothing, keep the filters, and offer the ways on."""
    with st.container(border=True, horizontal_alignment="center", key="payouts_empty"):
        if not state.is_filtered:
            st.markdown(f"**{_EMPTY[state.tab]}**")
            st.caption("Ce qui est dû aux vendeurs est préparé chaque nuit, le 10e jour ouvré après la commande.")
            return
        st.markdown("**Aucun reversement ne correspond à ces filtres.**")
        with st.container(horizontal=True, horizontal_alignment="center"):
            if state.tab is not PayoutTab.ALL:
                everywhere = replace(state.from_the_top(), tab=PayoutTab.ALL)
                st.button("Chercher dans tous", type="primary", on_click=lambda: go(everywhere))
            st.button("Effacer les filtres", on_click=lambda: go(PayoutsState(state.tab)))
