"""One engine per process and the two ways to use it: ``reading()`` and ``transaction()``.

Commit happens here only, at the edge: one click or one job item is one transaction.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from db.domain.closing import REFUSAL_MARK, MonthClosedError
from db.services.lost import DATABASE_LOST
from db.settings import settings

__all__ = ["DATABASE_LOST", "engine", "make_engine", "reading", "transaction"]

_SQLITE_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=NORMAL",
    "foreign_keys=ON",
    "busy_timeout=30000",
    "cache_size=-65536",
    "mmap_size=1073741824",
    "temp_store=MEMORY",
)


def make_engine(url: str) -> sa.Engine:
    """Return an engine for SQLite or PostgreSQL with the settings both need to lose no update.

    Args:
        url: ``sqlite:///path`` or ``postgresql://…`` (psycopg 3).
    """
    parsed = make_url(url)
    engine = _sqlite_engine(parsed) if parsed.get_backend_name() == "sqlite" else _postgresql_engine(parsed)
    sa.event.listen(engine, "handle_error", _name_refusals)
    return engine


def _name_refusals(context: sa.ExceptionContext) -> None:
    """Let what the database itself refuses about a closed month reach people as a sentence, wherever it is met."""
    if REFUSAL_MARK in str(context.original_exception):
        raise MonthClosedError from context.original_exception


def _postgresql_engine(url: sa.URL) -> sa.Engine:
    if url.drivername in {"postgres", "postgresql"}:
        url = url.set(drivername="postgresql+psycopg")
    return sa.create_engine(url, pool_pre_ping=True, pool_size=10, max_overflow=20, connect_args={"connect_timeout": 5})


def _sqlite_engine(url: sa.URL) -> sa.Engine:
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(url, connect_args={"timeout": 30}, pool_size=10, max_overflow=20)

    @sa.event.listens_for(engine, "connect")
    def _configure(connection: sqlite3.Connection, _record: ConnectionPoolEntry) -> None:
        connection.isolation_level = None  # We emit BEGIN ourselves, below.
        for pragma in _SQLITE_PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        # A deferred BEGIN that writes later loses to « database is locked » at random; readers need no lock.
        readonly = connection.get_execution_options().get("readonly", False)
        connection.exec_driver_sql("BEGIN" if readonly else "BEGIN IMMEDIATE")

    return engine


@lru_cache(maxsize=1)
def engine() -> sa.Engine:
    """Return the process's engine for ``DATABASE_URL``."""
    return make_engine(settings().database_url)


@contextmanager
def reading(bind: sa.Engine | None = None, *, at_one_instant: bool = False) -> Iterator[Session]:
    """Open a session for queries; nothing it does is kept.

    Args:
        bind: The engine; the process's own by default.
        at_one_instant: Whether all its queries see the database as the first one did, whatever others commit in
            between: SQLite always does so, PostgreSQL where it is asked to.
    """
    bind = bind or engine()
    options = {"isolation_level": "REPEATABLE READ"} if at_one_instant and bind.dialect.name == "postgresql" else {}
    with (
        bind.connect().execution_options(readonly=True, **options) as connection,
        Session(connection) as session,
    ):
        yield session


@contextmanager
def transaction(bind: sa.Engine | None = None) -> Iterator[Session]:
    """Open a session whose work is committed at the end, or not at all."""
    with Session(bind or engine()) as session, session.begin():
        yield session
