"""Exports as a person asks for them and the worker makes them."""

import csv
import datetime as dt
import io
from typing import Any

import sqlalchemy as sa

from db.domain.actor import Actor
from db.domain.exports import ExportFormat, ExportRequest, ExportSubject
from db.domain.filter_json import Filter, filter_to_json
from db.domain.permissions import Role
from db.engine import transaction
from db.models import StoredFile
from db.queries.exports import columns_of, count_rows
from db.services.exports import ask_for_export
from jobs.exports.make import make_export
from jobs.makers import Made
from tests.conftest import NOW
from tests.factories import create_person, viewer_for

TODAY = dt.date(2026, 11, 21)


def asked(
    engine: sa.Engine,
    subject: ExportSubject,
    wanted: Filter,
    file_format: ExportFormat,
    columns: tuple[str, ...] | None = None,
    role: Role = Role.MANAGER,
) -> dict[str, Any]:
    """Ask for a list, all its columns unless some are named; return what its file's row says."""
    keys = columns or tuple(column.key for column in columns_of(subject))
    request = ExportRequest(subject, filter_to_json(wanted), keys, file_format)
    with transaction(engine) as session:
        viewer = viewer_for(create_person(session, role))
        rows = count_rows(session, viewer, request, TODAY)
        file_id = ask_for_export(session, Actor.person(viewer), request, rows, NOW)
        row = session.get_one(StoredFile, file_id)
        assert row.total == rows
        return dict(row.arguments)


def made(engine: sa.Engine, arguments: dict[str, Any]) -> tuple[Made, bytes]:
    """Make a file; return what is said of it, and its content."""
    out = io.BytesIO()
    done = make_export(engine, arguments, out, lambda _done: None)
    return done, out.getvalue()


def exported(
    engine: sa.Engine,
    subject: ExportSubject,
    wanted: Filter,
    file_format: ExportFormat,
    columns: tuple[str, ...] | None = None,
) -> bytes:
    """Return the content of a list's file."""
    return made(engine, asked(engine, subject, wanted, file_format, columns))[1]


def csv_rows(content: bytes, separator: str = ";") -> list[dict[str, str]]:
    """Return a CSV file's rows by their titles, as any reader of CSV has them."""
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=separator))
