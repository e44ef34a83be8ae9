"""The three equalities side by side: a total above, and a table of days, months or sellers that lead further down."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from functools import reduce
from operator import add

import pandas as pd
import streamlit as st

from dashboard.control.state import ControlState, go, widget_key
from dashboard.row_choice import opening_column
from db.domain import formats
from db.domain.control import Control, Equality
from db.domain.months import last_day
from db.queries.control import ControlBy, ControlRow

_ROW_HEIGHT = 34
_MAX_HEIGHT = 420
_FIRST_COLUMN = {ControlBy.DAY: "Jour", ControlBy.MONTH: "Mois", ControlBy.SELLER: "Vendeur"}
_FORMULAS = {
    Equality.DOCUMENTS: "factures − avoirs",
    Equality.MONEY: "encaissé − remboursé",
    Equality.SELLERS: "vendeurs + commissions HT + TVA",
}


def total_of(rows: Sequence[ControlRow]) -> Control:
    """Return all rows together."""
    return reduce(add, (row.control for row in rows), Control())


def show_equalities(total: Control, currency: str) -> None:
    """Draw what was sold beside what each of the three comes to, with its difference and its parts."""
    columns = st.columns(4, border=True)
    with columns[0]:
        st.metric("Commandes", formats.money(total.sold_cents, currency))
        st.caption(formats.plural(total.orders, "commande"))
    parts = {
        Equality.DOCUMENTS: (total.invoiced_cents, -total.credited_cents),
        Equality.MONEY: (total.paid_cents, -total.refunded_cents),
        Equality.SELLERS: (total.seller_cents, total.fee_net_cents, total.fee_vat_cents),
    }
    for column, equality in zip(columns[1:], Equality, strict=True):
        with column:
            st.metric(equality.label, formats.money(total.found(equality), currency))
            takes_off = equality is not Equality.SELLERS
            st.caption(f"{_FORMULAS[equality]}\u00a0: {_sum_words(parts[equality], currency, takes_off=takes_off)}")
            st.markdown(_difference_words(total.difference(equality), currency))


def _sum_words(parts: Sequence[int], currency: str, *, takes_off: bool) -> str:
    """Return the parts with their signs; of nothing, the sign is that of the formula."""
    first, *others = parts
    said = [formats.money(first, currency)]
    said += [
        f"{'−' if cents < 0 or (takes_off and not cents) else '+'} {formats.money(abs(cents), currency)}"
        for cents in others
    ]
    return " ".join(said)


def _difference_words(cents: int, currency: str) -> str:
    if not cents:
        return ":green[:material/check: égal aux commandes]"
    sign = "+" if cents > 0 else "−"
    return f"écart {sign} {formats.money(abs(cents), currency)}"


def show_verdict(total: Control) -> None:
    """Say in one line whether everything that differs has its reason."""
    if total.unexplained_orders:
        words = formats.plural(total.unexplained_orders, "commande a un écart", "commandes ont un écart")
        st.error(f"{words} que rien n’explique.", icon=":material/error:")
    elif total.differing_orders:
        words = formats.plural(total.differing_orders, "commande", "commandes")
        st.success(f"Tous les écarts sont expliqués ({words}).", icon=":material/verified:")
    else:
        st.success("Tout concorde, au centime.", icon=":material/verified:")


def show_rows(rows: Sequence[ControlRow], state: ControlState, currency: str) -> None:
    """Draw the table; a click on its first column goes down to that month, day or seller."""
    data = table_data(rows, state.by, currency)
    drawn = hashlib.sha256(data.to_csv().encode()).hexdigest()[:12]
    key = widget_key(drawn, state)
    name = _FIRST_COLUMN[state.by]
    money = st.column_config.TextColumn(alignment="right", width=118)
    config: dict[str, object] = dict.fromkeys(data.columns, money)
    config[name] = opening_column(name, f"{key}_open", 190, lambda row: go(_narrowed(state, rows[row])))
    config["Inexpliquées"] = st.column_config.TextColumn(
        alignment="right", width=96, help="Commandes dont l’écart n’a pas de raison connue"
    )
    st.dataframe(
        data,
        key=key,
        hide_index=True,
        height=min(_MAX_HEIGHT, 2 + _ROW_HEIGHT * (len(rows) + 1)),
        row_height=_ROW_HEIGHT,
        column_config=config,
        placeholder=formats.DASH,
    )


def table_data(rows: Sequence[ControlRow], by: ControlBy, currency: str) -> pd.DataFrame:
    """Return the cells in words; a difference of nothing is left empty, so that the others are seen."""
    controls = [row.control for row in rows]
    data = {
        _FIRST_COLUMN[by]: [_name(row, by) for row in rows],
        "Commandes": [formats.money(each.sold_cents, currency) for each in controls],
    }
    for equality in Equality:
        data[equality.label] = [formats.money(each.found(equality), currency) for each in controls]
        # Two headings of one table are never the same.
        data[f"Écart {_SHORT[equality]}"] = [_difference(each.difference(equality), currency) for each in controls]
    data["Inexpliquées"] = [
        formats.integer(each.unexplained_orders) if each.unexplained_orders else None for each in controls
    ]
    return pd.DataFrame(data)


_SHORT = {Equality.DOCUMENTS: "factures", Equality.MONEY: "règlements", Equality.SELLERS: "vendeurs"}


def _difference(cents: int, currency: str) -> str | None:
    return f"{'+' if cents > 0 else '−'} {formats.money(abs(cents), currency)}" if cents else None


def _name(row: ControlRow, by: ControlBy) -> str:
    if row.on is None:
        return row.seller_name
    return formats.month(row.on.year, row.on.month) if by is ControlBy.MONTH else formats.date(row.on)


def _narrowed(state: ControlState, row: ControlRow) -> ControlState:
    """Return what a row leads to: a month's days, a day's sellers, a seller's days."""
    if row.on is None:
        return replace(state, seller_id=row.seller_id, by=ControlBy.DAY)
    last = last_day(row.on) if state.by is ControlBy.MONTH else row.on
    by = ControlBy.DAY if state.by is ControlBy.MONTH else ControlBy.SELLER
    return replace(state, period=None, first_day=row.on, last_day=last, by=by, shows_explained=True)
