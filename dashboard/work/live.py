"""What goes on right now: workers, e-mails that wait, bulk actions under way. It draws itself again."""

import streamlit as st

from dashboard.badges import task_badge
from dashboard.markdown import escape_markdown
from dashboard.work.health import mail_words, worker_words
from dashboard.work.navigation import task_link
from db.domain import formats
from db.domain.time import utc_now
from db.domain.viewer import Viewer
from db.engine import reading
from db.queries.work import JobRow, TaskRow, job_rows, mail_waiting, tasks_under_way, workers_alive

_LIVELY_SECONDS, _QUIET_SECONDS = 2, 15


def show_live(viewer: Viewer, under_way: list[TaskRow], jobs: list[JobRow]) -> None:
    """Draw it, again every few seconds; the whole page once a task or a failure begins or ends.

    Args:
        viewer: Who looks.
        under_way: The tasks that run or wait, as the page has read them.
        jobs: The jobs, as the page has read them.
    """
    is_lively = bool(under_way) or any(job.is_requested for job in jobs)
    every = _LIVELY_SECONDS if is_lively else _QUIET_SECONDS
    st.fragment(_draw, run_every=every)(viewer, _gist(under_way, jobs))


def _gist(under_way: list[TaskRow], jobs: list[JobRow]) -> tuple[object, ...]:
    """Return what the rest of the page would show otherwise if it changed."""
    return [task.id for task in under_way], [(job.is_requested, job.is_failing) for job in jobs]


def _draw(viewer: Viewer, known: tuple[object, ...]) -> None:
    now = utc_now()
    with reading() as session:
        workers = workers_alive(session, viewer, now)
        waiting = mail_waiting(session, viewer, now)
        under_way = tasks_under_way(session, viewer)
        jobs = job_rows(session, viewer)
    if _gist(under_way, jobs) != known:
        st.rerun()
    st.markdown(f"{worker_words(workers, now)}  \n{mail_words(waiting)}")
    for task in under_way:
        _show_progress(task)


def _show_progress(task: TaskRow) -> None:
    with st.container(border=True, gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            task_link(task.id, f"**{escape_markdown(task.title)}**")
            st.markdown(f"{task_badge(task.state)} :small[{escape_markdown(task.person_name)}]", width="content")
        st.progress(task.part_done, text=progress_words(task))


def progress_words(task: TaskRow) -> str:
    """Return « 312 sur 1 000 commandes, 4 refusées »."""
    words = f"{formats.integer(task.done + task.refused)} sur {formats.plural(task.total, 'commande')}"
    return f"{words}, {formats.plural(task.refused, 'refusée')}" if task.refused else words
