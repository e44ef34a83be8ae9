"""Marketplace: its identity, its e-mails, its links to the shop."""

import streamlit as st

from dashboard.marketplace_settings.fields import show_fields, show_save
from dashboard.viewer import current_viewer
from db.engine import reading
from db.queries.marketplace import marketplace

viewer = current_viewer()
with reading() as session:
    saved = marketplace(session)

st.header("Marketplace", anchor=False)
show_save(viewer, show_fields(saved), saved)
