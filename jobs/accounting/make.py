"""Make the report that somebody asked for in Finances › Comptabilité."""

from collections.abc import Mapping
from typing import Any, BinaryIO

import sqlalchemy as sa

from db.domain.accounting_reports import Report
from db.domain.document_filter import ListFormat
from db.engine import reading
from db.services.accounting import wanted_report
from jobs.accounting.fec import write_fec
from jobs.accounting.reports import LAYOUTS
from jobs.makers import Made, Progress
from jobs.spreadsheets import MEDIA_TYPES, list_writer


def make_accounting(engine: sa.Engine, arguments: Mapping[str, Any], out: BinaryIO, progress: Progress) -> Made:
    """Write the report, as whoever asked may see it now."""
    with reading(engine) as session:
        wanted = wanted_report(session, arguments)
    if wanted.report is Report.FEC:
        return write_fec(engine, wanted.filter, out, progress)
    layout, form = LAYOUTS[wanted.report], wanted.format or ListFormat.CSV
    writer = list_writer(form, out, layout.columns, wanted.report.label)
    written = 0
    for rows in layout.read(engine, wanted.viewer, wanted.filter):
        writer.write(rows)
        written += len(rows)
        progress(written)
    writer.close()
    days = f"{wanted.filter.first_day:%Y%m%d}-{wanted.filter.last_day:%Y%m%d}"
    return Made(f"{layout.name}-{days}.{form}", MEDIA_TYPES[form], written)
