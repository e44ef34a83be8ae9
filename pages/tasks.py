"""Tâches: the work behind the screens. What runs and waits, what was done, what fails."""

import streamlit as st

from dashboard.bulk.result import show_task
from dashboard.viewer import current_viewer
from dashboard.work.jobs import show_jobs
from dashboard.work.live import show_live
from dashboard.work.navigation import chosen_task, show_way_back
from dashboard.work.tasks import show_last_tasks
from db.domain.time import utc_now
from db.engine import reading
from db.queries.work import job_rows, last_tasks, tasks_under_way

viewer, now = current_viewer(), utc_now()
task_id = chosen_task()
if task_id is not None:
    show_way_back()
    show_task(viewer, task_id, now)
    st.stop()

with reading() as session:
    under_way = tasks_under_way(session, viewer)
    over = last_tasks(session, viewer)
    jobs = job_rows(session, viewer)

st.header("Tâches", anchor=False)
show_live(viewer, under_way, jobs)
show_last_tasks(over, now)
show_jobs(viewer, jobs, now)
