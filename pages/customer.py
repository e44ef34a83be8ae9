"""Client: everything about one customer on one screen."""

import streamlit as st

from dashboard.customer_page.header import show_header, show_way_back
from dashboard.customer_page.notes import show_notes
from dashboard.customer_page.points import show_points
from dashboard.customer_page.privacy import show_erasure, show_privacy
from dashboard.customer_page.sections import (
    show_addresses,
    show_contact,
    show_documents,
    show_mails,
    show_orders,
    show_returns,
    show_vouchers,
)
from dashboard.customers.links import CUSTOMER_PARAMETER
from dashboard.navigation import CUSTOMERS
from dashboard.order_page.drawing import draw_styles
from dashboard.url_values import identifier
from dashboard.viewer import current_viewer
from db.domain.time import utc_now
from db.engine import reading
from db.queries.customer_detail import CustomerNotFoundError, customer_detail

viewer, now = current_viewer(), utc_now()
customer_id = identifier(st.query_params.get(CUSTOMER_PARAMETER, ""))

try:
    with reading() as session:
        customer = customer_detail(session, viewer, customer_id or 0)
except CustomerNotFoundError as refusal:
    st.header("Client introuvable", anchor=False)
    st.markdown(str(refusal))
    st.page_link(CUSTOMERS.page(), label="Chercher dans la liste des clients", icon=":material/arrow_back:")
    st.stop()

st.set_page_config(page_title=f"{customer.account.name} · Client")  # Tells the tabs of several customers apart.
draw_styles()
with st.container(gap="xsmall"):
    show_way_back()
    show_header(customer)

left, right = st.columns([2, 1], gap="small")
with left, st.container(gap="xsmall"):
    show_orders(customer)
    show_returns(customer)
    show_documents(customer)
    show_vouchers(viewer, customer, now)
    show_mails(customer, now)
with right, st.container(gap="xsmall"):
    show_contact(customer)
    show_notes(viewer, customer, now)
    show_points(viewer, customer, now)
    show_addresses(customer)
    show_privacy(viewer, customer, now)
show_erasure(viewer, customer)
