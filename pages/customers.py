"""Clients: every account, the newest first. Search → query → show → open, export."""

import streamlit as st

from dashboard.customers.state import present_state
from dashboard.customers.table import show_list, show_search
from dashboard.exports.button import show_export_button
from dashboard.exports.dialog import show_export_dialog
from dashboard.viewer import current_viewer
from db.domain.customer_filter import CustomerFilter
from db.domain.exports import ExportSubject
from db.domain.time import utc_now
from db.engine import reading
from db.queries.customers import customer_page

viewer, state = current_viewer(), present_state()
with reading() as session:
    page = customer_page(session, viewer, state.text, before=state.before, after=state.after)

with st.container(horizontal=True, vertical_alignment="center", gap="small"):
    st.header("Clients", anchor=False, width="content")
    show_export_button(viewer, CustomerFilter(state.text), ExportSubject.CUSTOMERS)
show_search(state)
show_list(page, state, utc_now())
show_export_dialog(viewer)
