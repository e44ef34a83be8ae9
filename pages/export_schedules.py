"""Exports programmés: what is exported by itself → when → the last file → change, pause, delete."""

import streamlit as st

from dashboard.export_schedules.dialog import show_schedule_dialog
from dashboard.export_schedules.listing import show_schedules
from dashboard.viewer import current_viewer
from db.engine import reading
from db.queries.export_schedules import schedules

viewer = current_viewer()
with reading() as session:
    rows = schedules(session, viewer)

st.header("Exports programmés", anchor=False)
st.caption(
    "Préparés à partir de 5\u00a0h, en votre nom et avec vos droits du moment. Ce qui a manqué est rattrapé une fois."
)
show_schedules(viewer, rows)
show_schedule_dialog(viewer)
