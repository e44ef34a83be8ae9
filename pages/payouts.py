"""Reversements: what sellers are paid. Filter → query → show → approve, export, mark."""

import streamlit as st

from dashboard.exports.button import show_export_button
from dashboard.exports.dialog import show_export_dialog
from dashboard.payouts.bar import show_bar
from dashboard.payouts.dialog import show_dialog
from dashboard.payouts.filters import show_filters, show_tabs
from dashboard.payouts.run import RUNS_SHOWN, show_prepare, show_progress
from dashboard.payouts.state import present_state
from dashboard.payouts.table import show_list
from dashboard.payouts.totals import show_totals
from dashboard.viewer import current_viewer
from db.domain.exports import ExportSubject
from db.domain.time import local_day, utc_now
from db.engine import reading
from db.queries.payout_runs import latest_runs
from db.queries.payouts import list_totals, open_worth, payout_page

viewer, state = current_viewer(), present_state()
wanted = state.wanted(local_day(utc_now()))
with reading() as session:
    worth = open_worth(session, viewer)
    page = payout_page(session, viewer, wanted, before=state.before, after=state.after)
    totals = list_totals(session, viewer, wanted)
    runs = latest_runs(session, viewer, RUNS_SHOWN)

with st.container(horizontal=True, vertical_alignment="center", gap="small"):
    st.header("Reversements", anchor=False, width="content")
    show_prepare(viewer, runs)
    if page.rows:
        show_export_button(viewer, wanted, ExportSubject.PAYOUTS)
show_progress(viewer, runs)
show_tabs(state, worth)
show_filters(viewer, state)
with st.container(gap="xsmall"):
    show_totals(totals)
    ticked = show_list(viewer, page, state)
show_bar(viewer, ticked)
show_dialog(viewer)
show_export_dialog(viewer)
