"""Above the charts: the period, how finely it is cut, what it is held against, and which orders are counted."""

import datetime as dt
from dataclasses import replace
from typing import Any

import streamlit as st

from dashboard.list_filters import choice_field, clear_button, filter_row, filter_title, labels, seller_field
from dashboard.sales.navigation import change, widget_key
from dashboard.sales.state import SalesPeriod, SalesState, Tab
from db.domain import formats
from db.domain.months import FIRST_MONTH, add_months
from db.domain.orders import ORDER_PAYMENT_METHODS, DeliveryMode, Origin
from db.domain.sales_periods import Comparison, Days, Step, compared_with
from db.queries.calendar import CalendarChoices

#: What each filter by several values is called, and the values.
_SETS: dict[str, tuple[str, tuple[Any, ...]]] = {
    "delivery_modes": ("Livraison", tuple(DeliveryMode)),
    "payment_methods": ("Paiement", ORDER_PAYMENT_METHODS),
    "origins": ("Origine", tuple(Origin)),
}


def show_filters(state: SalesState, choices: CalendarChoices) -> None:
    """Draw the filters, filled from the state, and say in words which days are compared."""
    with filter_row("sales"):
        _period(state, choices)
        choice_field(
            "Comparer à",
            labels(Comparison),
            state.comparison,
            widget_key("comparison"),
            lambda chosen: change(choices, lambda now: replace(now, comparison=chosen or now.comparison)),
            anything="Comparer à",
            width=210,
        )
        seller_field(
            choices.sellers,
            state.wanted.seller_id,
            widget_key("seller"),
            lambda seller_id: _set(choices, seller_id=seller_id),
        )
        for field, (name, values) in _SETS.items():
            _several(state, choices, field, name, values)
        if len(choices.currencies) > 1:
            _currency(state, choices)
        if state.is_filtered:
            clear_button(lambda: change(choices, SalesState.unfiltered, keeps_widgets=False))
    st.caption(days_text(state))


def days_text(state: SalesState) -> str:
    """Return « Du 1er au 22 … comparé au … » : which days stand for what the person chose."""
    then = compared_with(state.days, state.comparison)
    return (
        f"{range_text(state.days)}, comparé à {range_text(then)} ({state.comparison.label.lower()}). "
        "Les commandes annulées ne sont pas comptées."
    )


def range_text(days: Days) -> str:
    """Return « 01/11/2026 – 22/11/2026 », one date for one day."""
    if days.first == days.last:
        return formats.date(days.first)
    return f"{formats.date(days.first)} – {formats.date(days.last)}"


def show_steps(state: SalesState, choices: CalendarChoices) -> None:
    """Draw how finely the curves are cut."""
    key = widget_key("step")
    st.segmented_control(
        "Découper par",
        list(Step),
        default=state.step,
        key=key,
        format_func=lambda step: step.label,
        label_visibility="collapsed",
        required=True,
        on_change=lambda: change(choices, lambda now: replace(now, chosen_step=st.session_state[key])),
    )


def open_tabs(state: SalesState, choices: CalendarChoices) -> dict[Tab, Any]:
    """Draw the tabs and return each with its container; only the open one is to be filled."""
    by_label = {tab.label: tab for tab in Tab}
    key = widget_key("tab")
    containers = st.tabs(
        list(by_label),
        default=state.tab.label,
        key=key,
        on_change=lambda: change(choices, lambda now: replace(now, tab=by_label[st.session_state[key]])),
    )
    return dict(zip(Tab, containers, strict=True))


def _set(choices: CalendarChoices, **changed: object) -> None:
    change(choices, lambda now: replace(now, wanted=replace(now.wanted, **changed)))


def _period(state: SalesState, choices: CalendarChoices) -> None:
    period_key, days_key = widget_key("period"), widget_key("days")
    with st.popover(
        f"**{state.period.label if state.period else range_text(state.days)}**",
        icon=":material/date_range:",
        key="sales_p_period",
    ):
        st.pills(
            "Période",
            list(SalesPeriod),
            default=state.period,
            key=period_key,
            format_func=lambda period: period.label,
            required=state.period is not None,
            on_change=lambda: _choose_period(choices, st.session_state[period_key]),
        )
        st.date_input(
            "Du … au …",
            (state.days.first, state.days.last),
            key=days_key,
            format="DD/MM/YYYY",
            min_value=add_months(FIRST_MONTH, 12),
            max_value=dt.date(2199, 12, 31),
            on_change=lambda: _choose_days(choices, st.session_state[days_key]),
        )


def _choose_period(choices: CalendarChoices, period: SalesPeriod | None) -> None:
    if period:
        # The days' own widget follows.
        change(choices, lambda now: now.over(period.days(now.today), period), keeps_widgets=False)


def _choose_days(choices: CalendarChoices, days: tuple[dt.date, ...]) -> None:
    if len(days) > 1:  # One day is the first of two clicks in the calendar.
        change(choices, lambda now: now.over(Days(*days)), keeps_widgets=False)


def _several(state: SalesState, choices: CalendarChoices, field: str, name: str, values: tuple[Any, ...]) -> None:
    key, chosen = widget_key(field), getattr(state.wanted, field)
    with st.popover(filter_title(name, (value.label for value in values if value in chosen)), key=f"sales_p_{field}"):
        st.pills(
            name,
            list(values),
            selection_mode="multi",
            default=[value for value in values if value in chosen],
            key=key,
            format_func=lambda value: value.label,
            on_change=lambda: _set(choices, **{field: frozenset(st.session_state[key])}),
        )


def _currency(state: SalesState, choices: CalendarChoices) -> None:
    choice_field(
        "Devise",
        {currency: currency for currency in choices.currencies},
        state.currency,
        widget_key("currency"),
        lambda currency: _set(choices, currency=currency or choices.currencies[0]),
        anything="Devise",
        width=100,
    )
