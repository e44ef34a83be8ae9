"""The way back: a button with the seconds that are left, and what it does."""

import datetime as dt
import math

import streamlit as st

from dashboard.bulk.last import keep_result
from dashboard.bulk.words import done
from dashboard.flash import flash, flash_refusal
from dashboard.navigation import TASKS
from dashboard.order_list.views import forget_counters
from dashboard.work.navigation import TASK_PARAMETER
from db.domain.actor import Actor
from db.domain.errors import MarketplaceError
from db.domain.formats import plural
from db.domain.time import utc_now
from db.domain.viewer import Viewer
from db.engine import reading, transaction
from db.queries.tasks import TaskDetail, task_detail
from db.services.tasks import undo_task


def show_undo(viewer: Viewer, task: TaskDetail, now: dt.datetime) -> None:
    """Draw the button while the action can be taken back and is this person's to take back."""
    until = task.undoable_until
    if until is not None and now < until and task.may_be_undone_by(viewer):
        with st.container(width="content"):
            _button(viewer, task.id, until)


@st.fragment(run_every=1)
def _button(viewer: Viewer, task_id: int, until: dt.datetime) -> None:
    seconds = math.ceil((until - utc_now()).total_seconds())
    if seconds <= 0:
        st.rerun()  # The page is drawn anew without the button, and this clock stops.
    with st.container(horizontal=True, vertical_alignment="center", gap="small", width="content"):
        if st.button("Annuler", key=f"bulk_undo_{task_id}", icon=":material/undo:"):
            _undo(viewer, task_id)
        st.caption(f"encore {plural(seconds, 'seconde')}", width="content")


def _undo(viewer: Viewer, task_id: int) -> None:
    try:
        with transaction() as session:
            undoing_id = undo_task(session, Actor.person(viewer), task_id, utc_now())
    except MarketplaceError as refusal:
        flash_refusal(str(refusal))
        st.rerun()
    forget_counters()
    with reading() as session:
        undoing = task_detail(session, viewer, undoing_id)
    if not undoing.state.is_over:
        st.switch_page(TASKS.page(), query_params={TASK_PARAMETER: str(undoing_id)})
    keep_result(undoing_id)
    flash(f"{done(undoing.action, undoing.done, undoing.undoes)}.", icon=":material/undo:")
    st.rerun()
