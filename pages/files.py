"""Fichiers: everything that was produced. Filter → query → show → download."""

from dataclasses import replace

import streamlit as st

from dashboard.files.detail import show_file
from dashboard.files.filters import show_filters, show_tabs
from dashboard.files.list_state import go, present_state
from dashboard.files.live import show_under_way
from dashboard.files.table import show_list
from dashboard.printing.button import show_print_button
from dashboard.printing.dialog import show_print_dialog
from dashboard.viewer import current_viewer
from db.domain.time import local_day, utc_now
from db.engine import reading
from db.queries.file_list import askers, file_page, files_under_way, troubled_count

viewer, now = current_viewer(), utc_now()
state = present_state()
with reading() as session:
    page = file_page(session, viewer, state.wanted(local_day(now)), before=state.before, after=state.after)
    under_way = files_under_way(session, viewer)
    troubled = troubled_count(session, viewer)
    people = askers(session, viewer)

with st.container(horizontal=True, vertical_alignment="center", gap="small"):
    st.header("Fichiers", anchor=False, width="content")
    show_print_button(viewer)
show_under_way(viewer, under_way)
show_tabs(state, troubled)
show_filters(viewer, state, people)

if state.chosen is None:
    show_list(page, state, now)
else:
    list_side, file_side = st.columns([1, 1], gap="medium")
    with list_side, st.container(key="files_list"):
        show_list(page, state, now)
    with file_side, st.container(key="file_detail", border=True, gap="xsmall"):
        show_file(viewer, state.chosen, now, on_close=lambda: go(replace(state, chosen=None)))
show_print_dialog(viewer)
