"""Importer des commandes: file → format, columns, seller → what would become of each order → do it as a task."""

import streamlit as st

from dashboard.navigation import ORDERS
from dashboard.order_import.mapping import show_mapping
from dashboard.order_import.preview import show_preview
from dashboard.order_import.upload import show_format, show_upload
from dashboard.viewer import current_viewer
from db.engine import reading
from db.queries.imports import seller_codes

viewer = current_viewer()

st.page_link(ORDERS.page(), label="Commandes", icon=":material/arrow_back:")
st.header("Importer des commandes", anchor=False)
upload = show_upload()
if upload is None:
    st.stop()

with reading() as session:
    sellers = seller_codes(session, viewer)
opened = show_format(upload)
asked = show_mapping(upload, opened, sellers) if opened else None
if opened and asked:
    show_preview(viewer, upload, opened, asked)
