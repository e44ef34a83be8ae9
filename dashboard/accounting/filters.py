"""Above a report: which one, its days, its seller, rate and currency, and the way to take it out."""

import datetime as dt

import streamlit as st

from dashboard.accounting.state import PERIODS, AccountingState, change, go, key
from dashboard.files.state import await_file
from dashboard.flash import telling_refusals
from dashboard.list_filters import choice_field, clear_button, filter_row, list_tabs, seller_field
from dashboard.order_list.choices import choices_for
from db.domain import formats
from db.domain.accounting_reports import AccountingFilter, Report
from db.domain.actor import Actor
from db.domain.document_filter import ListFormat
from db.domain.errors import InvalidInputError
from db.domain.time import utc_now
from db.domain.viewer import Viewer
from db.engine import transaction
from db.services.accounting import ask_for_report

#: The rates of French VAT (CGI, art. 278 to 281 octies), and none.
_RATES = (2000, 1000, 850, 550, 210, 0)


def show_reports(state: AccountingState) -> None:
    """Draw the choice of the report."""
    list_tabs(Report, state.report, key("report", state), lambda report: change(report=report), lambda each: each.label)


def show_filters(viewer: Viewer, state: AccountingState, wanted: AccountingFilter) -> None:
    """Draw the days, the seller, the rate and the currency, and « Exporter »."""
    choices = choices_for(viewer)
    with filter_row("accounting_days"):
        st.segmented_control(
            "Période",
            PERIODS,
            default=state.period,
            key=key("period", state),
            format_func=lambda period: period.label,
            label_visibility="collapsed",
            on_change=lambda: _choose_period(state),
        )
        for label, name, day in (("Du", "du", wanted.first_day), ("Au", "au", wanted.last_day)):
            st.markdown(label, width="content")
            st.date_input(
                label,
                day,
                key=key(name, state),
                format="DD/MM/YYYY",
                label_visibility="collapsed",
                width=140,
                on_change=_choose_days,
                args=(state,),
            )
    with filter_row("accounting"):
        seller_field(
            choices.sellers, state.seller_id, key("seller", state), lambda seller_id: change(seller_id=seller_id)
        )
        choice_field(
            "Taux de TVA",
            {rate: f"TVA {formats.rate(rate)}" for rate in sorted({*_RATES, state.rate_bp or 0}, reverse=True)},
            state.rate_bp,
            key("rate", state),
            lambda rate: change(rate_bp=rate),
            anything="Tous les taux",
            width=150,
        )
        if len(choices.currencies) > 1:
            choice_field(
                "Devise",
                {each: each for each in choices.currencies},
                wanted.currency,
                key("currency", state),
                lambda currency: change(currency=currency or ""),
                anything="Devise",
                width=110,
            )
        if state.is_filtered:
            clear_button(lambda: go(AccountingState(state.report)))
        with st.popover("Exporter", icon=":material/download:"):
            for form in ListFormat:
                st.button(
                    form.label,
                    key=f"accounting_export_{form}",
                    on_click=_export,
                    args=(viewer, state.report, wanted, form),
                    width="stretch",
                )


def _choose_period(state: AccountingState) -> None:
    chosen = st.session_state[key("period", state)]
    if chosen:
        change(period=chosen, first_day=None, last_day=None)


@telling_refusals()
def _choose_days(state: AccountingState) -> None:
    first, last = st.session_state[key("du", state)], st.session_state[key("au", state)]
    if isinstance(first, dt.date) and isinstance(last, dt.date):
        if first > last:
            raise InvalidInputError("La date « Du » vient après la date « Au ». Corrigez l’une des deux.")
        change(period=None, first_day=first, last_day=last)


@telling_refusals()
def _export(viewer: Viewer, report: Report, wanted: AccountingFilter, form: ListFormat) -> None:
    with transaction() as session:
        file_id = ask_for_report(session, Actor.person(viewer), report, wanted, form, utc_now())
    await_file(file_id)
