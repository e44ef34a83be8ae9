"""A worker on each database's engine: it is there, it runs what is due or asked for, it stops when told to."""

import datetime as dt

import sqlalchemy as sa

from db.domain.jobs import JobName
from db.domain.permissions import Role
from db.domain.viewer import Viewer
from db.engine import reading, transaction
from db.models import JobRun
from db.models import Worker as WorkerRow
from db.services.work import request_job
from jobs.worker import Worker
from tests.factories import create_person
from tests.jobs.working import PATIENCE, RecordingJob, eventually, working


def errors(engine: sa.Engine) -> set[str]:
    with reading(engine) as session:
        return set(session.scalars(sa.select(JobRun.error)))


def stops(engine: sa.Engine) -> dict[str, dt.datetime | None]:
    with reading(engine) as session:
        return {row.name: row.stopped_at for row in session.execute(sa.select(WorkerRow.name, WorkerRow.stopped_at))}


def test_what_was_due_while_no_worker_was_there_runs_at_once_and_one_failure_stops_nothing(engine: sa.Engine) -> None:
    failing, fine = RecordingJob(JobName.DAILY_PURGE, raises=True), RecordingJob(JobName.COMPACT_SALES)
    with working(Worker([failing.row, fine.row], bind=engine)):
        assert failing.began.wait(PATIENCE)
        assert fine.began.wait(PATIENCE)
        eventually(lambda: errors(engine) == {"", "ValueError : bad order"})


def test_a_worker_says_that_it_is_there_and_that_it_leaves(engine: sa.Engine) -> None:
    with working(Worker([], bind=engine)) as worker:
        eventually(lambda: stops(engine) == {worker.name: None})
    assert stops(engine)[worker.name] is not None


def test_a_stop_waits_for_what_is_under_way(engine: sa.Engine) -> None:
    job = RecordingJob(held=True)
    worker = Worker([job.row], bind=engine)
    with working(worker):
        assert job.began.wait(PATIENCE)
        worker.stop()
        job.release()
    assert errors(engine) == {""}


def test_a_job_that_somebody_asks_for_runs_now(engine: sa.Engine) -> None:
    with transaction(engine) as session:
        viewer = Viewer(create_person(session, Role.SUPPORT).id, "Ada", "ada@example.org", Role.SUPPORT)
    job = RecordingJob(JobName.DAILY_PURGE)
    with working(Worker([job.row], bind=engine)):
        assert job.began.wait(PATIENCE)
        eventually(lambda: errors(engine) == {""})
        with transaction(engine) as session:
            request_job(session, viewer, JobName.DAILY_PURGE, dt.datetime.now(dt.UTC))
        eventually(lambda: job.runs == 2)


def test_a_request_is_heard_when_a_worker_comes(engine: sa.Engine) -> None:
    with transaction(engine) as session:
        viewer = Viewer(create_person(session, Role.SUPPORT).id, "Ada", "ada@example.org", Role.SUPPORT)
        request_job(session, viewer, JobName.DAILY_PURGE, dt.datetime.now(dt.UTC))
    job = RecordingJob(JobName.DAILY_PURGE)
    with working(Worker([job.row], bind=engine)):
        assert job.began.wait(PATIENCE)
