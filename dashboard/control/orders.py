"""The orders that differ: by how much, and why; each leads to its page."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace

import pandas as pd
import streamlit as st

from dashboard.control.state import ControlState, go, present_state, widget_key
from dashboard.navigation import ORDER
from dashboard.row_choice import opening_column
from db.domain import formats
from db.domain.control import Control, Equality, OrderControl
from db.queries.control_orders import SHOWN, DifferingOrders

_ROW_HEIGHT = 34
_MAX_HEIGHT = 480


def show_orders(found: DifferingOrders, state: ControlState, total: Control) -> None:
    """Draw the orders of which nothing explains the difference, and all others where they are asked for."""
    if not total.differing_orders:
        return
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.subheader("Commandes en écart", anchor=False, width="content")
        st.toggle(
            f"Montrer les écarts expliqués ({formats.integer(total.differing_orders - total.unexplained_orders)})",
            state.shows_explained,
            key=widget_key("explained", state),
            on_change=lambda: go(replace(present_state(), shows_explained=not state.shows_explained)),
        )
    if not found.orders:
        st.caption("Aucun écart inexpliqué.")
        return
    _show_table(found.orders, state)
    if found.is_capped:
        st.caption(f"Les {SHOWN} premières sont montrées. Choisissez un jour ou un vendeur pour voir les autres.")


def _show_table(orders: Sequence[OrderControl], state: ControlState) -> None:
    data = table_data(orders)
    key = widget_key(hashlib.sha256(data.to_csv().encode()).hexdigest()[:12], state)
    text = st.column_config.TextColumn
    config: dict[str, object] = {name: text(alignment="right", width=108) for name in data.columns}
    opened = opening_column("Commande", f"{key}_open", 130, lambda row: _open(orders[row].number))
    config |= {"Commande": opened, "Vendeur": text(width=150), "Pourquoi": text(width=350)}
    st.dataframe(
        data,
        key=key,
        hide_index=True,
        height=min(_MAX_HEIGHT, 2 + _ROW_HEIGHT * (len(orders) + 1)),
        row_height=_ROW_HEIGHT,
        column_config=config,
        placeholder=formats.DASH,
    )


def table_data(orders: Sequence[OrderControl]) -> pd.DataFrame:
    """Return the cells in words."""
    return pd.DataFrame(
        {
            "Commande": [formats.short_number(order.number) for order in orders],
            "Pourquoi": [why_words(order) for order in orders],
            "Vendeur": [order.seller_name for order in orders],
            "Vente": [formats.money(order.amounts.sold_cents, order.currency) for order in orders],
            **{
                equality.label: [formats.money(order.amounts.found(equality), order.currency) for order in orders]
                for equality in Equality
            },
        }
    )


def why_words(order: OrderControl) -> str:
    """Return the reasons, what is unexplained first and marked, each once."""
    reasons = sorted(dict.fromkeys(order.why.values()), key=lambda why: why.is_explained)
    return " · ".join(why.label if why.is_explained else f"⚠ {why.label}" for why in reasons)


def _open(number: str) -> None:
    st.switch_page(ORDER.page(), query_params={"n": number})
