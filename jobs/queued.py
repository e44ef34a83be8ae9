"""The engine of PostgreSQL: procrastinate, for any number of workers on any number of machines.

A run waits in procrastinate's queue because its time has come (whichever worker says so first) or because a
transaction woke it (``db/services/wake.py``); one worker takes it. The queue says when and where, nothing else: what
there is to do is in our own tables, so a run that is lost is made good by the next one.
"""

import asyncio
import logging
from collections.abc import Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import psycopg
from procrastinate import App, JobContext, PsycopgConnector
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import DeleteJobCondition, Status

from jobs.run import Run
from jobs.runner import Runner
from jobs.table import Job

_log = logging.getLogger(__name__)

#: A wake is heard at once; a wake « at » some instant, up to so much later.
_POLL_SECONDS = 1.0
_BEAT_SECONDS = 5.0
#: A worker that has been silent for so long is dead: what it ran is run again.
_DEAD_AFTER_SECONDS = 20.0
_DATABASE_AWAY_SECONDS = 5.0
#: How soon a stop is heard.
_STOP_SECONDS = 0.2
#: What is due by the clock goes ahead of wakes: ten thousand of those must not delay the shop's orders.
_BY_THE_CLOCK = 1
#: A job that was due while no worker was there runs as soon as one is, up to a day late.
_AT_MOST_LATE_SECONDS = 24 * 3600
_TAKE_UP = "take-up"


def run_queued(jobs: Sequence[Job], runner: Runner) -> None:
    """Run the jobs when they are due or woken, until the worker is to stop."""
    # Of a database that is away they write a stack a second; we say it in a line.
    for name in ("procrastinate", "psycopg.pool"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    asyncio.run(_work(jobs, runner))


def make_app(jobs: Sequence[Job], runner: Runner) -> App:
    """Return the procrastinate application of the table."""
    url = runner.run.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    app = App(
        connector=PsycopgConnector(conninfo=url, min_size=1, max_size=4, timeout=_DATABASE_AWAY_SECONDS),
        periodic_defaults={"max_delay": _AT_MOST_LATE_SECONDS},
    )
    for job in jobs:
        _add(app, job, runner)
    app.periodic(cron="* * * * * */5", queueing_lock=_TAKE_UP, priority=_BY_THE_CLOCK)(
        app.task(name=_TAKE_UP, queue=_TAKE_UP, pass_context=True)(_take_up)
    )
    return app


def _add(app: App, job: Job, runner: Runner) -> None:
    def run(timestamp: int | None = None) -> None:  # noqa: ARG001  procrastinate tells which tick it is
        runner(job)

    cron = job.plan.schedule_where(can_wake=True).cron
    # The queueing lock: never two that wait for the same tick. The lock: never two that run.
    lock = job.name.value if job.plan.is_alone else None
    app.periodic(cron=cron, queueing_lock=job.name.value, lock=lock, priority=_BY_THE_CLOCK)(
        app.task(name=job.name.value, queue=job.name.value)(run)
    )


async def _work(jobs: Sequence[Job], runner: Runner) -> None:
    # A thread for each job, one for a wake of a job that runs already, one for our own errands.
    threads = len(jobs) + 2
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(threads))
    while not runner.run.stopping:
        why = "connexion perdue"
        try:
            # Without its database procrastinate stops by itself, sometimes with an error, and does not open again.
            await _until_stopped(_serve(make_app(jobs, runner), runner.run.worker, threads), runner.run)
        except (ConnectorException, psycopg.Error) as error:
            why = str(error.__cause__ or error).strip()
        if not runner.run.stopping:
            _log.warning("file d’attente arrêtée (%s) ; nouvel essai dans %d s", why, _DATABASE_AWAY_SECONDS)
            await asyncio.to_thread(runner.run.stop.wait, _DATABASE_AWAY_SECONDS)


async def _serve(app: App, name: str, threads: int) -> None:
    async with app.open_async():
        await app.run_worker_async(
            concurrency=threads,
            name=name,
            # Each job has a queue of its own: while a new version is rolled out, an older worker leaves what it does
            # not know to the others.
            queues=sorted({task.queue for task in app.tasks.values()}),
            fetch_job_polling_interval=_POLL_SECONDS,
            update_heartbeat_interval=_BEAT_SECONDS,
            stalled_worker_timeout=_DEAD_AFTER_SECONDS,
            delete_jobs=DeleteJobCondition.ALWAYS,
            install_signal_handlers=False,
        )


async def _until_stopped(serving: Coroutine[Any, Any, None], run: Run) -> None:
    """Work until the worker is to stop, which waits for what is under way, or until the database is lost."""
    working = asyncio.create_task(serving)
    while not working.done() and not run.stopping:
        await asyncio.wait([working], timeout=_STOP_SECONDS)
    working.cancel()
    with suppress(asyncio.CancelledError):
        await working


async def _take_up(context: JobContext, timestamp: int) -> None:  # noqa: ARG001  as above
    """Put what dead workers were running back into the queue."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=_DEAD_AFTER_SECONDS):
        _log.warning("%s : repris à un travailleur disparu", job.task_name)
        try:
            await manager.retry_job(job)
        except ConnectorException:
            # The same job waits already, or another worker was quicker than us to take this one up.
            with suppress(ConnectorException):
                await manager.finish_job(job, status=Status.FAILED, delete_job=True)
