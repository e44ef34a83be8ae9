"""Reversements: from which account sellers are paid, under which controls, and who changed that."""

import streamlit as st

from dashboard.payout_settings.fields import show_fields
from dashboard.payout_settings.saving import show_changes, show_save
from dashboard.viewer import current_viewer
from db.domain.time import utc_now
from db.engine import reading
from db.queries.payout_settings import payout_settings, payout_settings_changes

viewer = current_viewer()
with reading() as session:
    saved, changes = payout_settings(session), payout_settings_changes(session, viewer)

st.header("Règles de versement", anchor=False)
form_side, history_side = st.columns([3, 2], gap="large")
with form_side:
    typed = show_fields(saved)
    show_save(viewer, saved, typed)
with history_side:
    show_changes(changes, utc_now())
