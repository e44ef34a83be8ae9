"""Remboursements: the money that customers wait for. Filter → query → show → mark as done."""

import streamlit as st

from dashboard.refunds.bar import show_bar
from dashboard.refunds.dialog import show_dialog
from dashboard.refunds.filters import show_filters, show_sum, show_tabs, show_title
from dashboard.refunds.state import present_state
from dashboard.refunds.table import show_list
from dashboard.viewer import current_viewer
from db.domain.time import utc_now
from db.engine import reading
from db.queries.refunds import owed_refunds, refund_page

viewer, now = current_viewer(), utc_now()
state = present_state()
with reading() as session:
    owed = owed_refunds(session, viewer)
    page = refund_page(session, viewer, state.wanted, before=state.before, after=state.after)

show_title(viewer, state, is_empty=not page.rows)
show_tabs(state, owed)
show_filters(viewer, state)
with st.container(gap="xsmall"):
    show_sum(state, owed)
    ticked = show_list(page, state, owed, now)
show_bar(viewer, tuple(row for row in page.rows if row.id in ticked))
show_dialog(viewer)
