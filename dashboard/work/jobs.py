"""The jobs that come round by themselves: when, what they last did, what fails, and « Relancer »."""

import datetime as dt

import pandas as pd
import streamlit as st

from dashboard.flash import flash, telling_refusals
from dashboard.markdown import escape_markdown
from db.domain import formats
from db.domain.jobs import At, JobName
from db.domain.time import utc_now
from db.domain.viewer import Viewer
from db.engine import transaction
from db.queries.work import JobRow, RunRow
from db.services.work import request_job

_ERROR_SHOWN = 80


def show_jobs(viewer: Viewer, rows: list[JobRow], now: dt.datetime) -> None:
    """Draw what fails, each with its button, and the table of all jobs."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.subheader("Travaux réguliers", anchor=False, width="content")
        st.menu_button(
            "Relancer",
            list(JobName),
            key="run_job",
            icon=":material/replay:",
            format_func=lambda name: name.plan.title,
            on_click=lambda: run_now(viewer, st.session_state["run_job"]),
        )
    for row in rows:
        if row.is_failing and row.last_failure:
            _show_failure(viewer, row, row.last_failure, now)
    st.dataframe(
        table_data(rows, now),
        hide_index=True,
        placeholder=formats.DASH,
        column_config={
            "Travail": st.column_config.TextColumn(width=330),
            "Dernière fois": st.column_config.TextColumn(width=165),
            "Quand": st.column_config.TextColumn(width=240),
        },
    )


@telling_refusals()
def run_now(viewer: Viewer, name: JobName) -> None:
    """Ask the worker to run a job now."""
    with transaction() as session:
        request_job(session, viewer, name, utc_now())
    flash(f"Demandé\u00a0: {escape_markdown(name.plan.title)}")


def table_data(rows: list[JobRow], now: dt.datetime) -> pd.DataFrame:
    """Return the jobs as the table shows them."""
    return pd.DataFrame(
        {
            "Travail": [row.name.plan.title for row in rows],
            "Dernière fois": [_run_words(row, now) for row in rows],
            "Quand": [_when(row, now) for row in rows],
            "Dernier échec": [_failure_words(row.last_failure, now) for row in rows],
        }
    )


def _when(row: JobRow, now: dt.datetime) -> str:
    if row.is_requested:
        return "demandé, dans un instant"
    if row.is_woken:
        return f"dès que nécessaire, et {row.schedule.words}"
    if isinstance(row.schedule, At):
        return f"{row.schedule.words} ({formats.short_instant(row.schedule.next_after(now), now)})"
    return row.schedule.words


def _run_words(row: JobRow, now: dt.datetime) -> str | None:
    run = row.last_run
    if run is None:
        return None
    return f"{formats.short_instant(run.finished_at, now)} · {_outcome_words(run, row.name.plan.unit)}"


def _outcome_words(run: RunRow, unit: str) -> str:
    if run.error:
        return "échec"
    return formats.plural(run.done, unit) if run.done else "rien à faire"


def _failure_words(run: RunRow | None, now: dt.datetime) -> str | None:
    if run is None:
        return None
    return f"{formats.short_instant(run.finished_at, now)}\u00a0: {formats.shorten(run.error, _ERROR_SHOWN)}"


def _show_failure(viewer: Viewer, row: JobRow, failure: RunRow, now: dt.datetime) -> None:
    since = formats.short_instant(failure.started_at, now)
    with st.container(horizontal=True, vertical_alignment="center", border=True):
        st.markdown(
            f":red[:material/error:] **{escape_markdown(row.name.plan.title)}** échoue depuis {since}, "
            f"encore à {formats.short_instant(failure.finished_at, now)}\u00a0: {escape_markdown(failure.error)}",
            width="stretch",
        )
        st.button("Réessayer", key=f"retry_{row.name}", on_click=run_now, args=(viewer, row.name))
