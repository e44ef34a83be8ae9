import datetime as dt

import pytest
from croniter import croniter

from db.domain.jobs import JobName
from jobs.embedded import trigger_of
from jobs.table import JOBS, Job, job_named

SATURDAY = dt.datetime(2026, 11, 21, 9, 30, 1, tzinfo=dt.UTC)


@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.name)
def test_both_engines_and_the_page_read_a_schedule_alike(job: Job) -> None:
    schedule = job.plan.schedule_where(can_wake=False)
    expected = schedule.next_after(SATURDAY)
    assert trigger_of(job).get_next_fire_time(None, SATURDAY) == expected
    assert croniter(schedule.cron, SATURDAY).get_next(dt.datetime) == expected


def test_every_job_has_one_row() -> None:
    assert [job.name for job in JOBS] == list(JobName)


def test_a_job_is_found_by_its_name() -> None:
    assert job_named("compact-sales") is JOBS[list(JobName).index(JobName.COMPACT_SALES)]
    assert job_named("nothing") is None
