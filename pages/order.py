"""Commande: everything about one order on one screen."""

import streamlit as st

from dashboard.files.dialog import show_file_dialog
from dashboard.order_page.absent import show_absent
from dashboard.order_page.dialogs.frame import show_dialogs
from dashboard.order_page.documents import show_documents
from dashboard.order_page.drawing import draw_styles
from dashboard.order_page.header import position_of, show_header, show_way_back
from dashboard.order_page.mails import show_mail_troubles, show_mails
from dashboard.order_page.parcels import show_parcels
from dashboard.order_page.payouts import show_payouts
from dashboard.order_page.sections import (
    show_addresses,
    show_articles,
    show_customer,
    show_delivery,
    show_notes,
    show_origin,
    show_other_orders,
    show_payment,
    show_payments,
    show_returns,
    show_timeline,
)
from dashboard.order_page.trouble import show_trouble
from dashboard.order_page.vouchers import show_vouchers
from dashboard.printing.dialog import show_print_dialog
from dashboard.viewer import current_viewer
from db.domain.errors import OrderNotFoundError
from db.domain.time import utc_now
from db.engine import reading
from db.queries.order_page import order_page
from db.queries.order_payouts import order_payouts

viewer, now = current_viewer(), utc_now()
number = st.query_params.get("n", "")

if not number:
    show_absent("Quelle commande cherchez-vous ?", "Saisissez son numéro, ou choisissez-la dans la liste.")
    st.stop()

try:
    with reading() as session:
        page = order_page(session, viewer, number)
        payouts = order_payouts(session, viewer, page.header.id)
except OrderNotFoundError as refusal:
    show_absent("Commande introuvable", f"{refusal} Vérifiez son numéro, ou cherchez-la dans la liste.")
    st.stop()

st.set_page_config(page_title=f"{page.header.number} · Commande")  # Tells the tabs of several orders apart.
draw_styles()
with st.container(gap="xsmall"):
    show_way_back(position_of(viewer, number, now))
    show_header(viewer, page, now)
    show_trouble(page)
    show_mail_troubles(viewer, page)

left, right = st.columns([2, 1], gap="small")
with left, st.container(gap="xsmall"):
    show_articles(page)
    show_payments(page)
    show_parcels(viewer, page, now)
    show_documents(viewer, page, now)
    show_mails(viewer, page, now)
    show_returns(viewer, page, now)
    show_vouchers(viewer, page, now)
    show_other_orders(page)
with right, st.container(gap="xsmall"):
    show_customer(viewer, page)
    show_notes(viewer, page, now)
    show_addresses(viewer, page)
    show_delivery(viewer, page, now)
    show_payment(page)
    show_payouts(viewer, page, payouts)
    show_origin(page)
show_timeline(page, now)
show_dialogs(viewer, page)
show_file_dialog(viewer)
show_print_dialog(viewer)
