"""The list of vouchers: a click on a line shows the voucher beside it."""

import datetime as dt
import hashlib

import pandas as pd
import streamlit as st

from dashboard.badges import VOUCHER_BADGES, VOUCHER_COLOURS_FOR_GRID, VOUCHER_OPTIONS
from dashboard.pager import Grid, show_pages, show_rows
from dashboard.vouchers.state import VouchersState, go, widget_key
from db.domain import formats
from db.domain.time import local_day
from db.domain.voucher_filter import SOON, VoucherTab
from db.domain.vouchers import VoucherFacts
from db.queries.vouchers import VoucherPage, VoucherRow

_ROW_HEIGHT = _HEADER_HEIGHT = 35
_MAX_HEIGHT = 562
_COLUMNS = ("Code", "Client", "Montant", "Reste", "État", "Utilisable jusqu’au", "Donné", "Par", "Commande")
_BESIDE_A_VOUCHER = ("Code", "Client", "Reste", "État")
_EMPTY = {
    VoucherTab.LIVE: "Aucun bon d’achat n’attend d’être utilisé.",
    VoucherTab.USED: "Aucun bon d’achat n’est encore entièrement utilisé.",
    VoucherTab.EXPIRED: "Aucun bon d’achat n’a expiré.",
    VoucherTab.CANCELLED: "Aucun bon d’achat n’a été annulé.",
    VoucherTab.ALL: "Aucun bon d’achat n’a encore été donné.",
}


def show_list(page: VoucherPage, state: VouchersState, now: dt.datetime) -> None:
    """Draw a page of the list with the ways to the next, or say that there is nothing."""
    if not page.rows:
        _show_empty(state)
        return
    ids = [row.id for row in page.rows]
    key = widget_key(hashlib.sha256(str(ids).encode()).hexdigest()[:16], state)
    columns = _COLUMNS if state.chosen is None else _BESIDE_A_VOUCHER
    grid = Grid(columns, _column_config(), _MAX_HEIGHT, _HEADER_HEIGHT, _ROW_HEIGHT)
    show_rows(table_data(page.rows, now), ids, state, go, key, grid)
    show_pages(page, ids, state, go)


def table_data(rows: tuple[VoucherRow, ...], now: dt.datetime) -> pd.DataFrame:
    """Return the cells in words."""
    today = local_day(now)
    return pd.DataFrame(
        {
            "Code": [row.code for row in rows],
            "Client": [formats.shorten(row.customer_name, 26) for row in rows],
            "Montant": [formats.money(row.amount_cents, row.currency) for row in rows],
            "Reste": [formats.money(row.rest_cents, row.currency) if row.rest_cents else None for row in rows],
            "État": [[VOUCHER_BADGES[row.state(today)].label] for row in rows],
            "Utilisable jusqu’au": [until_words(row, today) for row in rows],
            "Donné": [formats.short_instant(row.created_at, now) for row in rows],
            "Par": [formats.shorten(row.person_name, 18) for row in rows],
            "Commande": [formats.short_number(row.order_number) if row.order_number else None for row in rows],
        }
    )


def until_words(voucher: VoucherFacts, today: dt.date) -> str:
    """Return « 21/11/2027 », and near the end of what can still be used « 03/12/2026 · dans 12 j »."""
    day, left = formats.date(voucher.expires_on), voucher.expires_on - today
    if not voucher.state(today).is_live or left > SOON:
        return day
    return f"{day} · dans {left.days}\u00a0j" if left.days else f"{day} · aujourd’hui"


def _column_config() -> dict[str, object]:
    text = st.column_config.TextColumn
    return {
        "Code": text(width=136),
        "Client": text(width=176),
        "Montant": text(width=92, alignment="right"),
        "Reste": text(width=92, alignment="right", help="Ce qui n’a pas été dépensé"),
        "État": st.column_config.MultiselectColumn(options=VOUCHER_OPTIONS, color=VOUCHER_COLOURS_FOR_GRID, width=136),
        "Utilisable jusqu’au": text(width=156),
        "Donné": text(width=96),
        "Par": text(width=126),
        "Commande": text(width=124),
    }


def _show_empty(state: VouchersState) -> None:
    """Say that nothing matches, keep the filters, and offer the ways on."""
    with st.container(border=True, horizontal_alignment="center", key="vouchers_empty"):
        if not state.is_filtered:
            st.markdown(f"**{_EMPTY[state.tab]}**")
            st.caption("Un bon d’achat se donne ici, ou en remboursant un retour ou une commande.")
            return
        st.markdown("**Aucun bon d’achat ne correspond à ces filtres.**")
        with st.container(horizontal=True, horizontal_alignment="center"):
            if state.tab is not VoucherTab.ALL:
                everywhere = state.of_tab(VoucherTab.ALL)
                st.button("Chercher dans tous", type="primary", on_click=lambda: go(everywhere))
            st.button("Effacer les filtres", on_click=lambda: go(VouchersState(state.tab)))
