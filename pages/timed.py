"""Automatismes: what happens by itself, after how long, whom it concerns now. Query → show → switch, set."""

import streamlit as st

from dashboard.timed_settings.rule import COUNT_CAP, JOBS, show_buttons, show_fields, show_state
from dashboard.viewer import current_viewer
from db.domain.time import utc_now
from db.engine import reading
from db.queries.timed import timed_settings
from db.queries.work import job_rows
from db.services.timed.rules import count_due

viewer, now = current_viewer(), utc_now()
with reading() as session:
    rules = timed_settings(session)
    jobs = {row.name: row for row in job_rows(session, viewer)}

st.header("Automatismes", anchor=False)
st.caption("Ce qui se fait tout seul quand personne n’agit. Chaque chose n’arrive qu’une fois, même après une panne.")
for rule, saved in rules.items():
    with st.container(border=True):
        typed = show_fields(rule, saved)
        # Filled last: the fields do not wait for the count.
        state = st.container()
        with reading() as session:
            count = count_due(session, rule, typed, now, limit=COUNT_CAP + 1)
        with state:
            show_state(typed, saved, count, jobs[JOBS[rule]], now)
        show_buttons(viewer, rule, typed, saved, count)
