"""Make the list that somebody asked for, or a schedule in their name."""

from collections.abc import Mapping
from typing import Any, BinaryIO

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.exports import ExportFormat, ExportSubject, NothingToExportError
from db.domain.time import local_day, utc_now
from db.engine import reading
from db.queries.exports import Export, plan_export
from db.services.exports import wanted_export
from jobs.exports.csv_file import write_csv
from jobs.exports.parquet import write_parquet
from jobs.exports.workbook import write_workbook
from jobs.makers import Made, Progress

_MEDIA_TYPES = {
    ExportFormat.CSV: "text/csv",
    ExportFormat.CSV_COMMA: "text/csv",
    ExportFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ExportFormat.PARQUET: "application/vnd.apache.parquet",
}
#: What the file is called, before its day.
_NAMES = {
    ExportSubject.ORDERS: "commandes",
    ExportSubject.LINES: "articles-commandes",
    ExportSubject.CUSTOMERS: "clients",
    ExportSubject.RETURNS: "retours",
    ExportSubject.DOCUMENTS: "factures-et-avoirs",
    ExportSubject.PAYOUTS: "reversements",
    ExportSubject.EMAILS: "e-mails-et-sms",
}


def make_export(engine: sa.Engine, arguments: Mapping[str, Any], out: BinaryIO, progress: Progress) -> Made:
    """Write the list as whoever asked may see it now, all of it as it is at one instant."""
    day = local_day(utc_now())
    with reading(engine) as session:
        wanted = wanted_export(session, arguments)
        request = wanted.request
        export = plan_export(session, wanted.viewer, request, day)
        rows = _write(session, export, request.subject, request.format, out, progress)
    if not rows:
        raise NothingToExportError
    name = f"{_NAMES[request.subject]}-{day.isoformat()}.{request.format.suffix}"
    return Made(name, _MEDIA_TYPES[request.format], rows)


def _write(
    session: Session,
    export: Export,
    subject: ExportSubject,
    file_format: ExportFormat,
    out: BinaryIO,
    progress: Progress,
) -> int:
    match file_format:
        case ExportFormat.CSV | ExportFormat.CSV_COMMA:
            return write_csv(session, export, file_format, out, progress)
        case ExportFormat.XLSX:
            return write_workbook(session, export, subject.label, out, progress)
        case ExportFormat.PARQUET:
            return write_parquet(session, export, out, progress)
