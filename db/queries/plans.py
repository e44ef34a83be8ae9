"""The few hints that make both databases choose the plan a query was written for."""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler


def materialized(select: sa.Select[*tuple[Any, ...]], name: str) -> sa.CTE:
    """Return the select as a CTE that is run first and by itself, whatever is joined or sorted around it."""
    return (
        select.cte(name).prefix_with("MATERIALIZED", dialect="postgresql").prefix_with("MATERIALIZED", dialect="sqlite")
    )


def literally(values: Iterable[StrEnum]) -> sa.BindParameter[Any]:
    """Return values for an IN list that are written out, not bound, in the order of ``sql_list``.

    SQLite recognises a partial index by the very words of its condition.
    """
    return sa.bindparam(None, sorted(values), expanding=True, literal_execute=True, unique=True)


def literal_of(value: StrEnum) -> sa.BindParameter[Any]:
    """Return a value to compare with that is written out, not bound: ``literally`` for « = » in place of « IN »."""
    return sa.bindparam(None, value, literal_execute=True, unique=True)


class not_indexed(sa.ColumnElement[bool]):  # noqa: N801  it reads as the SQL function it is
    """A condition to check on each row, never a reason to choose an index.

    SQLite without statistics on values takes the first index that fits an IN list, and then sorts hundreds of
    thousands of rows; PostgreSQL estimates well, and gets the condition as it is.
    """

    inherit_cache = True
    type = sa.Boolean()
    _traverse_internals = [("condition", sa.sql.visitors.InternalTraversal.dp_clauseelement)]  # noqa: RUF012  SQLAlchemy's caching protocol

    def __init__(self, condition: sa.ColumnExpressionArgument[bool]) -> None:
        self.condition = sa.and_(condition)


@compiles(not_indexed)
def _plain(element: not_indexed, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401  signature set by SQLAlchemy
    return f"({compiler.process(element.condition, **options)})"  # An « OR » inside stays inside.


@compiles(not_indexed, "sqlite")
def _likely(element: not_indexed, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401  signature set by SQLAlchemy
    return f"+({compiler.process(element.condition, **options)})"


class no_reason(sa.ColumnElement[bool]):  # noqa: N801  it reads as the SQL function it is
    """A condition that a partial index states too: it lets the index be used, and is no reason to use another one.

    SQLite would take the index on the condition's own column, because it is an equality and the rest is a range.
    """

    inherit_cache = True
    type = sa.Boolean()
    _traverse_internals = [("condition", sa.sql.visitors.InternalTraversal.dp_clauseelement)]  # noqa: RUF012  SQLAlchemy's caching protocol

    def __init__(self, condition: sa.ColumnExpressionArgument[bool]) -> None:
        self.condition = sa.and_(condition)

    def self_group(self, against: Any = None) -> "no_reason":  # noqa: ANN401, ARG002  signature set by SQLAlchemy
        """Stay as it is: with the « = 1 » of SQLite's booleans it would not be the index's own words."""
        return self


@compiles(no_reason)
def _as_it_is(element: no_reason, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401  signature set by SQLAlchemy
    return f"({compiler.process(element.condition, **options)})"


@compiles(no_reason, "sqlite")
def _nearly_always(element: no_reason, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401  signature set by SQLAlchemy
    return f"likely({compiler.process(element.condition, **options)})"


def in_index_words(parts: Sequence[str]) -> list[sa.ColumnElement[bool]]:
    """Return the conditions of a partial index in its own words, of which none but the index itself is a reason.

    Args:
        parts: The parts that the index's condition joins by AND.
    """
    return [no_reason(sa.text(part)) for part in parts]


class among(sa.ColumnElement[bool]):  # noqa: N801  it reads as the SQL it is
    """Tell whether a column is among the values of a select, which is run first and by itself.

    PostgreSQL would rather read a million rows and look each up than believe that the select names few of them.
    """

    inherit_cache = True
    type = sa.Boolean()
    _traverse_internals = [  # noqa: RUF012  SQLAlchemy's caching protocol
        ("column", sa.sql.visitors.InternalTraversal.dp_clauseelement),
        ("values", sa.sql.visitors.InternalTraversal.dp_clauseelement),
    ]

    def __init__(self, column: sa.SQLColumnExpression[int], values: sa.Select[int]) -> None:
        self.column = sa.type_coerce(column, sa.BigInteger)
        self.values = values.scalar_subquery()

    def self_group(self, against: Any = None) -> "among":  # noqa: ANN401, ARG002  signature set by SQLAlchemy
        """Stay as it is: written as « … = 1 », which is what SQLite's booleans become, it would use no index."""
        return self


@compiles(among, "postgresql")
def _any_of_array(element: among, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401  signature set by SQLAlchemy
    return f"{compiler.process(element.column, **options)} = ANY (ARRAY{compiler.process(element.values, **options)})"


@compiles(among, "sqlite")
def _in_select(element: among, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401  signature set by SQLAlchemy
    return f"{compiler.process(element.column, **options)} IN {compiler.process(element.values, **options)}"


class holds(sa.ColumnElement[bool]):  # noqa: N801  it reads as the SQL function it is
    """Tell whether a text holds another, letter by letter; no index is ever asked, unlike with LIKE."""

    inherit_cache = True
    type = sa.Boolean()
    _traverse_internals = [  # noqa: RUF012  SQLAlchemy's caching protocol
        ("text", sa.sql.visitors.InternalTraversal.dp_clauseelement),
        ("part", sa.sql.visitors.InternalTraversal.dp_clauseelement),
    ]

    def __init__(self, text: sa.SQLColumnExpression[str], part: str) -> None:
        self.text = sa.type_coerce(text, sa.Text)
        self.part = sa.literal(part, sa.Text)


@compiles(holds, "postgresql")
def _strpos(element: holds, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401  signature set by SQLAlchemy
    return f"strpos({compiler.process(element.text, **options)}, {compiler.process(element.part, **options)}) > 0"


@compiles(holds, "sqlite")
def _instr(element: holds, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401  signature set by SQLAlchemy
    return f"instr({compiler.process(element.text, **options)}, {compiler.process(element.part, **options)}) > 0"
