"""Exports that make themselves: scheduled, changed, paused and forgotten; ``scheduled_exports`` makes them."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.audit import AuditArea
from db.domain.cadences import next_due
from db.domain.export_schedules import ScheduleMissingError, ScheduleNameTakenError, ScheduleTerms
from db.domain.exports import ExportFormat, ExportRequest, NoColumnError
from db.domain.files import FileKind
from db.domain.time import local_day
from db.domain.viewer import Viewer
from db.models import ExportSchedule
from db.queries.export_schedules import manages_all, period_of, request_of
from db.services.audit import Act, note_act, note_edit


def schedule_export(
    session: Session, viewer: Viewer, request: ExportRequest, terms: ScheduleTerms, now: dt.datetime
) -> ExportSchedule:
    """Have a list exported again and again, in one's own name; the first time on the next day of its cadence.

    Args:
        session: The caller's transaction.
        viewer: Who schedules it, and owns it.
        request: Which list, which columns, in which form.
        terms: How often, of which days, and what becomes of the file.
        now: The instant.

    Raises:
        NotAllowedError: The person may not take this list out of the house.
        NoColumnError: No column is wanted.
        InvalidInputError: The terms cannot be kept; the sentence says why.
        ScheduleNameTakenError: They have another one of that name.
    """
    viewer.require(FileKind.EXPORT.permission)
    viewer.require(request.subject.permission)
    if not request.columns:
        raise NoColumnError
    schedule = ExportSchedule(
        owner_id=viewer.person_id,
        subject=request.subject,
        arguments={"filter": dict(request.filter), "columns": list(request.columns)},
        is_active=True,
        created_at=now,
    )
    _set_terms(schedule, request, terms, request.format, now)
    _write(session, schedule)
    note_act(session, Actor.person(viewer), _act("export_scheduled", schedule, after=_said(schedule)), now)
    return schedule


def change_schedule(
    session: Session, viewer: Viewer, schedule_id: int, terms: ScheduleTerms, wanted: ExportFormat, now: dt.datetime
) -> None:
    """Change the terms and the form of one's scheduled export; its list and its columns stay.

    Raises:
        ScheduleMissingError: There is none, or it is somebody else's.
        InvalidInputError: The terms cannot be kept; the sentence says why.
        ScheduleNameTakenError: They have another one of that name.
    """
    schedule = _own(session, viewer, schedule_id)
    viewer.require(FileKind.EXPORT.permission)
    before, period = _said(schedule), period_of(schedule)
    is_other_day = (terms.cadence, terms.period) != (schedule.cadence, period)
    next_on = schedule.next_on
    _set_terms(schedule, request_of(schedule), terms, wanted, now)
    if not is_other_day:
        schedule.next_on = next_on
    _write(session, schedule)
    note_edit(session, Actor.person(viewer), _act("schedule_changed", schedule, before, _said(schedule)), now)


def pause_schedule(session: Session, viewer: Viewer, schedule_id: int, now: dt.datetime) -> None:
    """Make a scheduled export no more until it is resumed.

    Raises:
        ScheduleMissingError: There is none, or it is somebody else's and this person stops no others'.
    """
    schedule = _own(session, viewer, schedule_id)
    if not schedule.is_active:
        return
    schedule.is_active = False
    session.flush()
    note_act(session, Actor.person(viewer), _act("schedule_paused", schedule), now)


def resume_schedule(session: Session, viewer: Viewer, schedule_id: int, now: dt.datetime) -> None:
    """Make one's scheduled export again, from the next day of its cadence; what was missed meanwhile is not made up.

    Raises:
        ScheduleMissingError: There is none, or it is somebody else's.
        NotAllowedError: The person may not take this list out of the house any more.
    """
    schedule = _own(session, viewer, schedule_id)
    if schedule.is_active:
        return
    if schedule.owner_id == viewer.person_id:
        viewer.require(FileKind.EXPORT.permission)
        viewer.require(schedule.subject.permission)
    schedule.is_active, schedule.error = True, ""
    schedule.next_on = next_due(schedule.cadence, local_day(now))
    session.flush()
    note_act(session, Actor.person(viewer), _act("schedule_resumed", schedule), now)


def forget_schedule(session: Session, viewer: Viewer, schedule_id: int, now: dt.datetime) -> None:
    """Delete a scheduled export; the files that it made stay as long as files do.

    Raises:
        ScheduleMissingError: There is none, or it is somebody else's and this person stops no others'.
    """
    schedule = _own(session, viewer, schedule_id)
    note_act(session, Actor.person(viewer), _act("schedule_deleted", schedule, before=_said(schedule)), now)
    session.delete(schedule)
    session.flush()


def _own(session: Session, viewer: Viewer, schedule_id: int) -> ExportSchedule:
    schedule = session.get(ExportSchedule, schedule_id, with_for_update=True, populate_existing=True)
    if schedule is None or not (schedule.owner_id == viewer.person_id or manages_all(viewer)):
        raise ScheduleMissingError
    return schedule


def _set_terms(
    schedule: ExportSchedule, request: ExportRequest, terms: ScheduleTerms, wanted: ExportFormat, now: dt.datetime
) -> None:
    kept = terms.checked(request)
    schedule.name, schedule.cadence, schedule.format = kept.name, kept.cadence, wanted
    schedule.emails, schedule.is_stored = kept.emails, kept.is_stored
    schedule.arguments = {**schedule.arguments, "period": kept.period}
    schedule.next_on = next_due(kept.cadence, local_day(now))


def _write(session: Session, schedule: ExportSchedule) -> None:
    try:
        with session.begin_nested():
            session.add(schedule)
            session.flush()
    except IntegrityError as error:
        taken = sa.inspect(schedule).dict.get("name", "")
        raise ScheduleNameTakenError(str(taken)) from error


def _said(schedule: ExportSchedule) -> dict[str, Any]:
    names = ("name", "subject", "format", "cadence", "emails", "is_stored")
    return {name: getattr(schedule, name) for name in names} | {"period": schedule.arguments["period"]}


def _act(event: str, schedule: ExportSchedule, before: Any = None, after: Any = None) -> Act:  # noqa: ANN401  as ``Act`` has it
    return Act(AuditArea.EXPORTS, event, "export_schedule", schedule.id, schedule.name, before, after)
