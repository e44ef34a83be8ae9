"""Databases of 10,000, 100,000 and 1,000,000 demo orders, made once and kept in ``.bench/``."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import sqlalchemy as sa

from db import schema
from db.engine import make_engine
from db.models import Order
from tests.postgres import ThrowAwayPostgres

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / ".bench"
SIZES = (10_000, 100_000, 1_000_000)
#: Demo data is relative to a day: a fixed one, so that two runs of the bench look at the same rows.
TODAY = "2026-11-21"

_SERVER_OPTIONS = ["-c", "max_connections=50", "-c", "shared_buffers=512MB", "-c", "work_mem=16MB"]


@contextmanager
def postgres_server() -> Iterator[ThrowAwayPostgres]:
    """Start the bench's own PostgreSQL on the data kept from earlier runs, with full durability."""
    FOLDER.mkdir(exist_ok=True)
    server = ThrowAwayPostgres(_SERVER_OPTIONS, folder=FOLDER / "pg")
    try:
        yield server
    finally:
        server.stop(keep=True)


def sqlite_url(orders: int) -> str:
    """Return the URL of the SQLite database of that many orders."""
    return f"sqlite:///{FOLDER / f'demo-{orders}.db'}"


def postgres_url(server: ThrowAwayPostgres, orders: int) -> str:
    """Return the URL of the PostgreSQL database of that many orders, which exists afterwards."""
    name = f"bench_{orders}"
    with psycopg.connect(server.url(), autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            connection.execute(f'CREATE DATABASE "{name}"'.encode())
    return server.url(name)


def loaded(url: str, orders: int) -> sa.Engine:
    """Return an engine on a database that holds that many demo orders, loading them first where they are missing."""
    engine = make_engine(url)
    if schema.revision_of(engine) is not None:
        schema.upgrade(engine)  # It may have been made for an older one.
    if _order_count(engine) == 0:
        print(f"loading {orders:,} demo orders into {engine.url.render_as_string()} …", flush=True)  # noqa: T201  part of a command line
        command = [sys.executable, "-m", "db", "demo", "--orders", str(orders), "--today", TODAY]
        subprocess.run(command, check=True, cwd=ROOT, env=os.environ | {"DATABASE_URL": url})
    return engine


def _order_count(engine: sa.Engine) -> int:
    if schema.revision_of(engine) is None:
        return 0
    with engine.connect() as connection:
        return len(connection.execute(sa.select(Order.id).limit(1)).all())
