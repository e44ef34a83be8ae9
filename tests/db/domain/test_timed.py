import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.domain.time import PARIS
from db.domain.timed import TimedRule, Unit, due_after, latest_start


def paris(*parts: int) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=PARIS).astimezone(dt.UTC)  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        # Clocks go back on 25 October 2026: seven days are 169 hours long.
        (paris(2026, 10, 20, 10, 0), 7, dt.datetime(2026, 10, 27, 9, 0, tzinfo=dt.UTC)),
        # Clocks go forward on 28 March 2027: seven days are 167 hours long.
        (paris(2027, 3, 25, 10, 0), 7, dt.datetime(2027, 4, 1, 8, 0, tzinfo=dt.UTC)),
        # 2028 has a 29 February.
        (paris(2028, 2, 22, 18, 30), 7, dt.datetime(2028, 2, 29, 17, 30, tzinfo=dt.UTC)),
        (paris(2028, 2, 29, 18, 30), 7, dt.datetime(2028, 3, 7, 17, 30, tzinfo=dt.UTC)),
        (paris(2026, 12, 28, 0, 30), 7, dt.datetime(2027, 1, 3, 23, 30, tzinfo=dt.UTC)),
    ],
)
def test_a_delay_in_days_ends_at_the_same_time_of_the_paris_clock(
    start: dt.datetime, days: int, due: dt.datetime
) -> None:
    assert due_after(start, days, Unit.DAYS) == due


def test_an_hour_that_the_clocks_skip_is_read_as_the_one_after() -> None:
    # 2.30 of 28 March 2027 does not exist in Paris: with the offset of before the change it is 1.30 UTC.
    assert due_after(paris(2027, 3, 21, 2, 30), 7, Unit.DAYS) == dt.datetime(2027, 3, 28, 1, 30, tzinfo=dt.UTC)


def test_a_delay_in_hours_counts_hours_whatever_the_clock_does() -> None:
    start = paris(2026, 10, 24, 12, 0)
    assert due_after(start, 48, Unit.HOURS) == start + dt.timedelta(hours=48)


@given(minutes=st.integers(0, 15 * 365 * 24 * 60), days=st.integers(1, 365))
def test_what_is_due_is_never_left_out_of_the_query(minutes: int, days: int) -> None:
    start = dt.datetime(2020, 1, 1, tzinfo=dt.UTC) + dt.timedelta(minutes=minutes)
    due_at = due_after(start, days, Unit.DAYS)
    assert start <= latest_start(due_at, days, Unit.DAYS)


@pytest.mark.parametrize("rule", TimedRule)
def test_a_rule_says_what_it_does_and_what_its_numbers_are(rule: TimedRule) -> None:
    plan = rule.plan
    assert plan.title
    assert plan.meaning.endswith(".")
    assert bool(plan.extra_label) == bool(plan.default.extra)
