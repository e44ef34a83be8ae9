"""Cells as a CSV file writes them, computed by the database: a million rows never become a million Python objects.

Two ways to write: the French one, which Excel opens as it is, and the one of programs, which loses nothing.
"""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

from db.domain.exports import ExportFormat
from db.domain.spreadsheets import BREAKS, FIGURES, FORMULA_STARTS, SPACES, Cell
from db.queries.exports.columns import ExportColumn
from db.queries.paris import written_in_paris

Expression = sa.SQLColumnExpression[Any]


@dataclass(frozen=True, slots=True)
class TextForm:
    """How figures and days are written in one kind of CSV file."""

    separator: str
    decimal_point: str
    yes: str
    no: str
    #: Days and instants as ISO 8601, instants in UTC to the microsecond; else as the French write them, by the clocks
    #: of Paris to the second.
    is_iso: bool


TEXT_FORMS = {
    ExportFormat.CSV: TextForm(";", ",", "oui", "non", is_iso=False),
    ExportFormat.CSV_COMMA: TextForm(",", ".", "true", "false", is_iso=True),
}


def as_text(column: ExportColumn, form: TextForm) -> sa.ColumnElement[str]:
    """Return a column's cells as a CSV file writes them; NULL where there is nothing to say."""
    value: Any = column.value
    match column.cell:
        case Cell.TEXT:
            return sa.func.nullif(value, "") if column.is_ours else harmless_text(value)
        case Cell.COUNT:
            return sa.cast(value, sa.Text)
        case Cell.RATE | Cell.MONEY:
            return decimal_text(value, form.decimal_point)
        case Cell.DAY:
            return _iso_day(value) if form.is_iso else _french_day(value)
        case Cell.INSTANT:
            return _iso_instant(value) if form.is_iso else written_in_paris(value)
        case Cell.FLAG:
            return sa.case((value.is_(None), None), (value, form.yes), else_=form.no)


def harmless_text(value: Expression) -> sa.ColumnElement[str]:
    """Return ``db.domain.spreadsheets.harmless`` of a text, in SQL that both databases read alike."""
    said = sa.func.ltrim(value, "'", type_=sa.Text)
    first, spoken = _letter(said, 1), _letter(sa.func.ltrim(said, SPACES, type_=sa.Text), 1)
    sign = _letter(value, 1)
    is_number = sa.and_(
        sign.in_(["+", "-"]),
        _letter(value, 2).in_(list("0123456789")),
        sa.func.trim(sa.func.substr(value, 2), FIGURES) == "",
    )
    runs = sa.or_(first.in_(BREAKS), spoken.in_(FORMULA_STARTS))
    return sa.case(
        (_starts_plainly(value), value),
        (value == "", None),
        (sa.and_(runs, sa.not_(is_number)), sa.literal("'", sa.Text) + value),
        else_=value,
    )


def _letter(value: Expression, place: int) -> sa.ColumnElement[str]:
    return sa.func.substr(value, place, 1, type_=sa.Text)


def decimal_text(hundredths: Expression, point: str) -> sa.ColumnElement[str]:
    """Return « -1234,56 »: no separator of thousands, which spreadsheets would take for text."""
    size: Any = sa.func.abs(hundredths, type_=sa.BigInteger)
    sign = sa.case((hundredths < 0, sa.literal("-", sa.Text)), else_="")
    cents = sa.func.substr(sa.cast(size % 100 + 100, sa.Text), 2, type_=sa.Text)
    return sign + sa.cast(size // 100, sa.Text) + sa.literal(point, sa.Text) + cents


class _Written(sa.ColumnElement[str]):
    """A day or an instant as a text."""

    inherit_cache = True
    type = sa.Text()
    _traverse_internals = [("value", sa.sql.visitors.InternalTraversal.dp_clauseelement)]  # noqa: RUF012  SQLAlchemy's caching protocol

    def __init__(self, value: Expression) -> None:
        self.value = sa.type_coerce(value, sa.Text)


class _starts_plainly(sa.ColumnElement[bool]):  # noqa: N801  it reads as the SQL function it is
    """Whether a text starts with a figure or a letter of ASCII: nearly all do, and nothing more is asked of them."""

    inherit_cache = True
    type = sa.Boolean()
    _traverse_internals = [("value", sa.sql.visitors.InternalTraversal.dp_clauseelement)]  # noqa: RUF012  SQLAlchemy's caching protocol

    def __init__(self, value: Expression) -> None:
        self.value = sa.type_coerce(value, sa.Text)

    def self_group(self, against: Any = None) -> "_starts_plainly":  # noqa: ANN401, ARG002  signature set by SQLAlchemy
        """Stay as it is: a condition that both databases take."""
        return self


@compiles(_starts_plainly, "postgresql")
def _plainly_postgresql(element: _starts_plainly, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401  signature set by SQLAlchemy
    value = f'({compiler.process(element.value, **options)}) COLLATE "C"'
    return f"({value} >= '0' AND {value} < ':' OR {value} >= 'A' AND {value} < '{{')"


@compiles(_starts_plainly, "sqlite")
def _plainly_sqlite(element: _starts_plainly, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401  signature set by SQLAlchemy
    value = f"({compiler.process(element.value, **options)})"
    return f"({value} >= '0' AND {value} < ':' OR {value} >= 'A' AND {value} < '{{')"


class _french_day(_Written):  # noqa: N801  it reads as the SQL function it is
    """« 31/12/2026 »."""

    inherit_cache = True


class _iso_day(_Written):  # noqa: N801  it reads as the SQL function it is
    """« 2026-12-31 »."""

    inherit_cache = True


class _iso_instant(_Written):  # noqa: N801  it reads as the SQL function it is
    """« 2026-12-31T22:30:00.000000Z »."""

    inherit_cache = True


@compiles(_french_day, "postgresql")
def _french_day_postgresql(element: _french_day, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401  signature set by SQLAlchemy
    return f"to_char({compiler.process(element.value, **options)}, 'DD/MM/YYYY')"


@compiles(_french_day, "sqlite")
def _french_day_sqlite(element: _french_day, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401  signature set by SQLAlchemy
    return f"strftime('%d/%m/%Y', {compiler.process(element.value, **options)})"


@compiles(_iso_day, "postgresql")
def _iso_day_postgresql(element: _iso_day, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401  signature set by SQLAlchemy
    return f"to_char({compiler.process(element.value, **options)}, 'YYYY-MM-DD')"


@compiles(_iso_day, "sqlite")
def _iso_day_sqlite(element: _iso_day, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401  signature set by SQLAlchemy
    return f"substr({compiler.process(element.value, **options)}, 1, 10)"


@compiles(_iso_instant, "postgresql")
def _iso_instant_postgresql(element: _iso_instant, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401  signature set by SQLAlchemy
    utc = f"{compiler.process(element.value, **options)} AT TIME ZONE 'UTC'"
    return f"""to_char({utc}, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""


@compiles(_iso_instant, "sqlite")
def _iso_instant_sqlite(element: _iso_instant, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401  signature set by SQLAlchemy
    # Who wrote the row may have left the fraction out.
    at = compiler.process(element.value, **options)
    fraction = f"substr(substr({at}, 21) || '000000', 1, 6)"
    return f"substr({at}, 1, 10) || 'T' || substr({at}, 12, 8) || '.' || {fraction} || 'Z'"
