"""Make the scheduled exports that are due, with their owners' rights of now, and hand over those that are ready.

Asking for the file and moving the schedule to its next day are one transaction: what is killed before it is due again,
what is killed after it has its file. Days that were missed are made once, as of the last of them.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM, Actor
from db.domain.audit import AuditArea
from db.domain.cadences import due_on, next_due
from db.domain.errors import NotAllowedError
from db.domain.export_schedules import COPIES_BELOW, MADE_FROM, request_on
from db.domain.files import FileKind, FileState
from db.domain.mail import EmailTemplate, RecipientKind
from db.domain.text import fold
from db.domain.time import PARIS, local_day
from db.models import ExportSchedule, Person, StoredFile
from db.queries.access import viewer_of
from db.queries.export_schedules import period_of, request_of
from db.queries.exports import count_rows
from db.services.audit import Act, note_act
from db.services.exports import ask_for_export
from db.services.outbox import AccountLetter, queue

_OWNER_LEFT = "En pause\u00a0: le compte de son propriétaire est désactivé."
_RIGHT_LOST = "En pause\u00a0: son propriétaire n’a plus le droit d’exporter cette liste."
FAILED = "Le dernier export n’a pas pu être préparé. Le prochain est tenté à sa date."


@dataclass(frozen=True, slots=True)
class ReadyExport:
    """A file that a schedule asked for, and that is over."""

    schedule_id: int
    file_id: int
    state: FileState
    is_stored: bool
    #: Where the file is, and what it must be.
    ref: str
    sha256: str
    #: Where it is laid down for the schedule.
    target: str


def due_schedules(session: Session, now: dt.datetime) -> list[int]:
    """Return the schedules to make now, those that have waited longest first; none before five in the morning."""
    if now.astimezone(PARIS).time() < MADE_FROM:
        return []
    due = sa.select(ExportSchedule.id).where(ExportSchedule.next_on <= local_day(now), ExportSchedule.is_active)
    return list(session.scalars(due.order_by(ExportSchedule.next_on, ExportSchedule.id)))


def make_scheduled(session: Session, schedule_id: int, now: dt.datetime) -> bool:
    """Ask for the file of a schedule that is due; return False where another worker has, or it is due no more.

    An owner whose account is closed, or who may not export the list any more, finds it paused with the reason. A list
    without a row makes no file, and its owner is told so.
    """
    schedule = session.get(ExportSchedule, schedule_id, with_for_update=True, populate_existing=True)
    today = local_day(now)
    if schedule is None or not schedule.is_active or schedule.next_on > today:
        return False
    owner = viewer_of(session, schedule.owner_id)
    if owner is None:
        _pause(session, schedule, _OWNER_LEFT, now)
        return True
    on = due_on(schedule.cadence, today)
    request = request_on(request_of(schedule), period_of(schedule), on)
    try:
        owner.require(FileKind.EXPORT.permission)
        rows = count_rows(session, owner, request, today)
    except NotAllowedError:
        _pause(session, schedule, _RIGHT_LOST, now)
        return True
    schedule.last_on, schedule.next_on = on, next_due(schedule.cadence, today)
    schedule.last_file_id, schedule.told_at, schedule.error = None, None, ""
    if rows:
        actor = Actor.person(owner)
        schedule.last_file_id = ask_for_export(session, actor, request, rows, now, schedule_id=schedule.id)
    else:
        _tell(session, schedule, now, rows=0)
    session.flush()
    return True


def give_up_scheduled(session: Session, schedule_id: int, now: dt.datetime) -> None:
    """Leave a schedule that cannot be made to its next day, say so on it and write to its owner."""
    schedule = session.get(ExportSchedule, schedule_id, with_for_update=True, populate_existing=True)
    if schedule is not None:
        _tell_failure(session, schedule, FAILED, now)
        schedule.error, schedule.next_on = FAILED, next_due(schedule.cadence, local_day(now))
        session.flush()


def ready_exports(session: Session) -> list[ReadyExport]:
    """Return the files of schedules that are over, and of which nobody was told."""
    found = session.execute(
        sa.select(ExportSchedule, StoredFile)
        .join(StoredFile, StoredFile.id == ExportSchedule.last_file_id)
        .where(ExportSchedule.told_at.is_(None))
        .order_by(ExportSchedule.id)
    )
    return [
        ReadyExport(
            schedule.id,
            file.id,
            file.state,
            schedule.is_stored,
            file.ref,
            file.sha256,
            _target(schedule, file.name),
        )
        for schedule, file in found
        if file.state.is_over
    ]


def hand_over(session: Session, ready: ReadyExport, now: dt.datetime) -> bool:
    """Note that a file is where it belongs and tell its owner; return False where it is no longer the schedule's last.

    Args:
        session: The caller's transaction.
        ready: One of ``ready_exports``, laid down already where it is to be stored.
        now: The instant.
    """
    schedule = session.get(ExportSchedule, ready.schedule_id, with_for_update=True, populate_existing=True)
    if schedule is None or schedule.last_file_id != ready.file_id or schedule.told_at is not None:
        return False
    file = session.get_one(StoredFile, ready.file_id)
    if file.state is FileState.READY:
        _tell(session, schedule, now, rows=file.done, file_id=file.id, stored_at=ready.target * ready.is_stored)
    else:
        schedule.told_at, schedule.error = now, file.error or FAILED
        _tell_failure(session, schedule, schedule.error, now)
    session.flush()
    return True


def _tell(
    session: Session,
    schedule: ExportSchedule,
    now: dt.datetime,
    *,
    rows: int,
    file_id: int | None = None,
    stored_at: str = "",
) -> None:
    """Write to the owner where they want it; what says when the file was handed over is written in any case."""
    schedule.told_at = now
    if not schedule.emails or schedule.last_on is None:
        return
    said = {
        "rows": rows,
        "period": period_of(schedule).words(schedule.last_on),
        "stored_at": stored_at,
        "file_id": file_id,
    }
    _write(session, schedule, f"export:{schedule.id}:{schedule.last_on.isoformat()}", said, now)


def _tell_failure(session: Session, schedule: ExportSchedule, reason: str, now: dt.datetime) -> None:
    """Write to the owner that there is no file, even where they want none of those that are ready.

    Once for each time it was due: the event names the day on which it would have been made.
    """
    event = f"export_failed:{schedule.id}:{schedule.next_on.isoformat()}"
    _write(session, schedule, event, {"export_error": reason}, now)


def _write(session: Session, schedule: ExportSchedule, event: str, said: Mapping[str, Any], now: dt.datetime) -> None:
    """Queue a letter to the owner; whose account is closed has no business with the house any more."""
    owner = session.execute(
        sa.select(Person.email, Person.name).where(Person.id == schedule.owner_id, Person.is_active)
    ).one_or_none()
    if owner is None:
        return
    letter = AccountLetter(
        event,
        EmailTemplate.EXPORT_READY,
        owner.email,
        owner.name,
        {"export_name": schedule.name, **said},
        recipient_kind=RecipientKind.STAFF,
    )
    queue(session, SYSTEM, [letter], now)


def _pause(session: Session, schedule: ExportSchedule, reason: str, now: dt.datetime) -> None:
    schedule.is_active, schedule.error = False, reason
    _tell_failure(session, schedule, reason, now)
    session.flush()
    act = Act(AuditArea.EXPORTS, "schedule_paused", "export_schedule", schedule.id, schedule.name, note=reason)
    note_act(session, SYSTEM, act, now)


def _target(schedule: ExportSchedule, file_name: str) -> str:
    """Return « exports/2026/11/commandes-du-mois-12-commandes-2026-11-01.xlsx »: no two schedules meet there."""
    name = "-".join("".join(c if c.isalnum() and c.isascii() else " " for c in fold(schedule.name)).split())
    day = schedule.last_on or schedule.next_on
    return f"{COPIES_BELOW}/{day:%Y/%m}/{name or 'export'}-{schedule.id}-{file_name}"
