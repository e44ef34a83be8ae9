"""Run jobs: one of them now, or all of them when they are due until told to stop."""

import logging
from collections.abc import Iterable
from threading import Event

import sqlalchemy as sa
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger

from db.domain.time import utc_now
from db.engine import DATABASE_LOST, transaction
from jobs.table import Job

_log = logging.getLogger(__name__)

#: So that a long job never holds up the intake of orders.
_THREADS = 4


def run_job(job: Job, *, bind: sa.Engine | None = None, stop: Event | None = None) -> int:
    """Take a job's steps, one transaction each, until nothing more is due; return how much was done."""
    done, more = 0, True
    while more and not (stop and stop.is_set()):
        with transaction(bind) as session:
            step = job.step(session, utc_now())
        done, more = done + step.done, step.more
    return done


class Worker:
    """All jobs of a table, each at its times, in threads of this process."""

    def __init__(self, jobs: Iterable[Job], *, bind: sa.Engine | None = None) -> None:
        self._jobs = tuple(jobs)
        self._bind = bind
        self._stop = Event()

    def stop(self) -> None:
        """Have ``run`` return once the steps that are under way are committed; safe in a signal handler."""
        self._stop.set()

    def run(self) -> None:
        """Run the jobs at their times until ``stop``."""
        scheduler = BackgroundScheduler(
            executors={"default": ThreadPoolExecutor(_THREADS)},
            # A job that was late, or is still running when it is due again, runs once and not twice.
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
            timezone="UTC",
        )
        for job in self._jobs:
            scheduler.add_job(self._run_safely, trigger_of(job), args=[job], id=job.name)
        scheduler.start()
        self._stop.wait()
        scheduler.shutdown(wait=True)

    def _run_safely(self, job: Job) -> None:
        """Run one job; whatever it raises is written down, and the others go on."""
        try:
            done = run_job(job, bind=self._bind, stop=self._stop)
        except DATABASE_LOST as error:
            _log.warning("%s : la base de données ne répond pas (%s)", job.name, type(error).__name__)
        except Exception:  # noqa: BLE001  whatever one job raises, the others go on
            _log.exception("%s : échec ; nouvel essai à la prochaine échéance", job.name)
        else:
            if done:
                _log.info("%s : %d", job.name, done)


def trigger_of(job: Job) -> CronTrigger:
    """Return a job's times for APScheduler."""
    minute, hour, day, month, day_of_week, second = job.cron.split()
    return CronTrigger(
        minute=minute, hour=hour, day=day, month=month, day_of_week=day_of_week, second=second, timezone="UTC"
    )
