"""Clients: every account, the newest first. Search → query → show → open."""

import streamlit as st

from dashboard.customers.state import present_state
from dashboard.customers.table import show_list, show_search
from dashboard.viewer import current_viewer
from db.domain.time import utc_now
from db.engine import reading
from db.queries.customers import customer_page

viewer, state = current_viewer(), present_state()
with reading() as session:
    page = customer_page(session, viewer, state.text, before=state.before, after=state.after)

st.header("Clients", anchor=False)
show_search(state)
show_list(page, state, utc_now())
