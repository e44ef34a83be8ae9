"""Several workers and one queue, on PostgreSQL."""

import subprocess
import sys
from pathlib import Path

import sqlalchemy as sa

from db.domain.jobs import JobName
from db.engine import transaction
from db.services.wake import wake
from jobs.worker import Worker
from tests.jobs.working import PATIENCE, RecordingJob, eventually, working

ROOT = Path(__file__).resolve().parents[2]


def queue(engine: sa.Engine) -> set[tuple[str, str]]:
    """Return what waits or runs: job and state; what is done is gone."""
    with engine.connect() as connection:
        rows = connection.execute(sa.text("SELECT task_name, status::text FROM procrastinate_jobs"))
        return {tuple(row) for row in rows if row.task_name != "take-up"}


def test_a_commit_wakes_a_worker(postgres_engine: sa.Engine) -> None:
    job = RecordingJob(JobName.DAILY_PURGE)
    with working(Worker([job.row], bind=postgres_engine)):
        assert job.began.wait(PATIENCE)  # What was due before.
        job.began.clear()
        with transaction(postgres_engine) as session:
            wake(session, JobName.DAILY_PURGE)
        assert job.began.wait(PATIENCE)
    assert job.runs == 2
    assert queue(postgres_engine) == set()


def test_two_workers_run_a_periodic_job_once(postgres_engine: sa.Engine) -> None:
    purge, sentinel = RecordingJob(JobName.DAILY_PURGE), RecordingJob(JobName.COMPACT_SALES)
    with working(Worker([purge.row], bind=postgres_engine)):
        assert purge.began.wait(PATIENCE)
        # The second one puts what is due into the queue in the order of its table: the sentinel after the purge.
        with working(Worker([purge.row, sentinel.row], bind=postgres_engine)):
            assert sentinel.began.wait(PATIENCE)
    assert purge.runs == 1


def test_a_job_that_runs_in_one_worker_waits_in_the_others(postgres_engine: sa.Engine) -> None:
    held, sentinel = RecordingJob(JobName.DAILY_PURGE, held=True), RecordingJob(JobName.DELIVER_EMAILS)
    with working(Worker([held.row], bind=postgres_engine)):
        assert held.began.wait(PATIENCE)
        with transaction(postgres_engine) as session:
            wake(session, JobName.DAILY_PURGE)
        # It would take the older one first, if it could.
        with working(Worker([held.row, sentinel.row], bind=postgres_engine)):
            assert sentinel.began.wait(PATIENCE)
            assert held.runs == 1
            assert ("daily-purge", "todo") in queue(postgres_engine)
            held.release()
            eventually(lambda: held.runs == 2)


def test_a_worker_of_an_older_version_leaves_what_it_does_not_know_to_the_others(postgres_engine: sa.Engine) -> None:
    old, new = RecordingJob(JobName.DAILY_PURGE), RecordingJob(JobName.RUN_TASKS)
    with working(Worker([old.row], bind=postgres_engine)):
        assert old.began.wait(PATIENCE)
        with transaction(postgres_engine) as session:
            wake(session, JobName.RUN_TASKS)
        old.began.clear()
        with transaction(postgres_engine) as session:
            wake(session, JobName.DAILY_PURGE)
        assert old.began.wait(PATIENCE)  # It has looked into the queue, past the older one.
    assert queue(postgres_engine) == {("run-tasks", "todo")}
    with working(Worker([old.row, new.row], bind=postgres_engine)):
        assert new.began.wait(PATIENCE)


def test_what_a_killed_worker_was_running_is_run_by_another(postgres_url: str, postgres_engine: sa.Engine) -> None:
    stuck = subprocess.Popen(
        [sys.executable, "-m", "tests.jobs.stuck_worker", postgres_url], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        assert stuck.stdout is not None
        assert stuck.stdout.readline() == "at it\n"
    finally:
        stuck.kill()
        stuck.communicate()
    assert ("daily-purge", "doing") in queue(postgres_engine)
    with postgres_engine.begin() as connection:  # As if it had been killed a minute ago.
        connection.execute(sa.text("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 minute'"))
    job = RecordingJob(JobName.DAILY_PURGE)
    with working(Worker([job.row], bind=postgres_engine)):
        assert job.began.wait(PATIENCE)
    assert queue(postgres_engine) == set()


def test_a_worker_outlives_an_outage_of_the_database(postgres_engine: sa.Engine) -> None:
    job = RecordingJob(JobName.DAILY_PURGE)
    with working(Worker([job.row], bind=postgres_engine)):
        assert job.began.wait(PATIENCE)
        eventually(lambda: queue(postgres_engine) == set())
        job.began.clear()
        with postgres_engine.begin() as connection:
            connection.execute(
                sa.text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )
        with transaction(postgres_engine) as session:
            wake(session, JobName.DAILY_PURGE)
        assert job.began.wait(PATIENCE)
