"""The house's own books: the trial balance of a fiscal year, the FEC, and the numbers of the accounts."""

import datetime as dt

import streamlit as st

from dashboard.accounting import cached
from dashboard.accounting.state import AccountingState, change, key
from dashboard.accounting.tables import TOTAL, money, show_table
from dashboard.files.state import await_file
from dashboard.flash import flash, telling_refusals
from db.domain import formats
from db.domain.accounting import MAX_DIGITS, Account, Chart
from db.domain.actor import Actor
from db.domain.permissions import Permission
from db.domain.time import utc_now
from db.domain.viewer import Viewer
from db.engine import transaction
from db.queries.accounting.chart import House
from db.services.accounting import ask_for_fec, save_chart

_YEARS_BACK = 10
_MONTHS = range(1, 13)


def show_books(viewer: Viewer, state: AccountingState, chart: Chart, house: House, today: dt.date) -> None:
    """Draw the books of a fiscal year, and beside them the accounts' numbers."""
    current = chart.fiscal_year(today)[0].year
    year = state.year or current
    first, last = chart.fiscal_year(dt.date(year, chart.first_month, 1))
    books_side, chart_side = st.columns([2, 1], gap="large")
    with books_side:
        with st.container(horizontal=True, vertical_alignment="bottom"):
            years = sorted({*range(current, current - _YEARS_BACK, -1), year}, reverse=True)
            st.selectbox(
                "Exercice",
                years,
                years.index(year),
                key=key("year", state),
                format_func=lambda each: _year_words(chart, each),
                width=300,
                on_change=lambda: change(year=st.session_state[key("year", state)]),
            )
            st.button(
                "Préparer le FEC",
                type="primary",
                icon=":material/download:",
                key="accounting_fec",
                on_click=_ask_for_fec,
                args=(viewer, first),
            )
        st.caption(
            f"Écritures propres de la marketplace, en {house.currency}, du {formats.date(first)} au "
            f"{formats.date(last)}. Les ventes sont celles des vendeurs\u00a0: elles n’y sont que l’argent qui passe."
        )
        _show_balance(viewer, chart, first, min(last, today), house.currency)
    with chart_side:
        _show_chart(viewer, chart)


def _show_balance(viewer: Viewer, chart: Chart, first: dt.date, last: dt.date, currency: str) -> None:
    totals = cached.balance(viewer, first, last, currency)
    rows = [
        [
            chart.number(each.account),
            each.account.label,
            *money(currency, each.opening_cents, each.debit_cents, each.credit_cents, each.balance_cents),
        ]
        for each in sorted(totals, key=lambda each: chart.number(each.account))
    ]
    if rows:
        debits, credits_ = sum(each.debit_cents for each in totals), sum(each.credit_cents for each in totals)
        opening, balance = sum(each.opening_cents for each in totals), sum(each.balance_cents for each in totals)
        rows.append([TOTAL, "", *money(currency, opening, debits, credits_, balance)])
    st.subheader("Balance de l’exercice", anchor=False)
    show_table(
        ("Compte", "Intitulé", "À nouveau", "Débit", "Crédit", "Solde"),
        rows,
        words=2,
        empty="Aucune écriture jusqu’à la fin de cet exercice.",
    )


def _show_chart(viewer: Viewer, chart: Chart) -> None:
    """Draw the numbers of the accounts; for who may change settings, as fields."""
    st.subheader("Plan comptable", anchor=False)
    if not viewer.may(Permission.MANAGE_SETTINGS):
        st.caption("Un administrateur change ces numéros.")
        show_table(("Compte", "Intitulé"), [[chart.number(each), each.label] for each in Account], words=2)
        return
    st.caption("Les numéros valent pour les FEC préparés ensuite. Vide\u00a0: le numéro usuel.")
    # What somebody else saves meanwhile is a new form to start from.
    form = f"accounting_chart_{hash((chart.first_month, tuple(map(chart.number, Account))))}"
    with st.form(form):
        st.selectbox(
            "Début de l’exercice",
            _MONTHS,
            chart.first_month - 1,
            key=f"{form}_month",
            format_func=lambda each: f"1ᵉʳ {formats.month(2000, each).split()[0]}",
        )
        for account in Account:
            st.text_input(
                account.label,
                chart.number(account),
                key=f"{form}_{account}",
                max_chars=MAX_DIGITS,
                placeholder=account.usual_number,
                autocomplete="off",
            )
        st.form_submit_button("Enregistrer le plan comptable", on_click=_save, args=(viewer, chart, form))


@telling_refusals()
def _ask_for_fec(viewer: Viewer, first: dt.date) -> None:
    with transaction() as session:
        file_id = ask_for_fec(session, Actor.person(viewer), first, utc_now())
    await_file(file_id)


@telling_refusals()
def _save(viewer: Viewer, shown: Chart, form: str) -> None:
    typed = {account: st.session_state[f"{form}_{account}"] for account in Account}
    with transaction() as session:
        save_chart(session, Actor.person(viewer), shown, st.session_state[f"{form}_month"], typed, utc_now())
    flash("Le plan comptable est enregistré.")


def _year_words(chart: Chart, year: int) -> str:
    first, last = chart.fiscal_year(dt.date(year, chart.first_month, 1))
    return str(year) if chart.first_month == 1 else f"{formats.date(first)} – {formats.date(last)}"
