import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.errors import NotAllowedError
from db.domain.jobs import JobName
from db.domain.permissions import Role
from db.domain.tasks import TaskKind
from db.domain.viewer import Viewer
from db.engine import transaction
from db.models import ImportItem, JobRequest, JobRun, Task, Worker
from db.services.work import (
    Outcome,
    purge_work,
    record_run,
    request_job,
    take_requests,
    worker_left,
    worker_seen,
)
from tests.conftest import NOW
from tests.factories import create_person

SECOND = dt.timedelta(seconds=1)
DAY = dt.timedelta(days=1)


def outcome(at: dt.datetime = NOW, *, done: int = 0, error: str = "") -> Outcome:
    return Outcome("compact-sales", "here:1", at, at + SECOND, done, error)


def a_viewer(session: Session, role: Role = Role.FINANCE) -> Viewer:
    return Viewer(create_person(session, role).id, "Ada", "ada@example.org", role)


def test_a_worker_is_one_row_from_its_start_to_its_end(session: Session) -> None:
    worker_seen(session, "here:1", NOW)
    worker_seen(session, "here:1", NOW + 5 * SECOND)
    worker_left(session, "here:1", NOW + 9 * SECOND)
    row = session.scalars(sa.select(Worker)).one()
    session.refresh(row)
    assert (row.started_at, row.seen_at, row.stopped_at) == (NOW, NOW + 5 * SECOND, NOW + 9 * SECOND)


def test_a_failure_that_goes_on_is_one_row_from_its_first_to_its_last_time(session: Session) -> None:
    record_run(session, outcome(error="bad"))
    record_run(session, outcome(NOW + 60 * SECOND, error="bad"))
    row = session.scalars(sa.select(JobRun)).one()
    assert (row.started_at, row.finished_at) == (NOW, NOW + 61 * SECOND)


def test_runs_that_went_well_are_a_row_each(session: Session) -> None:
    for done in (3, 3):
        record_run(session, outcome(done=done))
    assert list(session.scalars(sa.select(JobRun.done))) == [3, 3]


def test_a_job_asked_for_twice_on_the_embedded_database_is_taken_once(session: Session) -> None:
    viewer = a_viewer(session)
    request_job(session, viewer, JobName.DAILY_PURGE, NOW)
    request_job(session, viewer, JobName.DAILY_PURGE, NOW)
    if session.get_bind().dialect.name == "postgresql":
        woken = sa.text("SELECT task_name, lock FROM procrastinate_jobs")
        assert set(session.execute(woken)) == {("daily-purge", "daily-purge")}
        assert take_requests(session) == []
    else:
        assert take_requests(session) == [JobName.DAILY_PURGE]
        assert take_requests(session) == []


def test_a_request_for_a_job_that_is_no_more_is_thrown_away(session: Session) -> None:
    session.add(JobRequest(job="purge-access"))
    session.flush()
    assert take_requests(session) == []
    assert session.scalar(sa.select(sa.func.count()).select_from(JobRequest)) == 0


def test_a_seller_asks_for_no_job(session: Session) -> None:
    with pytest.raises(NotAllowedError):
        request_job(session, Viewer(1, "Zoé", "z@example.org", Role.SELLER, seller_id=1), JobName.DAILY_PURGE, NOW)


def test_old_runs_and_workers_that_are_gone_are_forgotten(engine: sa.Engine) -> None:
    with transaction(engine) as session:
        record_run(session, outcome(NOW - 31 * DAY, done=1))
        record_run(session, outcome(NOW - 29 * DAY, done=2))
        worker_seen(session, "killed", NOW - 2 * DAY)
        worker_seen(session, "stopped", NOW - 2 * DAY)
        worker_left(session, "stopped", NOW - 2 * DAY)
        worker_seen(session, "alive", NOW)
        if engine.dialect.name == "postgresql":
            for state in ("todo", "aborted"):
                session.execute(
                    sa.text(
                        "INSERT INTO procrastinate_jobs (queue_name, task_name, status) VALUES ('q', :state, 'todo')"
                    ),
                    {"state": state},
                )
            session.execute(sa.text("UPDATE procrastinate_jobs SET status = 'aborted' WHERE task_name = 'aborted'"))
    with transaction(engine) as session:
        purge_work(session, NOW)
        assert list(session.scalars(sa.select(JobRun.done))) == [2]
        assert list(session.scalars(sa.select(Worker.name))) == ["alive"]
        if engine.dialect.name == "postgresql":
            assert list(session.scalars(sa.text("SELECT task_name FROM procrastinate_jobs"))) == ["todo"]


@pytest.mark.parametrize(("days", "kept"), [(31, {}), (29, {"order": "Zoé"}), (None, {"order": "Zoé"})])
def test_the_people_of_an_import_that_was_stopped_are_forgotten_after_a_month(
    session: Session, days: int | None, kept: dict[str, str]
) -> None:
    finished_at = NOW - days * DAY if days else None
    task = Task(kind=TaskKind.IMPORT, title="Import", person_id=create_person(session).id, finished_at=finished_at)
    session.add(task)
    session.flush()
    session.add(ImportItem(task_id=task.id, position=1, payload={"order": "Zoé"}))
    session.flush()
    purge_work(session, NOW)
    session.expire_all()
    assert session.scalars(sa.select(ImportItem.payload)).one() == kept
