"""Commissions: what the marketplace invoices to its sellers for its service. Filter → query → show."""

from dataclasses import replace

import streamlit as st

from dashboard.documents.style import draw_styles
from dashboard.fee_invoices.detail import show_document
from dashboard.fee_invoices.filters import show_filters, show_tabs, show_totals
from dashboard.fee_invoices.state import go, present_state
from dashboard.fee_invoices.table import show_list, show_waiting
from dashboard.viewer import current_viewer
from db.domain.fee_filter import FeeTab
from db.domain.time import local_day, utc_now
from db.engine import reading
from db.queries.fee_invoices import fee_page, fee_totals
from db.services.fee_invoices.waiting import waiting_fees

viewer, now = current_viewer(), utc_now()
state = present_state()
wanted = state.wanted(local_day(now))
with reading() as session:
    waiting = waiting_fees(session, viewer, now)

draw_styles()
st.header("Commissions", anchor=False)
show_tabs(viewer, state, waiting)
if state.tab is FeeTab.TO_ISSUE and viewer.seller_id is None:
    show_waiting(waiting)
    st.stop()
show_filters(viewer, state)
with reading() as session:
    page = fee_page(session, viewer, wanted, before=state.before, after=state.after)
    totals = fee_totals(session, viewer, wanted)
show_totals(totals)
if state.chosen is None:
    show_list(viewer, page, state)
else:
    list_side, document_side = st.columns([1, 1], gap="medium")
    with list_side:
        show_list(viewer, page, state)
    with document_side, st.container(key="document_detail", border=True, gap="xsmall"):
        st.button(
            "Fermer",
            key="document_close",
            icon=":material/close:",
            type="tertiary",
            on_click=lambda: go(replace(state, chosen=None)),
        )
        show_document(viewer, state.chosen)
