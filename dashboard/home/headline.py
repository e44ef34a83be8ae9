"""The calendar's head: the month and its figures, the ways to turn it, what to count."""

import datetime as dt
from dataclasses import replace

import streamlit as st

from dashboard.home.navigation import go
from dashboard.home.state import CalendarState, to_query
from dashboard.markdown import escape_markdown
from db.domain import formats
from db.domain.months import FIRST_MONTH, LAST_MONTH, add_months, last_day, month_of, same_day_last_year
from db.queries.calendar import CalendarChoices, Comparison, MonthSales, Sales


def sales_text(sales: Sales, currency: str) -> str:
    """Return « 412 commandes · 18 240,30 € », or « Aucune commande »."""
    if not sales.orders:
        return "Aucune commande"
    return f"{formats.plural(sales.orders, 'commande')} · {formats.money(sales.total_cents, currency)}"


def comparison_text(comparison: Comparison, currency: str) -> str:
    """Return « +12,4 % par rapport à novembre 2025 (367 commandes · 16 230,00 €) », as Markdown."""
    until = same_day_last_year(comparison.until)
    month = formats.month(until.year, until.month)
    is_whole = comparison.until == last_day(month_of(comparison.until))
    if not comparison.last_year.total_cents:
        return f"Pas de ventes en {month}." if is_whole else f"Pas de ventes du 1er au {until.day} {month}."
    before, after = comparison.last_year.total_cents, comparison.this_year.total_cents
    change = f":{'green' if after >= before else 'red'}[**{formats.evolution(before, after)}**]"
    period = f"à {month}" if is_whole else f"au 1er–{until.day} {month}"
    return f"{change} par rapport {period} ({escape_markdown(sales_text(comparison.last_year, currency))})"


def show_head(state: CalendarState, choices: CalendarChoices, today: dt.date, title: str = "") -> None:
    """Draw the month's name, after the title of a page that has one, and the ways to turn it and to choose."""
    with st.container(horizontal=True, vertical_alignment="top", horizontal_alignment="distribute", gap="small"):
        month = formats.month(state.month.year, state.month.month)
        st.header(f"{title} · {month}" if title else month.capitalize(), anchor=False, width="content")
        _show_toolbar(state, choices, today)


def show_figures(sales: MonthSales) -> None:
    """Draw what was sold in the month, and how that stands against last year."""
    figures = f"**{escape_markdown(sales_text(sales.total, sales.currency))}**"
    if sales.comparison:
        figures += f" :small[{comparison_text(sales.comparison, sales.currency)}]"
    st.markdown(figures)


def show_foot(state: CalendarState, newest_sale: dt.date | None) -> None:
    """Say what is not counted; under an empty month, lead to ``newest_sale`` if there is one."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.caption("Les commandes annulées ne sont pas comptées.", width="content")
        if newest_sale:
            month = month_of(newest_sale)
            st.button(
                f"Voir {formats.month(month.year, month.month)}, le dernier mois avec des ventes",
                on_click=_show,
                args=(replace(state, month=month, day=None),),
            )


def _show_toolbar(state: CalendarState, choices: CalendarChoices, today: dt.date) -> None:
    st.session_state.update(home_month=state.month, home_seller=state.seller_id, home_currency=state.currency)
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", width="content"):
        _turn_button(state, -1)
        st.selectbox(
            "Mois",
            _months(state, choices, today),
            key="home_month",
            format_func=lambda month: formats.month(month.year, month.month),
            label_visibility="collapsed",
            width=150,
            on_change=lambda: _show(replace(state, month=st.session_state["home_month"], day=None)),
        )
        _turn_button(state, 1)
        st.button("Aujourd’hui", on_click=_show, args=(replace(state, month=month_of(today), day=today),))
        if len(choices.sellers) > 1:
            st.selectbox(
                "Vendeur",
                list(choices.sellers),
                key="home_seller",
                index=None,
                format_func=lambda seller_id: choices.sellers[seller_id],
                placeholder="Tous les vendeurs",
                label_visibility="collapsed",
                width=185,
                on_change=lambda: _show(replace(state, seller_id=st.session_state["home_seller"])),
            )
        if len(choices.currencies) > 1:
            st.selectbox(
                "Devise",
                choices.currencies,
                key="home_currency",
                label_visibility="collapsed",
                width=100,
                on_change=lambda: _show(replace(state, currency=st.session_state["home_currency"])),
            )


def _turn_button(state: CalendarState, months: int) -> None:
    # A name, not a bare arrow: it says where it leads, to screen readers too.
    is_last = state.month == (FIRST_MONTH if months < 0 else LAST_MONTH)
    month = state.month if is_last else add_months(state.month, months)
    name = formats.SHORT_MONTHS[month.month - 1]
    st.button(
        f"‹ {name}" if months < 0 else f"{name} ›",
        key=f"home_turn_{months}",
        help=formats.month(month.year, month.month).capitalize(),
        disabled=is_last,
        on_click=_show,
        args=(replace(state, month=month, day=None),),
    )


def _show(state: CalendarState) -> None:
    go(to_query(state))


def _months(state: CalendarState, choices: CalendarChoices, today: dt.date) -> list[dt.date]:
    """Return the months to choose from, newest first: from the first sale to today, and the one shown."""
    known = [state.month, month_of(today)] + ([month_of(choices.first_day)] if choices.first_day else [])
    first, newest = min(known), max(known)
    count = (newest.year - first.year) * 12 + newest.month - first.month + 1
    return [add_months(newest, -back) for back in range(count)]
