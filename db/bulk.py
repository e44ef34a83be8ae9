"""Fast loading of many rows, all of them or none: one transaction in which triggers and indexes stand aside.

Row by row, triggers and indexes cost many times the rows themselves. Here they are taken off, the rows go in by
COPY (PostgreSQL) or ``executemany`` (SQLite), and what they would have done is done once at the end. All of it is
one transaction on both databases, so a process that dies half-way leaves the database as it was, triggers included.
"""

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain
from operator import itemgetter
from typing import Any, Protocol

import psycopg
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.models import (
    Base,
    Customer,
    DailySales,
    Document,
    LedgerEntry,
    Order,
    OrderAddress,
    OrderLine,
    OrderSearch,
    Payment,
    PointsMovement,
    Product,
    Return,
    Shipment,
    StaleDay,
    StockMovement,
)
from db.models.base import EnumText
from db.services.derived import open_balances, rebuild_daily_sales
from db.services.figures import note_every_day

#: Tables whose triggers stand aside: ``_Target.resume`` and db/services/derived.py do their work afterwards.
_WITH_TRIGGERS = tuple(
    model.__tablename__
    for model in (
        Order,
        OrderLine,
        OrderAddress,
        OrderSearch,
        Payment,
        Shipment,
        Return,
        Document,
        LedgerEntry,
        Customer,
        PointsMovement,
        Product,
        StockMovement,
    )
)
_WRITTEN_AFTERWARDS = {model.__tablename__ for model in (DailySales, PointsMovement, StaleDay, StockMovement)}
#: What the trigger ``orders_fill`` fills in; nobody does it during a bulk load.
_FILLED_BY_TRIGGER = {Order.__tablename__: {"number", "placed_on"}}

_Values = Iterator[tuple[object, ...]]


