"""Retour: everything about one return on one screen, and what to do next."""

import streamlit as st

from dashboard.markdown import escape_markdown
from dashboard.navigation import RETURNS
from dashboard.order_page.dialogs.frame import show_dialogs
from dashboard.order_page.drawing import draw_styles
from dashboard.returns.articles import show_articles
from dashboard.returns.header import show_header, show_way_back
from dashboard.returns.life import show_life
from dashboard.returns.links import RETURN_PARAMETER
from dashboard.returns.request import show_request
from dashboard.returns.side import show_customer, show_deadlines, show_given_back, show_slip
from dashboard.returns.thread import show_thread
from dashboard.url_values import identifier
from dashboard.viewer import current_viewer
from db.domain.returns import ReturnNotFoundError
from db.domain.time import local_day, utc_now
from db.engine import reading
from db.queries.order_page import order_page
from db.queries.return_detail import return_detail
from db.queries.return_settlements import settlements_of

viewer, now = current_viewer(), utc_now()
return_id = identifier(st.query_params.get(RETURN_PARAMETER, ""))

try:
    with reading() as session:
        detail = return_detail(session, viewer, return_id or 0, local_day(now))
        page = order_page(session, viewer, detail.order_number)
        settlements = settlements_of(session, detail.id)
except ReturnNotFoundError as refusal:
    st.header("Retour introuvable", anchor=False)
    st.markdown(escape_markdown(str(refusal)))
    st.page_link(RETURNS.page(), label="Voir tous les retours", query_params={"liste": "tous"})
    st.stop()

st.set_page_config(page_title=f"Retour n° {detail.id}")  # Tells the tabs of several returns apart.
draw_styles()
with st.container(gap="xsmall"):
    show_way_back()
    given_cents = sum(each.refund_cents + each.voucher_cents for each in settlements)
    show_header(viewer, page, detail, given_cents, now)

left, right = st.columns([2, 1], gap="small")
with left, st.container(gap="xsmall"):
    show_articles(viewer, page, detail, settlements)
    show_request(viewer, detail)
    show_thread(viewer, detail, now)
with right, st.container(gap="xsmall"):
    show_deadlines(detail)
    show_slip(viewer, detail)
    show_given_back(detail, settlements)
    show_customer(viewer, detail)
show_life(page, detail.id, now)
show_dialogs(viewer, page)
