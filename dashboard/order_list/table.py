"""The table of one page of orders: formatted cells, header clicks that sort on the server, ticks that are ids."""

import datetime as dt
import hashlib
import json
from dataclasses import replace

import pandas as pd
import streamlit as st

from dashboard.badges import (
    Badge,
    short_late_badge,
    short_late_delivery_badge,
    status_colours_for_grid,
    status_options,
)
from dashboard.bulk.last import kept_result
from dashboard.files.state import awaited_file
from dashboard.flash import flash
from dashboard.navigation import ORDER
from dashboard.order_list.navigation import LIST_PARAMETER, go
from dashboard.order_list.selection import Selection, tick
from dashboard.order_list.state import SORTS, Column, GridState, query_string
from dashboard.statuses import label_of
from db.domain import formats
from db.domain.order_filter import OrderSort, SortColumn
from db.domain.orders import PaymentMethod, PaymentState, days_late, delivery_days_late
from db.domain.time import local_day
from db.queries.order_grid import OrderRow

_HEADER_HEIGHT = _ROW_HEIGHT = 35
#: The table scrolls inside itself beyond this, so that its header and the actions below stay in sight: a bar at the
#: foot of a screen of 900 points covers none of its rows, nor do two, a selection's and a file's.
_MAX_HEIGHT, _MAX_HEIGHT_ABOVE_TWO = 562, 492

#: Two badges need more room than one.
_STATUS_WIDTH, _LATE_STATUS_WIDTH = 172, 244

_SHORT_METHODS = {PaymentMethod.CARD: "CB"}
#: A first click on these sorts from the newest or largest; on the others from A.
_DESCENDING_FIRST = frozenset({SortColumn.PLACED_AT, SortColumn.TOTAL, SortColumn.NUMBER})


def show_table(rows: list[OrderRow], state: GridState, selection: Selection, now: dt.datetime) -> None:
    """Draw the rows; ticks go to the selection, a number opens its order, a header sorts."""
    ids = [row.id for row in rows]
    key = _key(ids, state, selection)
    config = _column_config(state, rows, key, now)
    chosen = st.dataframe(
        fitted(table_data(rows, state.columns, now)),
        key=key,
        hide_index=True,
        height=min(_max_height(), _HEADER_HEIGHT + _ROW_HEIGHT * len(rows) + 2),
        row_height=_ROW_HEIGHT,
        column_config=config,
        selection_mode=["multi-row", "single-column"],
        selection_default={"selection": {"rows": [at for at, order in enumerate(ids) if order in selection.ids]}},
        on_select=lambda: _sort_if_header(st.session_state[key].selection.columns, state),
        placeholder=formats.DASH,
    )
    tick(ids, {ids[row] for row in chosen.selection.rows if row < len(ids)})


def _max_height() -> int:
    is_above_another = awaited_file() is not None or kept_result() is not None
    return _MAX_HEIGHT_ABOVE_TWO if is_above_another else _MAX_HEIGHT


def table_data(rows: list[OrderRow], columns: tuple[Column, ...], now: dt.datetime) -> pd.DataFrame:
    """Return the cells in words, whole, one column per chosen column, in the grid's order."""
    cells = {
        Column.NUMBER: [formats.short_number(row.number) for row in rows],
        Column.DATE: [formats.short_instant(row.placed_at, now) for row in rows],
        Column.CUSTOMER: [row.customer_name for row in rows],
        Column.SELLER: [row.seller_name for row in rows],
        Column.PRODUCTS: [row.summary for row in rows],
        Column.DELIVERY: [row.delivery_mode.label for row in rows],
        Column.PAYMENT: [_payment(row) for row in rows],
        Column.STATUS: [_status(row, now) for row in rows],
        Column.ORIGIN: [row.origin.label for row in rows],
        Column.INVOICE: [row.invoice_number or None for row in rows],
        Column.TOTAL: [formats.money(row.total_cents, row.currency) for row in rows],
    }
    return pd.DataFrame({column.value: cells[column] for column in columns})


