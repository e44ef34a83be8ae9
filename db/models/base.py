"""What every table shares: names of constraints, portable types, defaults that hold for any writer."""

import datetime as dt
from collections.abc import Iterable
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

#: A big integer key that SQLite still numbers by itself.
BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Json = sa.JSON().with_variant(JSONB(), "postgresql")


class UtcDateTime(sa.types.TypeDecorator[dt.datetime]):
    """An aware UTC instant. SQLite drops time zones, so it is stored naive there and made aware on the way out."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        """Refuse naive instants; store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"an instant needs a time zone: {value!r}")
        utc = value.astimezone(dt.UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:  # noqa: ARG002  the base class passes it
        """Return an aware UTC instant."""
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


class EnumText(sa.types.TypeDecorator[StrEnum]):
    """A ``StrEnum`` stored as its value in a text column; ``one_of`` adds the CHECK that names the allowed values."""

    impl = sa.Text
    cache_ok = True

    def __init__(self, enum: type[StrEnum]) -> None:
        super().__init__()
        self.enum = enum

    def process_bind_param(self, value: StrEnum | str | None, dialect: Dialect) -> str | None:  # noqa: ARG002  the base class passes it
        """Store the value; an unknown one is refused before it reaches the database."""
        return None if value is None else self.enum(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:  # noqa: ARG002  the base class passes it
        """Return the enum's member."""
        return None if value is None else self.enum(value)


def sql_list(values: Iterable[str]) -> str:
    """Return values of our own enums as a SQL list, in a stable order, for constraints and index predicates."""
    return ", ".join(f"'{value}'" for value in sorted(values))


def one_of(column: str, values: Iterable[StrEnum]) -> sa.CheckConstraint:
    """Return the CHECK that a text column holds one of an enum's values."""
    return sa.CheckConstraint(f"{column} IN ({sql_list(values)})", name=f"{column}_allowed")


def not_negative(*columns: str) -> list[sa.CheckConstraint]:
    """Return one CHECK per column that its value is never below zero."""
    return [sa.CheckConstraint(f"{column} >= 0", name=f"{column}_not_negative") for column in columns]


class now_utc(FunctionElement[dt.datetime]):  # noqa: N801  it reads as the SQL function it renders
    """Server default: the present instant in the format each database stores instants in."""

    type = sa.DateTime(timezone=True)
    inherit_cache = True


@compiles(now_utc, "postgresql")
def _now_postgresql(element: now_utc, compiler: SQLCompiler, **_: Any) -> str:  # noqa: ANN401, ARG001  signature set by SQLAlchemy
    return "now()"


@compiles(now_utc, "sqlite")
def _now_sqlite(element: now_utc, compiler: SQLCompiler, **_: Any) -> str:  # noqa: ANN401, ARG001  signature set by SQLAlchemy
    return "(strftime('%Y-%m-%d %H:%M:%f000', 'now'))"


class Base(DeclarativeBase):
    """Base of all tables."""

    metadata = sa.MetaData(naming_convention=NAMING_CONVENTION)
    type_annotation_map = {  # noqa: RUF012  SQLAlchemy reads this class attribute
        int: sa.BigInteger(),
        str: sa.Text(),
        dt.datetime: UtcDateTime(),
        dt.date: sa.Date(),
        dict[str, Any]: Json,
        dict[str, str]: Json,
        list[dict[str, str]]: Json,
        list[dict[str, Any]]: Json,
    }
