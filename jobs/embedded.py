"""The engine of the embedded database: APScheduler, in the one worker that a SQLite file has."""

from collections.abc import Sequence

import sqlalchemy as sa
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from db.domain.jobs import JobName
from db.domain.time import utc_now
from db.engine import reading, transaction
from db.models import JobRequest
from db.services.work import take_requests
from jobs.run import Run
from jobs.runner import Runner
from jobs.table import Job

#: How soon « Relancer » is heard.
_REQUESTS_SECONDS = 1


def run_embedded(jobs: Sequence[Job], runner: Runner) -> None:
    """Run the jobs when they are due or asked for, until the worker is to stop."""
    scheduler = BackgroundScheduler(
        # One thread for each job and one more: a job that is slow never holds up another.
        executors={"default": ThreadPoolExecutor(len(jobs) + 1)},
        # A job that was late runs once. One that still runs when it is due again leaves word with itself (Runner).
        job_defaults={"coalesce": True, "max_instances": 2, "misfire_grace_time": None},
        timezone="UTC",
    )
    for job in jobs:
        # At once, too: the machine may have been off when it was due.
        scheduler.add_job(runner, trigger_of(job), args=[job], id=job.name, next_run_time=utc_now())
    trigger = IntervalTrigger(seconds=_REQUESTS_SECONDS)
    scheduler.add_job(_hear_requests, trigger, args=[scheduler, runner.run])
    scheduler.start()
    runner.run.stop.wait()
    scheduler.shutdown(wait=True)


def trigger_of(job: Job) -> CronTrigger:
    """Return a job's times for APScheduler."""
    minute, hour, day, month, day_of_week, second = job.plan.schedule_where(can_wake=False).cron.split()
    return CronTrigger(
        minute=minute, hour=hour, day=day, month=month, day_of_week=day_of_week, second=second, timezone="UTC"
    )


def _hear_requests(scheduler: BackgroundScheduler, run: Run) -> None:
    for name in _requested(run.engine):
        if scheduler.get_job(name):
            scheduler.modify_job(name, next_run_time=utc_now())


def _requested(engine: sa.Engine) -> list[JobName]:
    with reading(engine) as session:
        if session.scalar(sa.select(JobRequest.id).limit(1)) is None:
            return []
    with transaction(engine) as session:
        return take_requests(session)
