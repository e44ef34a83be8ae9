"""Retours: whether customers may send back, for how long, and what they are told."""

import streamlit as st

from dashboard.return_settings.fields import show_fields, show_law, show_letters, show_save
from dashboard.viewer import current_viewer
from db.engine import reading
from db.queries.return_settings import return_rules

viewer = current_viewer()
with reading() as session:
    saved = return_rules(session)

st.header("Règles des retours", anchor=False)
form_side, law_side = st.columns([3, 2], gap="large")
with form_side:
    typed = show_fields(saved)
    show_save(viewer, saved, typed)
with law_side:
    show_law(typed)
    show_letters()
