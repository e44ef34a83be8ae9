import logging
from threading import Event, Thread

import pytest
import sqlalchemy as sa

from db.domain.errors import InvalidInputError
from db.domain.jobs import JobName
from db.engine import reading
from db.models import JobRun
from jobs.run import Run
from jobs.runner import Runner
from jobs.table import Job
from tests.jobs.working import PATIENCE, RecordingJob


def a_runner(engine: sa.Engine) -> Runner:
    return Runner(Run(engine, "here:1", Event()))


def recorded(engine: sa.Engine) -> list[tuple[str, str, int, str]]:
    with reading(engine) as session:
        rows = session.execute(sa.select(JobRun.job, JobRun.worker, JobRun.done, JobRun.error).order_by(JobRun.id))
        return [tuple(row) for row in rows]


def a_job(function: object) -> Job:
    return Job(JobName.COMPACT_SALES, function)  # type: ignore[arg-type]


def raising(error: Exception) -> Job:
    def fail(run: Run) -> int:
        raise error

    return a_job(fail)


def test_a_run_that_did_something_is_recorded_and_an_idle_one_is_not(engine: sa.Engine) -> None:
    runner = a_runner(engine)
    runner(a_job(lambda _: 0))
    runner(a_job(lambda _: 12))
    assert recorded(engine) == [("compact-sales", "here:1", 12, "")]


def test_a_failure_is_one_line_on_the_screen_and_a_stack_in_the_log(
    engine: sa.Engine, caplog: pytest.LogCaptureFixture
) -> None:
    a_runner(engine)(raising(ValueError("bad order\nsecond line")))
    assert recorded(engine) == [("compact-sales", "here:1", 0, "ValueError : bad order")]
    assert "compact-sales : échec" in caplog.text
    assert "Traceback" in caplog.text


def test_a_refusal_of_ours_is_recorded_in_its_own_words(sqlite_engine: sa.Engine) -> None:
    a_runner(sqlite_engine)(raising(InvalidInputError("La commande est trop vieille.")))
    assert [error for *_, error in recorded(sqlite_engine)] == ["La commande est trop vieille."]


def test_what_was_written_to_the_database_is_not_shown_with_its_refusal(sqlite_engine: sa.Engine) -> None:
    secret = sa.exc.IntegrityError("INSERT …", {"email": "a@example.org"}, ValueError("NOT NULL failed"))
    a_runner(sqlite_engine)(raising(secret))
    assert [error for *_, error in recorded(sqlite_engine)] == ["ValueError : NOT NULL failed"]


def test_the_same_failure_again_and_again_is_one_row(engine: sa.Engine) -> None:
    runner = a_runner(engine)
    for error in ("bad", "bad", "worse", "bad"):
        runner(raising(ValueError(error)))
    assert [error for *_, error in recorded(engine)] == ["ValueError : bad", "ValueError : worse", "ValueError : bad"]


def test_an_idle_run_after_a_failure_says_that_it_is_over(engine: sa.Engine) -> None:
    runner = a_runner(engine)
    runner(raising(ValueError("bad")))
    for _ in range(3):
        runner(a_job(lambda _: 0))
    assert recorded(engine) == [
        ("compact-sales", "here:1", 0, "ValueError : bad"),
        ("compact-sales", "here:1", 0, ""),
    ]


def test_a_lost_database_is_one_line_and_not_a_stack(
    sqlite_engine: sa.Engine, caplog: pytest.LogCaptureFixture
) -> None:
    lost = sa.exc.OperationalError("SELECT 1", {}, ConnectionError("gone"))
    a_runner(sqlite_engine)(raising(lost))
    assert caplog.text.strip().endswith("compact-sales : la base de données ne répond pas (ConnectionError : gone)")


def test_a_hundred_calls_of_a_job_that_runs_make_it_run_once_more(sqlite_engine: sa.Engine) -> None:
    runner, job = a_runner(sqlite_engine), RecordingJob(held=True)
    thread = Thread(target=runner, args=[job.row])
    thread.start()
    assert job.began.wait(PATIENCE)
    for _ in range(100):
        runner(job.row)
    job.release()
    thread.join(PATIENCE)
    assert job.runs == 2


def test_a_job_that_runs_does_not_hold_up_another(sqlite_engine: sa.Engine) -> None:
    runner, slow, quick = a_runner(sqlite_engine), RecordingJob(held=True), RecordingJob(JobName.DELIVER_EMAILS)
    thread = Thread(target=runner, args=[slow.row])
    thread.start()
    assert slow.began.wait(PATIENCE)
    runner(quick.row)
    assert quick.runs == 1
    slow.release()
    thread.join(PATIENCE)


def test_a_worker_that_stops_does_not_go_round_again(
    sqlite_engine: sa.Engine, caplog: pytest.LogCaptureFixture
) -> None:
    runner, job = a_runner(sqlite_engine), RecordingJob(held=True)
    thread = Thread(target=runner, args=[job.row])
    with caplog.at_level(logging.INFO):
        thread.start()
        assert job.began.wait(PATIENCE)
        runner(job.row)
        runner.run.stop.set()
        job.release()
        thread.join(PATIENCE)
    assert job.runs == 1