def fitted(cells: pd.DataFrame) -> pd.DataFrame:
    """Return the cells shortened to their columns: the grid is a canvas, which cuts in the middle of a letter."""
    shorten = {
        Column.CUSTOMER.value: lambda name: formats.shorten(name, 18),
        Column.SELLER.value: lambda name: formats.shorten(name, 16),
        Column.PRODUCTS.value: _products,
        Column.PAYMENT.value: lambda payment: formats.shorten(payment, 21),
    }
    return cells.assign(**{name: cells[name].map(fit) for name, fit in shorten.items() if name in cells})


def _products(summary: str) -> str:
    """Return « Caramel au be… +4 »: the count is what must not be cut."""
    name, plus, more = summary.rpartition(" +")
    return f"{formats.shorten(name, 13)} +{more}" if plus and more.isdigit() else formats.shorten(summary, 17)


def _payment(row: OrderRow) -> str:
    method = _SHORT_METHODS.get(row.payment_method, row.payment_method.label)
    return f"{method} ✓" if row.payment_state is PaymentState.PAID else f"{method} · {row.payment_state.label.lower()}"


def late_mark(row: OrderRow, now: dt.datetime) -> Badge | None:
    """Return the badge of an order that is late to leave or to arrive, with its days."""
    today = local_day(now)
    if days := days_late(row.status, row.ship_by, today):
        return short_late_badge(days)
    if days := delivery_days_late(row.status, row.expected_delivery_on, today):
        return short_late_delivery_badge(days)
    return None


def _status(row: OrderRow, now: dt.datetime) -> list[str]:
    late = late_mark(row, now)
    return [label_of(row.status), late.label] if late else [label_of(row.status)]


def _key(ids: list[int], state: GridState, selection: Selection) -> str:
    """Return a key that no other set of rows has: ticks are positions, and must never move to other orders."""
    shown = json.dumps([ids, query_string(state), selection.generation])
    return f"orders_{hashlib.sha256(shown.encode()).hexdigest()[:16]}"


def _column_config(state: GridState, rows: list[OrderRow], key: str, now: dt.datetime) -> dict[str, object]:
    text = st.column_config.TextColumn
    late = {mark.label: mark.colour for row in rows if (mark := late_mark(row, now))}
    labels = {column: _header(column, state.sort) for column in Column}
    return {
        Column.NUMBER: st.column_config.ButtonColumn(
            labels[Column.NUMBER],
            key=f"{key}_open",
            on_click=lambda: _open(rows[st.session_state[f"{key}_open"].row].number, state),
            type="tertiary",
            width=128,
            alignment="left",
            pinned=True,
        ),
        Column.DATE: text(labels[Column.DATE], width=88),
        Column.CUSTOMER: text(labels[Column.CUSTOMER], width=130),
        Column.SELLER: text(labels[Column.SELLER], width=110),
        Column.PRODUCTS: text(labels[Column.PRODUCTS], width=116),
        Column.DELIVERY: text(labels[Column.DELIVERY], width=96),
        Column.PAYMENT: text(labels[Column.PAYMENT], width=138),
        Column.STATUS: st.column_config.MultiselectColumn(
            labels[Column.STATUS],
            options=[*status_options(), *late],
            color=[*status_colours_for_grid(), *late.values()],
            width=_LATE_STATUS_WIDTH if late else _STATUS_WIDTH,
        ),
        Column.ORIGIN: text(labels[Column.ORIGIN], width=95),
        Column.INVOICE: text(labels[Column.INVOICE], width=90),
        Column.TOTAL: text(labels[Column.TOTAL], width=88, alignment="right"),
    }


def _header(column: Column, sort: OrderSort) -> str:
    if SORTS.get(column) is not sort.column:
        return column.label
    return f"{column.label} {'▼' if sort.descending else '▲'}"


def _open(number: str, state: GridState) -> None:
    st.switch_page(ORDER.page(), query_params={"n": number, LIST_PARAMETER: query_string(state)})


def _sort_if_header(clicked: list[str], state: GridState) -> None:
    if clicked:
        _sort_by(Column(clicked[0]), state)


def _sort_by(column: Column, state: GridState) -> None:
    if column not in SORTS:
        flash(f"La colonne « {column.label} » ne se trie pas. Utilisez la recherche ou les filtres.")
        return
    wanted = SORTS[column]
    descending = not state.sort.descending if state.sort.column is wanted else wanted in _DESCENDING_FIRST
    go(replace(state.first_page(), sort=OrderSort(wanted, descending)))
