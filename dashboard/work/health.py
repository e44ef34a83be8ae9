"""Is the work behind the screens going on? In words, for the banner of every screen and the head of « Tâches »."""

import datetime as dt

import streamlit as st

from dashboard.markdown import escape_markdown
from dashboard.navigation import TASKS
from db.domain import formats
from db.domain.jobs import WORKER_GONE_AFTER
from db.domain.permissions import Permission
from db.domain.time import utc_now
from db.domain.viewer import Viewer
from db.engine import reading
from db.queries.work import MailWaiting, WorkerRow, WorkHealth, work_health
from db.settings import settings

#: A dashboard that has just started has its worker still starting beside it.
_STARTED_AT = utc_now()


def show_banner(viewer: Viewer, url_path: str) -> None:
    """Tell the staff on every screen that the work behind it stands still; draw nothing if it does not.

    Args:
        viewer: Who looks; sellers can do nothing about it.
        url_path: The page they are on; « Tâches » says it itself.
    """
    if not viewer.may(Permission.FOLLOW_WORK) or url_path == TASKS.url_path:
        return
    now = utc_now()
    words = banner_words(_health(), now, is_starting=now - _STARTED_AT < WORKER_GONE_AFTER)
    if words:
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key="work_banner"):
            st.markdown(f":orange[:material/warning:] {escape_markdown(words)}", width="content")
            st.page_link(TASKS.page(), label="Voir les tâches", icon=":material/arrow_forward:", width="content")


def banner_words(health: WorkHealth, now: dt.datetime, *, is_starting: bool) -> str | None:
    """Return what is wrong in one line, or None."""
    if health.mail_is_late(now) and health.mail_due_since:
        return f"Des e-mails attendent leur départ depuis {formats.age(health.mail_due_since, now)}."
    if not health.has_worker(now) and not is_starting:
        return "Le travail de fond est arrêté\u00a0: les e-mails et les actions groupées attendent."
    return None


def worker_words(workers: list[WorkerRow], now: dt.datetime) -> str:
    """Return who works, or that nobody does and what to do, as Markdown."""
    if not workers:
        what_to_do = (
            "Redémarrez le tableau de bord, qui le lance avec lui."
            if settings().is_embedded
            else "Relancez-le sur un serveur\u00a0: `python -m jobs`"
        )
        return (
            ":red[:material/error:] **Le travail de fond est arrêté.** Les e-mails ne partent pas et les actions "
            f"groupées attendent\u00a0; rien n’est perdu. {what_to_do}"
        )
    since = min(worker.started_at for worker in workers)
    processes = f" ({formats.plural(len(workers), 'processus', 'processus')})" if len(workers) > 1 else ""
    return (
        f":green[:material/check_circle:] Le travail de fond tourne{processes}, "
        f"depuis {formats.short_instant(since, now)}."
    )


def mail_words(waiting: MailWaiting) -> str:
    """Return how many e-mails wait, and why."""
    if not waiting.due and not waiting.held:
        return "Aucun e-mail n’attend son départ."
    parts = []
    if waiting.due:
        parts.append(f"{formats.plural(waiting.due, 'e-mail attend', 'e-mails attendent')} de partir")
    if waiting.held:
        held = formats.plural(waiting.held, "e-mail partira", "e-mails partiront")
        parts.append(f"{held} plus tard (délai d’annulation, nouvel essai)")
    return f"{', '.join(parts)}."


@st.cache_data(ttl=dt.timedelta(seconds=10), show_spinner=False)
def _health() -> WorkHealth:
    with reading() as session:
        return work_health(session)
