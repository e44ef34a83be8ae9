"""What every job is given, and the helper for jobs that are one kind of step over and over."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.time import utc_now
from db.engine import reading, transaction


@dataclass(frozen=True, slots=True)
class Run:
    """One run of one job: on which database, in which worker, and whether that worker is asked to stop.

    A job is a function ``def job(run: Run) -> int``: it does what is due, one small transaction at a time, until
    nothing more is or until ``run.stopping``, and returns how many things it did. It is safe to run it twice, at once
    or after one was killed: what it did is in the database and nowhere else.
    """

    engine: sa.Engine
    #: Unique among processes and machines: what claims carry.
    worker: str
    stop: Event

    @property
    def stopping(self) -> bool:
        """Tell whether the worker is asked to stop: finish what is under way and begin nothing new."""
        return self.stop.is_set()


@dataclass(frozen=True, slots=True)
class Step:
    """What one transaction of a job did, and whether more is due at once."""

    done: int
    more: bool = False


def in_steps(
    step: Callable[[Session, dt.datetime], Step], *, is_due: Callable[[Session], bool] | None = None
) -> Callable[[Run], int]:
    """Return the job that takes one step after the other, each a transaction, until nothing more is due.

    Args:
        step: One bounded piece of work in the session it is given.
        is_due: A look beforehand, which takes no lock: on SQLite a transaction keeps every other writer waiting, too
            much for a job that finds nothing to do every other second.
    """

    def job(run: Run) -> int:
        if is_due is not None:
            with reading(run.engine) as session:
                if not is_due(session):
                    return 0
        done, more = 0, True
        while more and not run.stopping:
            with transaction(run.engine) as session:
                taken = step(session, utc_now())
            done, more = done + taken.done, taken.more
        return done

    return job
