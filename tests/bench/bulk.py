"""Bulk moves with rules, history and e-mails queued, as the worker does them, and how they are taken back."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event

import psycopg
import sqlalchemy as sa

from db import schema
from db.domain.actor import Actor
from db.domain.moves import Move
from db.domain.orders import OrderStatus
from db.domain.permissions import Role
from db.domain.time import utc_now
from db.engine import make_engine, reading, transaction
from db.models import Order, OutboxMessage, Task
from db.services.bulk_actions import plan
from db.services.tasks import start_task, undo_task
from jobs.run import Run
from jobs.tasks import run_tasks
from tests.bench.data import FOLDER, ROOT, TODAY
from tests.factories import create_person, viewer_for
from tests.postgres import ThrowAwayPostgres

GROUP = "bulk"
SIZES = (1_000, 10_000)
BUDGET_MS_PER_1000 = 2_000
_ORDERS = 12_000
_STEPS = {"dry run": "dry_run", "start": "start", "move": "work", "take back": "take_back"}


def report_sqlite() -> None:
    """Measure on the embedded database."""
    file = FOLDER / "bulk.db"
    for path in FOLDER.glob(f"{file.name}*"):
        path.unlink()
    _report("SQLite", f"sqlite:///{file}")


def report_postgresql(server: ThrowAwayPostgres) -> None:
    """Measure on PostgreSQL."""
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS bench_bulk WITH (FORCE)")
        connection.execute("CREATE DATABASE bench_bulk")
    _report("PostgreSQL", server.url("bench_bulk"))


@dataclass(frozen=True, slots=True)
class _Took:
    milliseconds: float
    statements: int


def _report(title: str, url: str) -> None:
    engine = _filled(url)
    took = {size: _measure(engine, size) for size in SIZES}
    engine.dispose()
    print(f"\n{title}: bulk move with its e-mails queued, ms (and statements)")  # noqa: T201  part of a command line
    print("step".ljust(24), *(f"{size:,} orders".rjust(22) for size in SIZES), "budget".rjust(22), "used".rjust(7))  # noqa: T201  as above
    first, last = SIZES[0], SIZES[-1]
    for step in _STEPS:
        cells = [f"{took[size][step].milliseconds:9.0f} ({took[size][step].statements:6})" for size in SIZES]
        budget = f"{BUDGET_MS_PER_1000} per 1,000" if step == "move" else ""
        used = f"{took[last][step].milliseconds * 1_000 / last / BUDGET_MS_PER_1000:6.0%}" if budget else ""
        growth = took[last][step].milliseconds / took[first][step].milliseconds
        print(step.ljust(24), *(cell.rjust(22) for cell in cells), budget.rjust(22), used.rjust(7), f"×{growth:.1f}")  # noqa: T201  as above


def _filled(url: str) -> sa.Engine:
    engine = make_engine(url)
    schema.upgrade(engine)
    command = [sys.executable, "-m", "db", "demo", "--orders", str(_ORDERS), "--today", TODAY]
    subprocess.run(command, check=True, cwd=ROOT, env=os.environ | {"DATABASE_URL": url}, stdout=subprocess.DEVNULL)
    with transaction(engine) as session:
        session.execute(sa.update(Order).values(status=OrderStatus.PAID))
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text("VACUUM ANALYZE"))
    return engine


def _measure(engine: sa.Engine, size: int) -> dict[str, _Took]:
    action = _BulkMove(engine, size)
    took = {}
    for label, name in _STEPS.items():
        step: Callable[[], None] = getattr(action, name)
        with _counting(engine) as statements:
            started = time.perf_counter()
            step()
            took[label] = _Took(1000 * (time.perf_counter() - started), statements())
    return took


@contextmanager
def _counting(engine: sa.Engine) -> Iterator[Callable[[], int]]:
    count = 0

    def add(*_: object) -> None:
        nonlocal count
        count += 1

    sa.event.listen(engine, "before_cursor_execute", add)
    yield lambda: count
    sa.event.remove(engine, "before_cursor_execute", add)


class _BulkMove:
    """One bulk move, step by step; afterwards the orders are as they were."""

    def __init__(self, engine: sa.Engine, size: int) -> None:
        self._engine = engine
        self._size = size
        with transaction(engine) as session:
            person = create_person(session, Role.ADMIN, email=f"bench-{size}@example.org")
            self._actor = Actor.person(viewer_for(person))
            self._ids = list(session.scalars(sa.select(Order.id).order_by(Order.id).limit(size)))

    def dry_run(self) -> None:
        with reading(self._engine) as session:
            self._plan = plan(session, self._actor, self._ids, Move(OrderStatus.PREPARING), utc_now())

    def start(self) -> None:
        with transaction(self._engine) as session:
            self._task_id = start_task(session, self._actor, self._plan, utc_now())

    def work(self) -> None:
        assert run_tasks(Run(self._engine, "bench", Event())) == self._size
        with reading(self._engine) as session:
            assert session.get_one(Task, self._task_id).done == self._size
            mails = sa.select(sa.func.count()).where(OutboxMessage.task_id == self._task_id)
            assert session.scalar(mails) == len(self._plan.letters)

    def take_back(self) -> None:
        with transaction(self._engine) as session:
            undo_task(session, self._actor, self._task_id, utc_now())
        run_tasks(Run(self._engine, "bench", Event()))
