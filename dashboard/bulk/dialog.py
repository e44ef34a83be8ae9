"""The dialog of a bulk action: dry run, fields, confirm. What it shows is the plan that is carried out."""

from dataclasses import replace

import streamlit as st

from dashboard.bulk.dry_run import show_effects, show_mailing, show_refused, show_who_does_it, ticked
from dashboard.bulk.fields import show_fields
from dashboard.bulk.last import keep_result
from dashboard.bulk.opened import DIALOG, close, forget_plan, insist, keep_plan, put_away, shown_plan
from dashboard.bulk.words import done, title, verb
from dashboard.flash import flash
from dashboard.focus import focus_first_field
from dashboard.markdown import escape_markdown
from dashboard.navigation import TASKS
from dashboard.order_list.choices import forget_choices
from dashboard.order_list.selection import replace_selection
from dashboard.order_list.views import forget_counters
from dashboard.work.navigation import TASK_PARAMETER
from db.domain.actor import Actor
from db.domain.bulk import BulkAction, Tagging
from db.domain.errors import MarketplaceError
from db.domain.orders import OrderStatus
from db.domain.tasks import AT_ONCE, TaskKind
from db.domain.time import utc_now
from db.domain.viewer import Viewer
from db.engine import reading, transaction
from db.queries.tasks import task_detail
from db.services.bulk_actions import BulkPlan, plan
from db.services.outbox import undo_window
from db.services.tags import tag_named
from db.services.tasks import start_task


def show_dialog(viewer: Viewer) -> None:
    """Draw the dialog that is open, if one is."""
    opened = DIALOG.opened()
    if opened is None:
        return
    heading = title(opened.kind, opened.target, len(opened.order_ids))
    is_wide = opened.kind is TaskKind.MESSAGE or opened.target is OrderStatus.SHIPPED
    st.dialog(heading, width="large" if is_wide else "medium", on_dismiss=put_away)(_body)(viewer)


def _body(viewer: Viewer) -> None:
    opened = DIALOG.opened()
    if opened is None:
        st.rerun()  # It is done: the page is drawn anew, without the dialog.
    effects = st.container(gap="small")
    asked = show_fields(viewer, opened)
    shown = _planned(viewer, asked.action, asked.order_ids) if asked.action else None
    if shown is None:
        forget_plan()
    else:
        opened = keep_plan(opened, shown)
        with effects:
            show_effects(shown)
            show_refused(shown)
        with reading() as session:
            show_mailing(shown, int(undo_window(session).total_seconds()))
        show_who_does_it(shown)
    error = asked.missing if opened.insists else opened.refusal
    if error:
        st.error(escape_markdown(error), icon=":material/error:")
    elif shown is None and asked.missing:
        st.caption(asked.missing)
    if opened.kind is not TaskKind.PAYMENT:  # Whose first field is a date: its calendar would cover what goes.
        focus_first_field("bulk_focus")
    if shown is not None and shown.versions:
        label = verb(shown.action, len(shown.versions), ticked(shown))
        st.button(label, key="bulk_confirm", type="primary", on_click=_confirm, args=(viewer, asked.missing))


def _planned(viewer: Viewer, action: BulkAction, chosen: tuple[int, ...] | None) -> BulkPlan | None:
    """Return the dry run: the one that was shown already, or a new one where the action is not the same any more."""
    opened, known = DIALOG.opened(), shown_plan()
    order_ids = chosen if chosen is not None else opened.order_ids if opened else ()
    if known is not None and known.action == action and ticked(known) == len(order_ids):
        return known
    try:
        with reading() as session:
            return plan(session, Actor.person(viewer), order_ids, action, utc_now())
    except MarketplaceError as refusal:
        st.error(escape_markdown(str(refusal)), icon=":material/error:")
        return None


def _confirm(viewer: Viewer, missing: str) -> None:
    opened, shown = DIALOG.opened(), shown_plan()
    if opened is None or shown is None:
        return  # A second click on a button that has done its work.
    if missing:
        insist(opened)
        return
    try:
        task_id = _start(viewer, shown)
    except MarketplaceError as refusal:
        DIALOG.refuse(opened, str(refusal))
        return
    close()
    replace_selection(frozenset())
    forget_counters()
    forget_choices()
    if len(shown.versions) > AT_ONCE:
        st.switch_page(TASKS.page(), query_params={TASK_PARAMETER: str(task_id)})
    keep_result(task_id)
    with reading() as session:
        task = task_detail(session, viewer, task_id)
    flash(f"{done(task.action, task.done)}.")


def _start(viewer: Viewer, shown: BulkPlan) -> int:
    actor, now = Actor.person(viewer), utc_now()
    with transaction() as session:
        if isinstance(shown.action, Tagging) and shown.action.adds:
            tag_id = tag_named(session, actor, shown.action.name, now)
            shown = replace(shown, action=replace(shown.action, tag_id=tag_id))
        return start_task(session, actor, shown, now)