class BulkLoad:
    """Rows on their way in; handed out by ``bulk_load``."""

    def __init__(self, connection: sa.Connection, target: "_Target") -> None:
        self._connection = connection
        self._target = target
        self.tables: set[str] = set()

    def insert(self, model: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert rows that all have the same keys; a column that is left out takes its default.

        Args:
            model: The table.
            rows: Column name → value as the model knows it (aware instants, enum members, dictionaries for JSON).

        Raises:
            ValueError: The rows do not all have the same keys, or orders lack what their trigger would fill in.
        """
        if not rows:
            return
        table = Base.metadata.tables[model.__tablename__]
        names = list(rows[0])
        if any(len(row) != len(names) for row in rows):
            raise ValueError(f"rows for {table.name} differ in their columns")
        if missing := _FILLED_BY_TRIGGER.get(table.name, set()) - set(names):
            raise ValueError(f"rows for {table.name} must give {sorted(missing)}")
        self._target.write(table.name, names, self._stored(table, names, rows))
        self.tables.add(table.name)

    def is_empty(self, model: type[Base]) -> bool:
        """Tell whether a table has no row yet, as this transaction sees it."""
        return not self._connection.scalar(sa.select(sa.exists(sa.select(model))))

    def _stored(self, table: sa.Table, names: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> _Values:
        """Return the rows as the driver stores them, converted column by column with SQLAlchemy's own converters."""
        columns = []
        for name in names:
            values = map(itemgetter(name), rows)
            columns.append(_stored_values(table.c[name].type, self._target.dialect, values))
        return zip(*columns, strict=True)


class _Target(Protocol):
    """What the two databases do in their own way."""

    dialect: sa.Dialect

    def suspend(self, *, indexes: bool) -> None: ...
    def write(self, table: str, columns: Sequence[str], rows: _Values) -> None: ...
    def resume(self, loaded: set[str]) -> None: ...
    def tidy(self, loaded: set[str]) -> None: ...


@contextmanager
def bulk_load(engine: sa.Engine, *, rebuild_indexes: bool = False) -> Iterator[BulkLoad]:
    """Open a transaction for many rows, with triggers standing aside; commit it at the end, or nothing.

    Args:
        engine: A migrated database. Other writers wait until the load is over.
        rebuild_indexes: Also take secondary indexes and foreign keys off and build them again at the end. It pays
            when the load is larger than what is already there; readers wait as well then.
    """
    with engine.connect() as connection:
        target: _Target = (_Sqlite if engine.dialect.name == "sqlite" else _Postgresql)(connection)
        load = BulkLoad(connection, target)
        with connection.begin():
            target.suspend(indexes=rebuild_indexes)
            yield load
            with Session(connection) as session:
                open_balances(session)
            target.resume(load.tables)
            if Order.__tablename__ in load.tables:
                with Session(connection) as session:
                    rebuild_daily_sales(session)
                    note_every_day(session)
                    session.flush()
        target.tidy(load.tables | _WRITTEN_AFTERWARDS)


def _stored_values(kind: sa.types.TypeEngine[Any], dialect: sa.Dialect, values: Iterable[Any]) -> Iterable[object]:
    """Return a column's values as the driver stores them."""
    if isinstance(kind, sa.JSON):
        # A None here is SQL's NULL, as in a row that leaves the column out; both drivers take JSON as text.
        return _converted_once(values, lambda value: None if value is None else json.dumps(value))
    convert = kind.dialect_impl(dialect).bind_processor(dialect)
    if convert is None:
        return values
    return _converted_once(values, convert) if isinstance(kind, EnumText) else map(convert, values)


def _converted_once(values: Iterable[Any], convert: Callable[[Any], object]) -> Iterable[object]:
    """Convert each object once: rows share enum members, and the dictionaries of attributes."""
    known = list(values)
    stored = {identity: convert(value) for identity, value in {id(value): value for value in known}.items()}
    return [stored[id(value)] for value in known]


class _Sqlite:
    """DDL is transactional here too: dropped triggers and indexes come back with a rollback."""

    def __init__(self, connection: sa.Connection) -> None:
        self.dialect = connection.dialect
        self._driver: sqlite3.Connection = connection.connection.driver_connection  # type: ignore[assignment]
        self._recreate: list[str] = []
        # A large load wants a larger cache, but not the whole file in memory, and room on disk to sort indexes in.
        # Nobody else gets this connection.
        connection.detach()
        for pragma in ("cache_size=-262144", "mmap_size=0", "temp_store=FILE"):
            self._driver.execute(f"PRAGMA {pragma}")

    def suspend(self, *, indexes: bool) -> None:
        kinds = ("trigger", "index") if indexes else ("trigger",)
        for kind, name, table, statement in self._driver.execute(
            "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE type IN ('trigger', 'index') AND sql IS NOT NULL"
        ).fetchall():
            if kind not in kinds or (kind == "trigger" and table not in _WITH_TRIGGERS):
                continue
            self._driver.execute(f'DROP {kind} "{name}"')
            self._recreate.append(statement)

    def write(self, table: str, columns: Sequence[str], rows: _Values) -> None:
        names = ", ".join(f'"{column}"' for column in columns)
        marks = ", ".join("?" * len(columns))
        self._driver.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', rows)  # noqa: S608  names of our own tables and columns

    def resume(self, loaded: set[str]) -> None:
        for statement in self._recreate:
            self._driver.execute(statement)
        if OrderSearch.__tablename__ in loaded:
            self._driver.execute("INSERT INTO order_search_fts (order_search_fts) VALUES ('rebuild')")
        if Customer.__tablename__ in loaded:
            self._driver.execute("INSERT INTO customer_fts (customer_fts) VALUES ('rebuild')")

    def tidy(self, loaded: set[str]) -> None:  # noqa: ARG002  SQLite analyses the whole file
        self._driver.execute("ANALYZE")
        self._driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")


_POSTGRESQL_INDEXES = """
    SELECT format('DROP INDEX %s', i.indexrelid::regclass), pg_get_indexdef(i.indexrelid)
    FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
    WHERE c.relnamespace = current_schema()::regnamespace
      AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype <> 'f')
"""
_POSTGRESQL_FOREIGN_KEYS = """
    SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname),
           format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
    FROM pg_constraint
    WHERE contype = 'f' AND connamespace = current_schema()::regnamespace
"""


class _Postgresql:
    def __init__(self, connection: sa.Connection) -> None:
        self.dialect = connection.dialect
        self._driver: psycopg.Connection[Any] = connection.connection.driver_connection  # type: ignore[assignment]
        self._connection = connection
        self._recreate: list[str] = []

    def suspend(self, *, indexes: bool) -> None:
        for table in _WITH_TRIGGERS:
            self._run(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        if indexes:
            self._run("SET LOCAL maintenance_work_mem = '256MB'")
            found = chain(self._rows(_POSTGRESQL_INDEXES), self._rows(_POSTGRESQL_FOREIGN_KEYS))
            for drop, create in list(found):
                self._run(drop)
                self._recreate.append(create)

    def write(self, table: str, columns: Sequence[str], rows: _Values) -> None:
        names = ", ".join(f'"{column}"' for column in columns)
        with self._driver.cursor() as cursor, cursor.copy(f'COPY "{table}" ({names}) FROM STDIN'.encode()) as copy:
            for row in rows:
                copy.write_row(row)

    def resume(self, loaded: set[str]) -> None:
        for statement in self._recreate:
            self._run(statement)
        for table in _WITH_TRIGGERS:
            self._run(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        for table in sorted(loaded):
            self._continue_sequence(table)

    def _continue_sequence(self, table: str) -> None:
        column = next(iter(Base.metadata.tables[table].primary_key))
        for (sequence,) in self._rows(f"SELECT pg_get_serial_sequence('{table}', '{column.name}')"):
            if sequence is not None:
                # Never backwards: a number that was given once is not given again.
                self._run(
                    f"SELECT setval('{sequence}', greatest((SELECT max({column.name}) FROM {table}), last_value))"  # noqa: S608  as above
                    f" FROM {sequence}"
                )

    def tidy(self, loaded: set[str]) -> None:
        # VACUUM marks the new pages all-visible: without it no index-only scan until autovacuum comes by.
        self._driver.autocommit = True
        self._run(f"VACUUM (ANALYZE) {', '.join(sorted(loaded))}")
        self._driver.autocommit = False

    def _run(self, statement: str) -> None:
        self._driver.execute(statement.encode())

    def _rows(self, statement: str) -> list[tuple[Any, ...]]:
        return self._driver.execute(statement.encode()).fetchall()
