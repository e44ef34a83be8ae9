"""Today's jobs, each a thin call of a service that does what is due.

A job takes one *step* at a time: one bounded piece of work in the session it is given, which the runner commits. As
long as a step says there is more, the runner calls again, so that a killed worker loses one step at most.
"""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from db.services.access import purge
from db.services.derived import compact_daily_sales, complete_new_orders

#: Orders completed in one transaction: some 100 ms, during which SQLite's other writers wait.
INTAKE_BATCH = 500


@dataclass(frozen=True, slots=True)
class Step:
    """What one call of a job did, and whether more is due at once."""

    done: int
    more: bool = False


def complete_orders(session: Session, now: dt.datetime) -> Step:
    """Complete orders that the shop wrote without their derived columns."""
    done = complete_new_orders(session, now, limit=INTAKE_BATCH)
    return Step(done, more=done == INTAKE_BATCH)


def compact_sales(session: Session, now: dt.datetime) -> Step:  # noqa: ARG001  every job takes the same arguments
    """Merge the rows that orders have appended to the daily sales."""
    return Step(compact_daily_sales(session))


def purge_access(session: Session, now: dt.datetime) -> Step:
    """Forget sessions, links and sign-in attempts that can no longer be used."""
    purge(session, now)
    return Step(0)
