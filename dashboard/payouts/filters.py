"""Above the list of payouts: its title, its tabs with what waits, and its filters; each writes the URL."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

import streamlit as st

from dashboard.flash import telling_refusals
from dashboard.inputs import parse_amount
from dashboard.list_filters import clear_button, filter_row, list_tabs, period_field, search_field, seller_field
from dashboard.order_list.choices import choices_for
from dashboard.order_list.state import amount_text
from dashboard.payouts.state import PayoutsState, go, present_state, widget_key
from db.domain import formats
from db.domain.errors import InvalidInputError
from db.domain.months import FIRST_MONTH, LAST_MONTH
from db.domain.payout_filter import PayoutTab
from db.domain.viewer import Viewer
from db.queries.payouts import Worth


def show_tabs(state: PayoutsState, worth: Mapping[PayoutTab, Worth]) -> None:
    """Draw the lists; those that wait for somebody say how many."""
    list_tabs(
        PayoutTab,
        state.tab,
        widget_key("tab", state),
        lambda tab: _change(tab=tab),
        lambda tab: tab_words(tab, worth),
    )


def tab_words(tab: PayoutTab, worth: Mapping[PayoutTab, Worth]) -> str:
    """Return « À approuver 3 », as Markdown; rejected ones are marked: a seller waits for money that did not come."""
    count = worth[tab].count if tab in worth else 0
    if not count:
        return tab.label
    mark = ":red[:material/warning:] " if tab is PayoutTab.REJECTED else ""
    return f"{mark}{tab.label}  **{formats.integer(count)}**"


def show_filters(viewer: Viewer, state: PayoutsState) -> None:
    """Draw the search and the filters."""
    with filter_row("payouts"):
        search_field(
            "REV-000012" if viewer.seller_id is not None else "Référence ou vendeur",
            state.text,
            widget_key("q", state),
            lambda text: _change(text=text),
            width=230,
        )
        seller_field(
            choices_for(viewer).sellers,
            state.seller_id,
            widget_key("vendeur", state),
            lambda seller_id: _change(seller_id=seller_id),
        )
        is_paid = state.tab is PayoutTab.PAID
        period_field(
            state.period,
            widget_key("periode", state),
            lambda period: _change(period=period, first_day=None, last_day=None),
            label="Payé" if is_paid else "Échéance",
            anything="Payé à tout moment" if is_paid else "Toute échéance",
        )
        _show_exact(state)
        if state.run_id is not None or state.batch_id is not None:
            st.markdown(scope_words(state), width="content")
        if state.is_filtered:
            clear_button(lambda: go(PayoutsState(state.tab)))


def scope_words(state: PayoutsState) -> str:
    """Return what a link narrowed the list to."""
    said = []
    if state.run_id is not None:
        said.append("une seule préparation")
    if state.batch_id is not None:
        said.append("une seule remise")
    return f":material/filter_alt: {' et '.join(said).capitalize()}"


def _show_exact(state: PayoutsState) -> None:
    keys = [widget_key(name, state) for name in ("du", "au", "min", "max")]
    with st.popover(exact_title(state), key="p_payouts_exact"):
        days, amounts = st.columns(2), st.columns(2)
        for column, label, key, day in zip(
            days, ("Du", "Au"), keys[:2], (state.first_day, state.last_day), strict=True
        ):
            column.date_input(
                label,
                day,
                key=key,
                format="DD/MM/YYYY",
                min_value=FIRST_MONTH,
                max_value=LAST_MONTH,
                on_change=_choose_days,
                args=keys[:2],
            )
        for column, label, example, key, cents in zip(
            amounts,
            ("Net, de", "à"),
            ("0,00", "2500,00"),
            keys[2:],
            (state.min_cents, state.max_cents),
            strict=True,
        ):
            column.text_input(
                label, amount_text(cents), key=key, placeholder=example, on_change=_choose_amounts, args=keys[2:]
            )


def exact_title(state: PayoutsState) -> str:
    """Return the filter's button: its name, or what was chosen."""
    said = [
        *_range(*(formats.date(day) if day else "" for day in (state.first_day, state.last_day))),
        *_range(*(amount_text(cents) for cents in (state.min_cents, state.max_cents))),
    ]
    return f"**{' · '.join(said)}**" if said else "Dates et montants"


def _range(first: str, last: str) -> list[str]:
    if not first and not last:
        return []
    return [f"{first} – {last}" if first and last else f"dès {first}" if first else f"jusqu’à {last}"]


@telling_refusals()
def _choose_days(first_key: str, last_key: str) -> None:
    first: dt.date | None = st.session_state[first_key]
    last: dt.date | None = st.session_state[last_key]
    if first and last and first > last:
        raise InvalidInputError("La date « Du » vient après la date « Au ». Corrigez l’une des deux.")
    _change(period=None, first_day=first, last_day=last)


@telling_refusals()
def _choose_amounts(min_key: str, max_key: str) -> None:
    least, most = (
        parse_amount(text) if (text := st.session_state[key].strip()) else None for key in (min_key, max_key)
    )
    if least is not None and most is not None and least > most:
        raise InvalidInputError("Le montant « de » dépasse le montant « à ». Corrigez l’un des deux.")
    _change(min_cents=least, max_cents=most)


def _change(**changed: object) -> None:
    go(replace(present_state().from_the_top(), **changed))
