"""The exports that make themselves: one's own, and everybody's for administrators."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.export_schedules import SchedulePeriod, ScheduleTerms
from db.domain.exports import Cadence, ExportFormat, ExportRequest, ExportSubject
from db.domain.files import FileKind, FileState
from db.domain.permissions import Permission
from db.domain.viewer import Viewer
from db.models import ExportSchedule, Person, StoredFile


@dataclass(frozen=True, slots=True)
class ScheduleRow:
    """One scheduled export, with what became of it the last time."""

    id: int
    owner_id: int
    owner_name: str
    name: str
    subject: ExportSubject
    format: ExportFormat
    cadence: Cadence
    period: SchedulePeriod
    #: Whether its list knows days.
    has_period: bool
    columns: int
    emails: bool
    is_stored: bool
    is_active: bool
    next_on: dt.date
    #: The day it was last made for; None before the first time.
    last_on: dt.date | None
    file_id: int | None
    file_state: FileState | None
    error: str

    @property
    def terms(self) -> ScheduleTerms:
        """Return what its owner decides."""
        return ScheduleTerms(self.name, self.cadence, self.period, self.emails, self.is_stored)


def schedules(session: Session, viewer: Viewer) -> list[ScheduleRow]:
    """Return one's scheduled exports, by name; an administrator's own first, then everybody's.

    Raises:
        NotAllowedError: The person may not export.
    """
    viewer.require(FileKind.EXPORT.permission)
    found = (
        sa.select(ExportSchedule, Person.name.label("owner_name"), StoredFile.state.label("file_state"))
        .join(Person, Person.id == ExportSchedule.owner_id)
        .outerjoin(StoredFile, StoredFile.id == ExportSchedule.last_file_id)
        .order_by(ExportSchedule.owner_id != viewer.person_id, sa.func.lower(ExportSchedule.name), ExportSchedule.id)
    )
    if not manages_all(viewer):
        found = found.where(ExportSchedule.owner_id == viewer.person_id)
    return [_row(*row) for row in session.execute(found)]


def manages_all(viewer: Viewer) -> bool:
    """Tell whether somebody stops what others have scheduled."""
    return viewer.may(Permission.MANAGE_SETTINGS)


def request_of(schedule: ExportSchedule) -> ExportRequest:
    """Return the list that a schedule exports, over the days of its own filters."""
    kept: dict[str, Any] = schedule.arguments
    return ExportRequest(schedule.subject, kept["filter"], tuple(kept["columns"]), schedule.format)


def period_of(schedule: ExportSchedule) -> SchedulePeriod:
    """Return of which days it is."""
    return SchedulePeriod(schedule.arguments["period"])


def _row(schedule: ExportSchedule, owner_name: str, file_state: FileState | None) -> ScheduleRow:
    return ScheduleRow(
        schedule.id,
        schedule.owner_id,
        owner_name,
        schedule.name,
        schedule.subject,
        schedule.format,
        schedule.cadence,
        period_of(schedule),
        request_of(schedule).has_period,
        len(schedule.arguments["columns"]),
        schedule.emails,
        schedule.is_stored,
        schedule.is_active,
        schedule.next_on,
        schedule.last_on,
        schedule.last_file_id,
        file_state,
        schedule.error,
    )
