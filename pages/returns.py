"""Retours: what customers send back, from the oldest that waits. Filter → query → show → open, export."""

import streamlit as st

from dashboard.exports.button import show_export_button
from dashboard.exports.dialog import show_export_dialog
from dashboard.returns.filters import capped, show_filters, show_tabs
from dashboard.returns.state import present_state
from dashboard.returns.table import show_list
from dashboard.viewer import current_viewer
from db.domain.exports import ExportSubject
from db.domain.time import local_day, utc_now
from db.engine import reading
from db.queries.returns import count_returns, return_counts, return_page

viewer, now = current_viewer(), utc_now()
today, state = local_day(now), present_state()
wanted = state.wanted(today)
with reading() as session:
    counts = return_counts(session, viewer, today)
    page = return_page(session, viewer, wanted, today, following=state.before, preceding=state.after)
    count = count_returns(session, viewer, wanted, today)

with st.container(horizontal=True, vertical_alignment="center", gap="small"):
    st.header("Retours", anchor=False, width="content")
    show_export_button(viewer, wanted, ExportSubject.RETURNS)
show_tabs(viewer, state, counts)
show_filters(viewer, state)
st.markdown(f"**{capped(count)} {'retour' if count < 2 else 'retours'}**" if count else "\u00a0")
show_list(page, state, now, today)
show_export_dialog(viewer)
