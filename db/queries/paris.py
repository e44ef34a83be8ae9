"""Instants as the clock on the wall in Paris says them, in the SQL of both databases."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler


class _OfInstants(sa.ColumnElement[int]):
    """A whole number told from one or two columns of instants."""

    inherit_cache = True
    type = sa.Integer()
    _traverse_internals = [("columns", sa.sql.visitors.InternalTraversal.dp_clauseelement_tuple)]  # noqa: RUF012  SQLAlchemy's caching protocol

    def __init__(self, *columns: sa.ColumnElement[Any]) -> None:
        self.columns = tuple(columns)


class hour_in_paris(_OfInstants):  # noqa: N801  it reads as the SQL function it is
    """The hour, 0 to 23, that clocks showed in Paris; in October one of them comes twice."""

    inherit_cache = True


class day_in_paris(sa.ColumnElement[Any]):  # noqa: N801  it reads as the SQL function it is
    """The date that calendars showed in Paris."""

    inherit_cache = True
    type = sa.Date()
    _traverse_internals = [("columns", sa.sql.visitors.InternalTraversal.dp_clauseelement_tuple)]  # noqa: RUF012  SQLAlchemy's caching protocol

    def __init__(self, at: sa.ColumnElement[Any]) -> None:
        self.columns = (at,)


class written_in_paris(sa.ColumnElement[str]):  # noqa: N801  it reads as the SQL function it is
    """An instant as people write it, by the clocks of Paris and to the second: « 31/12/2026 23:30:00 »."""

    inherit_cache = True
    type = sa.Text()
    _traverse_internals = [("columns", sa.sql.visitors.InternalTraversal.dp_clauseelement_tuple)]  # noqa: RUF012  SQLAlchemy's caching protocol

    def __init__(self, at: sa.ColumnElement[Any]) -> None:
        self.columns = (at,)


class whole_hours_between(_OfInstants):  # noqa: N801  it reads as the SQL function it is
    """How many whole hours passed from one instant to another, seconds cut off; 0 where the second is not later."""

    inherit_cache = True


class weekday_of(_OfInstants):  # noqa: N801  it reads as the SQL function it is
    """The weekday of a date, Monday being 0."""

    inherit_cache = True


def _parts(
    element: _OfInstants | day_in_paris | written_in_paris, compiler: SQLCompiler, options: dict[str, Any]
) -> list[str]:
    return [compiler.process(column, **options) for column in element.columns]


@compiles(hour_in_paris, "postgresql")
def _hour_postgresql(element: hour_in_paris, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401  signature set by SQLAlchemy
    (at,) = _parts(element, compiler, options)
    return f"CAST(extract(hour FROM {at} AT TIME ZONE 'Europe/Paris') AS INTEGER)"


@compiles(hour_in_paris, "sqlite")
def _hour_sqlite(element: hour_in_paris, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401  signature set by SQLAlchemy
    (at,) = _parts(element, compiler, options)
    return f"CAST(strftime('%H', {_wall_clock(at)}) AS INTEGER)"


@compiles(day_in_paris, "postgresql")
def _day_postgresql(element: day_in_paris, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401  signature set by SQLAlchemy
    (at,) = _parts(element, compiler, options)
    return f"CAST({at} AT TIME ZONE 'Europe/Paris' AS DATE)"


@compiles(day_in_paris, "sqlite")
def _day_sqlite(element: day_in_paris, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401  signature set by SQLAlchemy
    (at,) = _parts(element, compiler, options)
    return f"date({_wall_clock(at)})"


def _wall_clock(at: str) -> str:
    """Return the arguments with which SQLite, which knows no time zones, tells the time of an instant in Paris.

    Summer time runs from the last Sunday of March to that of October, both at 01:00 UTC (directive 2000/84/CE).
    Fractions are cut off first: SQLite would round 23:59:59.9995 up.
    """
    starts, ends = (
        f"date(strftime('%Y', {at}) || '{day}', '-6 days', 'weekday 0') || ' 01:00:00'" for day in ("-03-31", "-10-31")
    )
    # The month alone says it but twice a year: working out Sundays takes longer than all the rest.
    month = f"substr({at}, 6, 2)"
    return (
        f"substr({at}, 1, 19), CASE WHEN {month} BETWEEN '04' AND '09' THEN '+2 hours' "
        f"WHEN {month} IN ('03', '10') AND {at} >= {starts} AND {at} < {ends} THEN '+2 hours' ELSE '+1 hours' END"
    )


@compiles(whole_hours_between, "postgresql")
def _hours_postgresql(element: whole_hours_between, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401  signature set by SQLAlchemy
    first, second = _parts(element, compiler, options)
    seconds = f"(floor(extract(epoch FROM {second})) - floor(extract(epoch FROM {first})))"
    return f"CAST(greatest(0, floor({seconds} / 3600)) AS INTEGER)"


@compiles(whole_hours_between, "sqlite")
def _hours_sqlite(element: whole_hours_between, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401  signature set by SQLAlchemy
    first, second = _parts(element, compiler, options)
    # Of two whole numbers SQLite's quotient is whole.
    return f"max(0, (strftime('%s', {second}) - strftime('%s', {first})) / 3600)"


@compiles(weekday_of, "postgresql")
def _weekday_postgresql(element: weekday_of, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401  signature set by SQLAlchemy
    (day,) = _parts(element, compiler, options)
    return f"(CAST(extract(isodow FROM {day}) AS INTEGER) - 1)"


@compiles(weekday_of, "sqlite")
def _weekday_sqlite(element: weekday_of, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401  signature set by SQLAlchemy
    (day,) = _parts(element, compiler, options)
    return f"((strftime('%w', {day}) + 6) % 7)"


@compiles(written_in_paris, "postgresql")
def _written_postgresql(element: written_in_paris, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401  signature set by SQLAlchemy
    (at,) = _parts(element, compiler, options)
    return f"to_char({at} AT TIME ZONE 'Europe/Paris', 'DD/MM/YYYY HH24:MI:SS')"


@compiles(written_in_paris, "sqlite")
def _written_sqlite(element: written_in_paris, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401  signature set by SQLAlchemy
    (at,) = _parts(element, compiler, options)
    return f"strftime('%d/%m/%Y %H:%M:%S', {_wall_clock(at)})"
