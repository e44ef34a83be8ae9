"""Which task is open stands in the URL: a link to it survives a reload and can be sent to a colleague."""

import streamlit as st

from dashboard.navigation import TASKS
from dashboard.url_values import identifier

TASK_PARAMETER = "n"


def chosen_task() -> int | None:
    """Return the task that the URL names."""
    return identifier(st.query_params.get(TASK_PARAMETER, ""))


def choose_task(task_id: int) -> None:
    """Make the URL name this task; inside a callback the page is drawn again from it."""
    st.query_params[TASK_PARAMETER] = str(task_id)


def task_link(task_id: int, label: str, icon: str | None = None) -> None:
    """Draw a link to a task; the label is Markdown, the icon that of « Tâches » unless another is given."""
    st.page_link(TASKS.page(), label=label, icon=icon, query_params={TASK_PARAMETER: str(task_id)})


def show_way_back() -> None:
    """Draw the link from one task to all of them."""
    st.page_link(TASKS.page(), label="Toutes les tâches", icon=":material/arrow_back:")
