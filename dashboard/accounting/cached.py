"""Sums of long periods, kept for a moment: another page of the same journal asks for nothing again."""

import datetime as dt

import streamlit as st

from db.domain.accounting_reports import AccountingFilter
from db.domain.viewer import Viewer
from db.engine import reading
from db.queries.accounting.balance import AccountTotal, trial_balance
from db.queries.accounting.e_reporting import DayOfPayments, DayOfSales, days_of_payments, days_of_sales
from db.queries.accounting.money_journal import MoneyTotal, money_count, money_totals
from db.queries.accounting.periods import Days
from db.queries.accounting.sales_journal import SalesTotal, sales_count, sales_totals
from db.queries.accounting.vat import VatOfMonth, vat_by_month

_KEPT = dt.timedelta(minutes=1)
#: More rows than that are no list that anybody turns the pages of: they are exported.
BROWSE_CAP = 10_000


@st.cache_data(ttl=_KEPT, max_entries=20, show_spinner="Calcul des totaux…")
def sales(viewer: Viewer, wanted: AccountingFilter) -> tuple[list[SalesTotal], int]:
    """Return the sums of the sales journal, and how many documents are in it, up to a limit."""
    with reading() as session:
        return sales_totals(session, viewer, wanted), sales_count(session, viewer, wanted, BROWSE_CAP)


@st.cache_data(ttl=_KEPT, max_entries=20, show_spinner="Calcul des totaux…")
def money(viewer: Viewer, wanted: AccountingFilter) -> tuple[list[MoneyTotal], int]:
    """Return the sums of the journal of money, and how many movements are in it, up to a limit."""
    with reading() as session:
        return money_totals(session, viewer, wanted), money_count(session, viewer, wanted, BROWSE_CAP)


@st.cache_data(ttl=_KEPT, max_entries=20, show_spinner="Calcul de la TVA…")
def vat(viewer: Viewer, wanted: AccountingFilter) -> list[VatOfMonth]:
    """Return the VAT by month."""
    with reading() as session:
        return vat_by_month(session, viewer, wanted)


@st.cache_data(ttl=_KEPT, max_entries=20, show_spinner="Calcul des journées…")
def e_sales(viewer: Viewer, wanted: AccountingFilter) -> list[DayOfSales]:
    """Return what is transmitted of sales."""
    with reading() as session:
        return days_of_sales(session, viewer, wanted)


@st.cache_data(ttl=_KEPT, max_entries=20, show_spinner="Calcul des journées…")
def e_money(viewer: Viewer, wanted: AccountingFilter) -> list[DayOfPayments]:
    """Return what is transmitted of payments."""
    with reading() as session:
        return days_of_payments(session, viewer, wanted)


@st.cache_data(ttl=_KEPT, max_entries=20, show_spinner="Calcul de la balance…")
def balance(viewer: Viewer, first: dt.date, last: dt.date, currency: str) -> list[AccountTotal]:
    """Return the trial balance of some days."""
    with reading() as session:
        return trial_balance(session, viewer, Days(first, last), currency)
