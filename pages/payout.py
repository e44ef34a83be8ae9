"""Reversement: everything about one payout on one screen, down to each order."""

import streamlit as st

from dashboard.markdown import escape_markdown
from dashboard.navigation import PAYOUTS
from dashboard.order_page.drawing import draw_styles
from dashboard.payout_page.header import show_header, show_standing, show_way_back
from dashboard.payout_page.links import PAYOUT_PARAMETER
from dashboard.payout_page.sections import (
    page_of_lines,
    show_addition,
    show_life,
    show_lines,
    show_papers,
    show_transfer,
)
from dashboard.payouts.dialog import show_dialog
from dashboard.url_values import identifier
from dashboard.viewer import current_viewer
from db.domain.payouts import PayoutNotFoundError
from db.domain.time import utc_now
from db.engine import reading
from db.queries.payout_detail import PAGE_SIZE, line_count, payout_detail, payout_lines
from db.queries.payouts import payouts_with_ids

viewer, now = current_viewer(), utc_now()
payout_id = identifier(st.query_params.get(PAYOUT_PARAMETER, ""))

try:
    with reading() as session:
        payout = payout_detail(session, viewer, payout_id or 0)
        count = line_count(session, viewer, payout.id)
        lines = payout_lines(session, viewer, payout.id, skipping=(page_of_lines(count) - 1) * PAGE_SIZE)
        (row,) = payouts_with_ids(session, viewer, [payout.id])
except PayoutNotFoundError as refusal:
    st.header("Reversement introuvable", anchor=False)
    st.markdown(escape_markdown(str(refusal)))
    st.page_link(PAYOUTS.page(), label="Voir les reversements", icon=":material/arrow_back:")
    st.stop()

st.set_page_config(page_title=f"{payout.reference} · Reversement")  # Tells the tabs of several payouts apart.
draw_styles()
with st.container(gap="xsmall"):
    show_way_back(viewer)
    show_header(viewer, payout, row)
    show_standing(viewer, payout)

left, right = st.columns([2, 1], gap="small")
with left, st.container(gap="xsmall"):
    show_lines(payout, lines, count)
with right, st.container(gap="xsmall"):
    show_addition(payout)
    show_transfer(payout)
    show_papers(viewer, payout)
show_life(payout, now)
show_dialog(viewer)
