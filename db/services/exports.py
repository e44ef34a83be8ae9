"""Ask for a list as a file, now or by a schedule; ``jobs/exports/make.py`` makes it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.errors import NotAllowedError
from db.domain.exports import ExportRequest, NoColumnError, NothingToExportError
from db.domain.files import FileKind
from db.domain.formats import date, plural
from db.domain.viewer import Viewer
from db.queries.access import viewer_of
from db.services.files import ask_for_file


@dataclass(frozen=True, slots=True)
class WantedExport:
    """What a file's row says is to be exported, and for whom: with the rights that they have now."""

    viewer: Viewer
    request: ExportRequest


def ask_for_export(
    session: Session,
    actor: Actor,
    request: ExportRequest,
    rows: int,
    now: dt.datetime,
    *,
    schedule_id: int | None = None,
) -> int:
    """Have a list written to a file; return the file.

    Args:
        session: The caller's transaction.
        actor: Who wants it: a person, for a list is made with somebody's rights.
        request: Which list, which columns, in which form.
        rows: How many rows it has now (``db.queries.exports.count_rows``).
        now: The instant.
        schedule_id: The schedule that asks in its owner's name.

    Raises:
        NotAllowedError: The actor may not take this list out of the house.
        NothingToExportError: It has no row.
        NoColumnError: No column is wanted.
    """
    _check_rights(actor, request)
    if not request.columns:
        raise NoColumnError
    if not rows:
        raise NothingToExportError
    arguments = {"request": request.to_json(), "person_id": actor.person_id, "schedule_id": schedule_id}
    noted = {
        "subject": request.subject,
        "format": request.format,
        "columns": list(request.columns),
        # Which filters, not what was typed into them: it may name a customer.
        "filters": sorted(name for name, value in request.filter.items() if value),
    }
    title = title_of(request, rows)
    return ask_for_file(session, actor, FileKind.EXPORT, title, arguments, rows, now, noted=noted)


def wanted_export(session: Session, arguments: Mapping[str, Any]) -> WantedExport:
    """Return what a file's row says is to be exported.

    Raises:
        NotAllowedError: Whoever asked has no account any more, or may not take this list out of the house any more.
    """
    request = ExportRequest.from_json(arguments["request"])
    viewer = viewer_of(session, arguments["person_id"])
    if viewer is None:
        raise NotAllowedError(FileKind.EXPORT.permission)
    _check_rights(viewer, request)
    return WantedExport(viewer, request)


def title_of(request: ExportRequest, rows: int) -> str:
    """Return « Commandes du 01/11/2026 au 30/11/2026 : 1 204 lignes (Excel) »."""
    return f"{request.subject.label}{_period(request)}\u00a0: {plural(rows, 'ligne')} ({request.format.label})"


def _check_rights(who: Actor | Viewer, request: ExportRequest) -> None:
    who.require(FileKind.EXPORT.permission)
    who.require(request.subject.permission)


def _period(request: ExportRequest) -> str:
    first, last = (
        dt.date.fromisoformat(day) if day else None
        for day in (request.filter.get("first_day"), request.filter.get("last_day"))
    )
    if first and last:
        return f" du {date(first)} au {date(last)}"
    if first:
        return f" depuis le {date(first)}"
    return f" jusqu’au {date(last)}" if last else ""
