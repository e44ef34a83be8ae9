"""What every list that can be exported is made of: its columns, each one expression that both databases compute."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler

from db.domain.filter_json import Filter
from db.domain.spreadsheets import Cell
from db.domain.viewer import Viewer

Condition = sa.ColumnExpressionArgument[bool]
#: Who looks, at which filter of this list, on which day: the conditions of its rows; None where there can be none.
Conditions = Callable[[Session, Viewer, Any, dt.date], Sequence[Condition] | None]


@dataclass(frozen=True, slots=True)
class ExportColumn:
    """One column of a list."""

    #: By which requests and schedules name it: it never changes.
    key: str
    title: str
    cell: Cell
    value: sa.SQLColumnExpression[Any]
    #: How wide it is in a workbook, in characters.
    width: int
    #: Whether it is chosen unless somebody chooses otherwise.
    is_usual: bool = True
    #: Whether its sum says something.
    is_summed: bool = False
    #: Whether its texts are words of ours, which are no formulas: nothing is asked of them.
    is_ours: bool = False


@dataclass(frozen=True, slots=True)
class ExportList:
    """One list: its rows, in the order in which the screen shows them."""

    filter_type: type[Filter]
    source: sa.FromClause
    columns: tuple[ExportColumn, ...]
    conditions: Conditions
    #: Of a filter: by what its rows are sorted.
    order: Callable[[Any], Sequence[sa.SQLColumnExpression[Any]]]
    #: Of which currency a row's amounts are; None where it has none.
    currency: sa.SQLColumnExpression[str] | None = None

    def chosen(self, keys: Iterable[str]) -> tuple[ExportColumn, ...]:
        """Return the columns of some keys, in that order; keys that no version knows any more are left out."""
        known = {column.key: column for column in self.columns}
        return tuple(known[key] for key in dict.fromkeys(keys) if key in known)


def text(key: str, title: str, value: sa.SQLColumnExpression[Any], width: int, *, usual: bool = True) -> ExportColumn:
    """Return a column of texts and codes."""
    return ExportColumn(key, title, Cell.TEXT, value, width, is_usual=usual)


def words(key: str, title: str, value: sa.SQLColumnExpression[Any], width: int, *, usual: bool = True) -> ExportColumn:
    """Return a column of what the screen calls the members of an enum: ``label_of``."""
    return ExportColumn(key, title, Cell.TEXT, value, width, is_usual=usual, is_ours=True)


def money(
    key: str, title: str, value: sa.SQLColumnExpression[Any], *, usual: bool = True, summed: bool = True
) -> ExportColumn:
    """Return a column of amounts in cents."""
    return ExportColumn(key, title, Cell.MONEY, value, _WIDTH_OF_MONEY, is_usual=usual, is_summed=summed)


def count(
    key: str, title: str, value: sa.SQLColumnExpression[Any], *, usual: bool = True, summed: bool = True
) -> ExportColumn:
    """Return a column of whole numbers."""
    return ExportColumn(key, title, Cell.COUNT, value, _WIDTH_OF_COUNT, is_usual=usual, is_summed=summed)


def rate(key: str, title: str, value: sa.SQLColumnExpression[Any], *, usual: bool = True) -> ExportColumn:
    """Return a column of rates in basis points."""
    return ExportColumn(key, title, Cell.RATE, value, _WIDTH_OF_COUNT, is_usual=usual)


def day(key: str, title: str, value: sa.SQLColumnExpression[Any], *, usual: bool = True) -> ExportColumn:
    """Return a column of days."""
    return ExportColumn(key, title, Cell.DAY, value, _WIDTH_OF_DAY, is_usual=usual)


def instant(key: str, title: str, value: sa.SQLColumnExpression[Any], *, usual: bool = True) -> ExportColumn:
    """Return a column of instants."""
    return ExportColumn(key, title, Cell.INSTANT, value, _WIDTH_OF_INSTANT, is_usual=usual)


_WIDTH_OF_MONEY, _WIDTH_OF_COUNT, _WIDTH_OF_DAY, _WIDTH_OF_INSTANT = 13, 10, 11, 18


class Labelled(Protocol):
    """A member of an enum that has a name on the screen."""

    @property
    def value(self) -> str:
        """Return what is stored."""

    @property
    def label(self) -> str:
        """Return the label on the screen."""


def label_of(column: sa.SQLColumnExpression[Any], members: Iterable[Labelled]) -> sa.ColumnElement[str]:
    """Return what the screen calls the members of an enum."""
    said = {member.value: member.label for member in members}
    return sa.case(said, value=sa.type_coerce(column, sa.Text), else_="")


def listed(few: sa.Subquery, separator: str) -> sa.ScalarSelect[str]:
    """Return the texts of a select's rows as one: « 2 × Thé vert, 1 × Tasse ».

    Args:
        few: A select of one column, ``item``, in the order in which its rows are told.
        separator: What stands between two of them.
    """
    return sa.select(sa.func.aggregate_strings(few.c.item, separator)).scalar_subquery()


class pairs_of(sa.ColumnElement[str]):  # noqa: N801  it reads as the SQL function it is
    """The names and values of a JSON object, by name: « Couleur : rouge, Taille : M »; nothing of anything else."""

    inherit_cache = True
    type = sa.Text()
    _traverse_internals = [("column", sa.sql.visitors.InternalTraversal.dp_clauseelement)]  # noqa: RUF012  SQLAlchemy's caching protocol

    def __init__(self, column: sa.SQLColumnExpression[Any]) -> None:
        self.column = sa.type_coerce(column, sa.Text)


_PAIR = "key || '\u00a0: ' || value"


@compiles(pairs_of, "postgresql")
def _pairs_postgresql(element: pairs_of, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401  signature set by SQLAlchemy
    column = compiler.process(element.column, **options)
    pairs = f"(SELECT string_agg({_PAIR}, ', ' ORDER BY key) FROM jsonb_each_text({column}))"  # noqa: S608  the names are ours
    return f"CASE WHEN jsonb_typeof({column}) = 'object' THEN {pairs} END"


@compiles(pairs_of, "sqlite")
def _pairs_sqlite(element: pairs_of, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401  signature set by SQLAlchemy
    column = compiler.process(element.column, **options)
    in_order = f"(SELECT key, value FROM json_each({column}) ORDER BY key)"  # noqa: S608  the names are ours
    pairs = f"(SELECT group_concat({_PAIR}, ', ') FROM {in_order})"  # noqa: S608  the names are ours
    return f"CASE WHEN json_valid({column}) AND json_type({column}) = 'object' THEN {pairs} END"
