"""Statuts: what each one is called, its colour, the e-mail it sends."""

import streamlit as st

from dashboard.status_settings.panel import show_panel
from dashboard.status_settings.table import chosen_status, show_statuses
from dashboard.viewer import current_viewer
from db.engine import reading
from db.queries.statuses import status_settings

viewer = current_viewer()
chosen = chosen_status()
with reading() as session:
    looks = status_settings(session)

st.header("Statuts", anchor=False)
table_side, panel_side = st.columns([3, 2], gap="medium")
with table_side:
    show_statuses(looks, chosen)
with panel_side:
    show_panel(viewer, chosen, looks.get(chosen) if chosen else None)
