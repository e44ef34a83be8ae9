"""One worker process: it says that it is there, and lets the engine of its database run the jobs."""

import os
import secrets
import socket
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from threading import Event, Thread

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.time import utc_now
from db.engine import DATABASE_LOST, engine, transaction
from db.services.work import worker_left, worker_seen
from jobs.embedded import run_embedded
from jobs.queued import run_queued
from jobs.run import Run
from jobs.runner import Runner
from jobs.table import Job

_BEAT_SECONDS = 5.0
_ENGINES = {"sqlite": run_embedded, "postgresql": run_queued}


def worker_name() -> str:
    """Return a name that no other worker has, now or later, on any machine."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"


class Worker:
    """All jobs of a table, each when it is due, in threads of this process."""

    def __init__(self, jobs: Iterable[Job], *, bind: sa.Engine | None = None) -> None:
        self._jobs = tuple(jobs)
        self._runner = Runner(Run(bind or engine(), worker_name(), Event()))

    @property
    def name(self) -> str:
        """Return the name that its claims carry."""
        return self._runner.run.worker

    def stop(self) -> None:
        """Have ``run`` return once the steps that are under way are committed; safe in a signal handler."""
        self._runner.run.stop.set()

    def run(self) -> None:
        """Run the jobs until ``stop``."""
        with _present(self._runner.run):
            _ENGINES[self._runner.run.engine.dialect.name](self._jobs, self._runner)


@contextmanager
def _present(run: Run) -> Iterator[None]:
    """Write that the worker is there, again and again in a thread of its own; at the end, that it has left."""
    thread = Thread(target=_beat, args=[run], daemon=True)
    thread.start()
    try:
        yield
    finally:
        run.stop.set()  # However the engine ended.
        thread.join()
        _write(run, worker_left)


def _beat(run: Run) -> None:
    _write(run, worker_seen)
    while not run.stop.wait(_BEAT_SECONDS):
        _write(run, worker_seen)


def _write(run: Run, what: Callable[[Session, str, datetime], None]) -> None:
    # A database that is away for a while silences a worker; it must not end it.
    with suppress(*DATABASE_LOST), transaction(run.engine) as session:
        what(session, run.worker, utc_now())
