"""Journal d'audit: who did what, and whether the log is whole. Filter → query → show → verify."""

from dataclasses import replace

import streamlit as st

from dashboard.audit.chain import show_chain, show_title
from dashboard.audit.detail import show_entry
from dashboard.audit.filters import show_filters
from dashboard.audit.state import go, present_state
from dashboard.audit.table import show_list
from dashboard.viewer import current_viewer
from db.domain.time import local_day, utc_now
from db.engine import reading
from db.queries.audit import audit_entry, audit_page, audit_people

viewer, now = current_viewer(), utc_now()
state = present_state()
with reading() as session:
    people = audit_people(session, viewer)
    page = audit_page(session, viewer, state.wanted(local_day(now)), before=state.before, after=state.after)
    chosen = audit_entry(session, viewer, state.chosen) if state.chosen else None

show_title(viewer)
show_chain(viewer, now)
show_filters(state, people)
if state.chosen is None:
    show_list(page, state, now)
else:
    list_side, entry_side = st.columns([1, 1], gap="medium")
    with list_side:
        show_list(page, state, now)
    with entry_side, st.container(key="audit_detail", border=True, gap="xsmall"):
        st.button(
            "Fermer",
            key="audit_close",
            icon=":material/close:",
            type="tertiary",
            on_click=lambda: go(replace(state, chosen=None)),
        )
        show_entry(viewer, chosen, state)
