"""Comptabilité: journals, VAT, e-reporting and the house's own books. Filter → query → show → export."""

import streamlit as st

from dashboard.accounting.books import show_books
from dashboard.accounting.filters import show_filters, show_reports
from dashboard.accounting.journals import show_money, show_sales
from dashboard.accounting.state import present_state
from dashboard.accounting.taxes import show_e_money, show_e_sales, show_vat
from dashboard.viewer import current_viewer
from db.domain.accounting_reports import Report
from db.domain.time import local_day, utc_now
from db.engine import reading
from db.queries.accounting.chart import chart_of_accounts, house

viewer, today = current_viewer(), local_day(utc_now())
state = present_state()
with reading() as session:
    chart, whose = chart_of_accounts(session), house(session)
wanted = state.wanted(today, whose.currency)

st.header("Comptabilité", anchor=False)
show_reports(state)
if state.report is not Report.FEC:
    show_filters(viewer, state, wanted)
match state.report:
    case Report.SALES:
        show_sales(viewer, state, wanted)
    case Report.MONEY:
        show_money(viewer, state, wanted)
    case Report.VAT:
        show_vat(viewer, wanted)
    case Report.E_SALES:
        show_e_sales(viewer, wanted)
    case Report.E_MONEY:
        show_e_money(viewer, wanted)
    case Report.FEC:
        show_books(viewer, state, chart, whose, today)
