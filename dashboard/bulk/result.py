"""One bulk action from its start to its end: progress, result, export, way back; and the bar below the grid."""

import datetime as dt

import streamlit as st

from dashboard.badges import task_badge
from dashboard.bulk.dry_run import show_reason
from dashboard.bulk.export import task_csv
from dashboard.bulk.last import forget_result, kept_result
from dashboard.bulk.undoing import show_undo
from dashboard.bulk.words import done, mail_words
from dashboard.flash import telling_refusals
from dashboard.markdown import escape_markdown
from dashboard.order_import.report import show_import_report
from dashboard.work.navigation import task_link
from db.domain import formats
from db.domain.actor import Actor
from db.domain.bulk import Importing, Undoing
from db.domain.errors import MarketplaceError
from db.domain.mail import Channel
from db.domain.tasks import TaskKind, TaskState
from db.domain.time import utc_now
from db.domain.viewer import Viewer
from db.engine import reading, transaction
from db.queries.tasks import TaskDetail, mails_of_task, refused_orders, task_detail, task_lines
from db.services.tasks import stop_task

_SECONDS_BETWEEN_LOOKS = 1


def show_task(viewer: Viewer, task_id: int, now: dt.datetime) -> None:
    """Draw a bulk action: how far it is, or what became of it."""
    try:
        with reading() as session:
            task = task_detail(session, viewer, task_id)
    except MarketplaceError as refusal:
        st.info(escape_markdown(str(refusal)))
        return
    st.header(escape_markdown(task.title), anchor=False)
    if task.state.is_over:
        _show_state(task, now)
        _show_result(viewer, task, now)
    else:
        _show_progress(viewer, task.id)


def _show_state(task: TaskDetail, now: dt.datetime) -> None:
    started = f"{task.person_name}, {formats.short_instant(task.created_at, now)}"
    st.markdown(f"{task_badge(task.state)} :small[{escape_markdown(started)}]")


def show_result_bar(viewer: Viewer, now: dt.datetime) -> None:
    """Draw the result of the action that was just done where it was asked for, at the foot of the screen."""
    task_id = kept_result()
    if task_id is None:
        return
    with reading() as session:
        task = task_detail(session, viewer, task_id)
    with st.bottom, st.container(horizontal=True, vertical_alignment="center", gap="small", key="bulk_result"):
        st.markdown(f":green[:material/check_circle:] {result_words(task)}", width="content")
        show_undo(viewer, task, now)
        task_link(task.id, "Voir le détail")
        st.button("Fermer", key="bulk_result_close", icon=":material/close:", type="tertiary", on_click=forget_result)


def result_words(task: TaskDetail) -> str:
    """Return « **47 commandes passées en préparation** · 3 refusées », as Markdown."""
    parts = [f"**{done(task.action, task.done, task.undoes)}**" if task.done else "**Aucune commande n’a changé**"]
    refused = task.refused + task.refused_before
    if refused:
        parts.append(formats.plural(refused, "refusée"))
    if task.left:
        parts.append(formats.plural(task.left, "non traitée", "non traitées"))
    return " · ".join(parts)


@st.fragment(run_every=_SECONDS_BETWEEN_LOOKS)
def _show_progress(viewer: Viewer, task_id: int) -> None:
    with reading() as session:
        task = task_detail(session, viewer, task_id)
    if task.state.is_over:
        st.rerun()
    now = utc_now()
    _show_state(task, now)
    st.progress(task.part_settled, text=progress_words(task, now))
    with st.container(horizontal=True, vertical_alignment="center"):
        if task.kind is not TaskKind.UNDO and task.may_be_undone_by(viewer):
            st.button("Arrêter", key="bulk_stop", icon=":material/stop_circle:", on_click=_stop, args=(viewer, task_id))
        st.caption("Vous pouvez quitter cette page\u00a0: l’action se poursuit sans vous.", width="content")


def progress_words(task: TaskDetail, now: dt.datetime) -> str:
    """Return « 312 sur 1 000 commandes, 4 refusées · encore 12 s »."""
    words = f"{formats.integer(task.settled)} sur {formats.plural(task.total, 'commande')}"
    if task.refused:
        words += f", {formats.plural(task.refused, 'refusée')}"
    if task.state is TaskState.QUEUED:
        return f"{words} · en attente du travail de fond"
    left = task.time_left(now)
    return f"{words} · encore {formats.short_duration(left)}" if left else words


@telling_refusals()
def _stop(viewer: Viewer, task_id: int) -> None:
    with transaction() as session:
        stop_task(session, Actor.person(viewer), task_id, utc_now())


def _show_result(viewer: Viewer, task: TaskDetail, now: dt.datetime) -> None:
    if task.error:
        st.error(escape_markdown(task.error), icon=":material/error:")
    if isinstance(task.action, Importing):
        show_import_report(task.id, task.action)
        return
    with reading() as session:
        refused, mails = refused_orders(session, task.id), mails_of_task(session, task.id)
        texts = mails_of_task(session, task.id, Channel.SMS)
    st.markdown(result_words(task) + ".")
    if mails:
        st.markdown(f":material/mail: {mail_words(mails)}")
    if texts:
        st.markdown(f":material/sms: {mail_words(texts, Channel.SMS)}")
    if task.undone_by_id is not None:
        task_link(task.undone_by_id, "Cette action a été annulée", ":material/undo:")
    if isinstance(task.action, Undoing):
        task_link(task.action.task_id, "Voir l’action d’origine", ":material/history:")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        show_undo(viewer, task, now)
        st.download_button(
            "Exporter le résultat",
            data=lambda: _csv(task.id),
            file_name=f"action-groupee-{task.id}.csv",
            mime="text/csv",
            icon=":material/download:",
            on_click="ignore",
        )
    if refused:
        st.subheader("Commandes refusées", anchor=False)
        for each in refused:
            show_reason(each.reason, each.orders, each.numbers)


def _csv(task_id: int) -> bytes:
    with reading() as session:
        return task_csv(task_lines(session, task_id))
