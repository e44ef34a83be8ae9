import datetime as dt

import pytest

from db.domain.jobs import JOB_PLANS, At, Every, JobName, Schedule

SATURDAY = dt.datetime(2026, 11, 21, 9, 30, 1, 500, tzinfo=dt.UTC)


def at(day: int, hour: int, minute: int, second: int = 0) -> dt.datetime:
    return dt.datetime(2026, 11, day, hour, minute, second, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("schedule", "words", "cron", "expected"),
    [
        (Every(2), "toutes les 2 secondes", "* * * * * */2", at(21, 9, 30, 2)),
        (Every(5), "toutes les 5 secondes", "* * * * * */5", at(21, 9, 30, 5)),
        (Every(60), "chaque minute", "* * * * * 0", at(21, 9, 31)),
        (At(minute=17), "chaque heure", "17 * * * * 0", at(21, 10, 17)),
        (At(minute=45), "chaque heure", "45 * * * * 0", at(21, 9, 45)),
        (At(hour=2, minute=40), "chaque jour", "40 2 * * * 0", at(22, 2, 40)),
        (At(hour=22, minute=0), "chaque jour", "0 22 * * * 0", at(21, 22, 0)),
    ],
)
def test_a_schedule_says_itself_in_words_in_cron_and_on_the_clock(
    schedule: Schedule, words: str, cron: str, expected: dt.datetime
) -> None:
    assert (schedule.words, schedule.cron, schedule.next_after(SATURDAY)) == (words, cron, expected)


def test_what_does_not_divide_a_minute_is_no_schedule() -> None:
    with pytest.raises(ValueError, match="7 does not divide"):
        Every(7)


def test_every_job_has_its_plan() -> None:
    assert set(JOB_PLANS) == set(JobName)


def test_a_woken_job_polls_only_where_nobody_can_wake_it() -> None:
    plan = JobName.DELIVER_EMAILS.plan
    assert plan.schedule_where(can_wake=False) == Every(2)
    assert plan.schedule_where(can_wake=True) == Every(60)
    assert JobName.COMPLETE_ORDERS.plan.schedule_where(can_wake=True) == Every(5)
