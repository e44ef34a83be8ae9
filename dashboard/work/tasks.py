"""The last bulk actions, with what became of them; a tick opens one."""

import datetime as dt

import pandas as pd
import streamlit as st

from dashboard.badges import TASK_BADGES, TASK_COLOURS_FOR_GRID, TASK_OPTIONS
from dashboard.work.navigation import choose_task
from db.domain import formats
from db.domain.tasks import TaskKind
from db.queries.work import TaskRow


def show_last_tasks(tasks: list[TaskRow], now: dt.datetime) -> None:
    """Draw the table, or where its rows will come from."""
    st.subheader("Dernières actions groupées", anchor=False)
    if not tasks:
        st.caption(
            "Aucune pour l’instant. Dans Commandes, cochez des lignes puis choisissez une action\u00a0: vous en "
            "retrouverez le résultat ici."
        )
        return
    ids = [task.id for task in tasks]
    # Of these very rows: a tick is a position, and must never open another task.
    key = f"last_tasks_{ids[0]}_{len(ids)}"
    st.dataframe(
        table_data(tasks, now),
        key=key,
        hide_index=True,
        selection_mode="single-row",
        on_select=lambda: _open_ticked(key, ids),
        placeholder=formats.DASH,
        column_config={
            "État": st.column_config.MultiselectColumn(options=TASK_OPTIONS, color=TASK_COLOURS_FOR_GRID, width=105),
            "Action": st.column_config.TextColumn(width=260),
            "Résultat": st.column_config.TextColumn(width=330),
        },
    )


def table_data(tasks: list[TaskRow], now: dt.datetime) -> pd.DataFrame:
    """Return the tasks as the table shows them."""
    return pd.DataFrame(
        {
            "État": [[TASK_BADGES[task.state].label] for task in tasks],
            "Action": [task.title for task in tasks],
            "Résultat": [result_words(task, now) for task in tasks],
            "Demandée par": [task.person_name for task in tasks],
            "Le": [formats.short_instant(task.created_at, now) for task in tasks],
        }
    )


def result_words(task: TaskRow, now: dt.datetime) -> str:
    """Return « 996 faites, 4 refusées · revenue en arrière (14:32) »."""
    parts = [formats.plural(task.done, "créée" if task.kind is TaskKind.IMPORT else "faite")]
    if task.refused:
        parts.append(formats.plural(task.refused, "refusée"))
    if task.left:
        parts.append(formats.plural(task.left, "non traitée", "non traitées"))
    words = ", ".join(parts)
    if task.undone_at:
        words += f" · revenue en arrière ({formats.short_instant(task.undone_at, now)})"
    return f"{words} · {task.error}" if task.error else words


def _open_ticked(key: str, ids: list[int]) -> None:
    ticked = st.session_state[key].selection.rows
    if ticked:
        choose_task(ids[ticked[0]])
