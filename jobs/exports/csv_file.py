"""Lists as CSV: the database writes the cells, PostgreSQL the whole lines, and this only passes them on."""

import csv
import io
from collections.abc import Iterable
from typing import Any, BinaryIO

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.exports import ExportFormat
from db.queries.exports import Export
from db.queries.exports.as_text import TEXT_FORMS
from jobs.makers import Progress
from jobs.spreadsheets import BOM

_FETCHED_AT_ONCE = 5_000


def write_csv(session: Session, export: Export, file_format: ExportFormat, out: BinaryIO, progress: Progress) -> int:
    """Write a list's head and rows; return how many rows there were.

    Args:
        session: Where they are read, by one statement.
        export: The list.
        file_format: Which of the two ways to write CSV.
        out: An open file.
        progress: Told how many rows are written.
    """
    form = TEXT_FORMS[file_format]
    out.write(BOM)
    out.write(_lines([[column.title for column in export.columns]], form.separator))
    texts = export.texts(form)
    if session.get_bind().dialect.name == "postgresql":
        return _copied(session.connection(), texts, form.separator, out, progress)
    return _fetched(session, texts, form.separator, out, progress)


def _copied(connection: sa.Connection, texts: sa.Select[Any], separator: str, out: BinaryIO, progress: Progress) -> int:
    """Let PostgreSQL write the lines: several times as fast as reading its rows."""
    # COPY takes no parameters, so SQLAlchemy writes them out, quoted for this very server. Its driver would undouble
    # the percent signs if there were any parameters left.
    select = str(texts.compile(connection, compile_kwargs={"literal_binds": True})).replace("%%", "%")
    command = f"COPY ({select}) TO STDOUT WITH (FORMAT csv, DELIMITER '{separator}', ENCODING 'UTF8')"
    rows = 0
    raw: Any = connection.connection.driver_connection
    with raw.cursor() as cursor, cursor.copy(command) as lines:
        for rows, line in enumerate(lines, 1):
            # PostgreSQL ends lines as its own machine does, and writes nothing at all of a row of one empty cell.
            out.write(b"%b\r\n" % (line[:-1] or b'""'))
            if not rows % _FETCHED_AT_ONCE:
                progress(rows)
    return rows


def _fetched(session: Session, texts: sa.Select[Any], separator: str, out: BinaryIO, progress: Progress) -> int:
    written = 0
    for rows in session.execute(texts, execution_options={"yield_per": _FETCHED_AT_ONCE}).partitions():
        out.write(_lines(rows, separator))
        written += len(rows)
        progress(written)
    return written


def _lines(rows: Iterable[Iterable[Any]], separator: str) -> bytes:
    """Return some lines at once: a file that is written to line by line costs as much as reading them."""
    text = io.StringIO(newline="")
    # Both ends of line, so that Python quotes a cell that holds one of them.
    csv.writer(text, delimiter=separator, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()
