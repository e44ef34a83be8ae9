import datetime as dt

import pytest

from jobs.table import JOBS, Job, job_named
from jobs.worker import trigger_of

SATURDAY = dt.datetime(2026, 11, 21, 9, 30, 1, tzinfo=dt.UTC)


def next_run(job: Job) -> dt.datetime:
    return trigger_of(job).get_next_fire_time(None, SATURDAY)


def test_every_job_has_a_name_of_its_own() -> None:
    assert len({job.name for job in JOBS}) == len(JOBS)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("complete-orders", dt.datetime(2026, 11, 21, 9, 30, 5, tzinfo=dt.UTC)),
        ("compact-sales", dt.datetime(2026, 11, 21, 10, 17, tzinfo=dt.UTC)),
        ("purge-access", dt.datetime(2026, 11, 22, 2, 40, tzinfo=dt.UTC)),
    ],
)
def test_a_job_is_next_due_when_its_row_says(name: str, expected: dt.datetime) -> None:
    assert next_run(job_named(name)) == expected


def test_every_job_has_a_time_to_run() -> None:
    assert all(next_run(job) for job in JOBS)


def test_an_unknown_name_is_no_job() -> None:
    assert job_named("nothing") is None
