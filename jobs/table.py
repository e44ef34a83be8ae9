"""The one table of jobs: add a row here and every engine runs it.

Today's engine is APScheduler in one process (``worker.py``). With the e-mails comes procrastinate on PostgreSQL, for
any number of workers; it will read this same table.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from jobs.upkeep import Step, compact_sales, complete_orders, purge_access


@dataclass(frozen=True, slots=True)
class Job:
    """A name, when it runs, what it does in words, and the function that takes its next step."""

    name: str
    #: Six fields: minute, hour, day, month, weekday, second; instants are UTC.
    cron: str
    title: str
    step: Callable[[Session, dt.datetime], Step]


JOBS = (
    Job("complete-orders", "* * * * * */5", "Compléter les commandes écrites par la boutique", complete_orders),
    Job("compact-sales", "17 * * * * 0", "Réunir les lignes des ventes par jour", compact_sales),
    Job("purge-access", "40 2 * * * 0", "Oublier les sessions et les liens d’accès périmés", purge_access),
)


def job_named(name: str) -> Job | None:
    """Return the job of that name."""
    return next((job for job in JOBS if job.name == name), None)
