import datetime as dt
import logging
from collections.abc import Callable
from threading import Event, Thread

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.engine import reading
from db.models import Seller
from jobs.table import Job
from jobs.upkeep import Step
from jobs.worker import Worker, run_job
from tests.factories import create_seller

EVERY_SECOND = "* * * * * *"


def job(step: Callable[[Session, dt.datetime], Step], name: str = "a-job") -> Job:
    return Job(name, EVERY_SECOND, "Une tâche", step)


def sellers(engine: sa.Engine) -> int:
    with reading(engine) as session:
        return session.scalar(sa.select(sa.func.count()).select_from(Seller)) or 0


def test_each_step_is_committed_before_the_next_one(engine: sa.Engine) -> None:
    seen = []

    def step(session: Session, now: dt.datetime) -> Step:
        assert now.tzinfo is dt.UTC
        seen.append(session.scalar(sa.select(sa.func.count()).select_from(Seller)))
        create_seller(session)
        return Step(1, more=len(seen) < 3)

    assert run_job(job(step), bind=engine) == 3
    assert seen == [0, 1, 2]
    assert sellers(engine) == 3


def test_a_step_that_fails_leaves_nothing_and_what_came_before_it_stays(engine: sa.Engine) -> None:
    def step(session: Session, now: dt.datetime) -> Step:
        create_seller(session)
        if session.scalar(sa.select(sa.func.count()).select_from(Seller)) == 2:
            raise ValueError("the second one is bad")
        return Step(1, more=True)

    with pytest.raises(ValueError, match="the second one is bad"):
        run_job(job(step), bind=engine)
    assert sellers(engine) == 1


def test_a_stop_is_heard_between_two_steps(engine: sa.Engine) -> None:
    stop = Event()

    def step(session: Session, now: dt.datetime) -> Step:
        create_seller(session)
        stop.set()
        return Step(1, more=True)

    assert run_job(job(step), bind=engine, stop=stop) == 1


def test_a_failing_job_is_written_down_and_the_others_go_on(
    sqlite_engine: sa.Engine, caplog: pytest.LogCaptureFixture
) -> None:
    failed, ran = Event(), Event()

    def fail(session: Session, now: dt.datetime) -> Step:
        failed.set()
        raise ValueError("bad order")

    def succeed(session: Session, now: dt.datetime) -> Step:
        ran.set()
        return Step(1)

    worker = Worker([job(fail, "failing"), job(succeed, "working")], bind=sqlite_engine)
    thread = Thread(target=worker.run)
    with caplog.at_level(logging.INFO, "jobs.worker"):
        thread.start()
        assert failed.wait(60)
        assert ran.wait(60)
        worker.stop()
        thread.join(60)
    assert not thread.is_alive()
    assert "failing : échec" in caplog.text
    assert "bad order" in caplog.text


def test_a_lost_database_is_one_line_and_not_a_stack(
    sqlite_engine: sa.Engine, caplog: pytest.LogCaptureFixture
) -> None:
    def lose(session: Session, now: dt.datetime) -> Step:
        raise sa.exc.OperationalError("SELECT 1", {}, ConnectionError("gone"))

    Worker([], bind=sqlite_engine)._run_safely(job(lose))
    assert caplog.text.strip().endswith("a-job : la base de données ne répond pas (OperationalError)")
