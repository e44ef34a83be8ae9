"""Ten thousand orders that a shop writes at once, taken in by a worker while staff use the grid."""

import datetime as dt
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import sqlalchemy as sa

from db import schema
from db.domain.order_filter import OrderFilter, OrderSort
from db.engine import make_engine, reading
from db.models import Order, OutboxMessage
from db.queries.calendar import month_sales
from db.queries.order_grid import count_orders, order_rows
from tests.bench.data import FOLDER, ROOT, TODAY
from tests.bench.operations import STAFF
from tests.postgres import ThrowAwayPostgres

GROUP = "intake"
ORDERS = 10_000
_DEMO_ORDERS = 10_000
_DAY = dt.date.fromisoformat(TODAY)
_LOOK_EVERY_S = 0.1
_LOOKS_AT_REST = 50
_GIVE_UP_AFTER_S = 600


def report_sqlite() -> None:
    """Measure on the embedded database."""
    file = FOLDER / "intake.db"
    for path in FOLDER.glob(f"{file.name}*"):
        path.unlink()
    _report("SQLite", f"sqlite:///{file}")


def report_postgresql(server: ThrowAwayPostgres) -> None:
    """Measure on PostgreSQL."""
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS bench_intake WITH (FORCE)")
        connection.execute("CREATE DATABASE bench_intake")
    _report("PostgreSQL", server.url("bench_intake"))


def _report(title: str, url: str) -> None:
    engine = make_engine(url)
    schema.upgrade(engine)
    _python(url, "-m", "db", "demo", "--orders", str(_DEMO_ORDERS), "--today", TODAY).wait()
    at_rest = [_look(engine) for _ in range(_LOOKS_AT_REST)]
    with _worker(url) as worker:
        began = time.perf_counter()
        shop = _python(url, "-m", "tests.bench.intake_shop", str(ORDERS))
        under_load, written = [], None
        while worker.poll() is None and time.perf_counter() - began < _GIVE_UP_AFTER_S:
            if written is None and shop.poll() is not None:
                written = time.perf_counter() - began
            if written is not None and not _waiting(engine):
                break
            under_load.append(_look(engine))
            time.sleep(_LOOK_EVERY_S)
        shop.kill()
        took = time.perf_counter() - began
    with reading(engine) as session:
        left = session.scalar(sa.select(sa.func.count()).where(Order.intake_at.is_(None)))
        told = session.scalar(sa.select(sa.func.count()).where(OutboxMessage.event == "intake"))
    engine.dispose()
    print(f"\n{title}: {GROUP}, {ORDERS:,} orders written at once by a shop, {told:,} e-mails and SMS queued")  # noqa: T201  part of a command line
    print(_pace(written, took, left))  # noqa: T201  as above
    for name, times in (("at rest", at_rest), ("meanwhile", under_load)):
        print(f"grid, counter and month, {name}".ljust(38), f"median {statistics.median(times):6.1f} ms",  # noqa: T201  as above
              f"p95 {_p95(times):6.1f} ms  ({len(times)} looks)")  # fmt: skip


def _pace(written: float | None, took: float, left: int) -> str:
    """Say how long writing and taking in took, or that we gave up: the time is over, or the worker has ended."""
    if written is None:
        return f"GIVEN UP after {took:.0f} s: the shop is not done writing, {left:,} orders are not taken in"
    wrote = f"written in {written:.1f} s ({ORDERS / written:.0f} /s)"
    if left:
        return f"{wrote}; GIVEN UP after {took:.0f} s: {left:,} are not taken in"
    return f"{wrote}, the last taken in {took - written:.1f} s later"


def _look(engine: sa.Engine) -> float:
    """Do what a colleague's click on the grid and on the calendar asks; return the milliseconds."""
    began = time.perf_counter()
    with reading(engine) as session:
        count = count_orders(session, STAFF, OrderFilter(), _DAY)
        order_rows(session, STAFF, OrderFilter(), OrderSort(), count, _DAY, page=1, page_size=50)
        month_sales(session, STAFF, _DAY.replace(day=1), currency="EUR", today=_DAY)
    return (time.perf_counter() - began) * 1_000


def _waiting(engine: sa.Engine) -> bool:
    with reading(engine) as session:
        return session.scalar(sa.select(Order.id).where(Order.intake_at.is_(None)).limit(1)) is not None


def _p95(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.95)]


def _python(url: str, *arguments: str) -> subprocess.Popen[bytes]:
    environment = os.environ | {"DATABASE_URL": url}
    return subprocess.Popen([sys.executable, *arguments], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)


@contextmanager
def _worker(url: str) -> Iterator[subprocess.Popen[bytes]]:
    worker = _python(url, "-m", "jobs")
    try:
        yield worker
    finally:
        worker.terminate()
        worker.wait()
