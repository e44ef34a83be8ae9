"""When what is sent by itself falls due, and of which days it tells."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.domain.cadences import compared, due_on, next_due, of_days, period_before
from db.domain.exports import Cadence
from db.domain.sales_periods import Days

D = dt.date
#: A Sunday.
SUNDAY = D(2026, 11, 22)


@pytest.mark.parametrize(
    ("cadence", "due", "following"),
    [
        (Cadence.DAILY, D(2026, 11, 22), D(2026, 11, 23)),
        (Cadence.WEEKLY, D(2026, 11, 16), D(2026, 11, 23)),
        (Cadence.MONTHLY, D(2026, 11, 1), D(2026, 12, 1)),
    ],
)
def test_a_sunday_s_last_and_next_due_days(cadence: Cadence, due: dt.date, following: dt.date) -> None:
    assert due_on(cadence, SUNDAY) == due
    assert next_due(cadence, SUNDAY) == following


@pytest.mark.parametrize(
    ("cadence", "first", "last"),
    [
        (Cadence.DAILY, D(2026, 2, 28), D(2026, 2, 28)),
        (Cadence.WEEKLY, D(2026, 2, 16), D(2026, 2, 22)),
        (Cadence.MONTHLY, D(2026, 2, 1), D(2026, 2, 28)),
    ],
)
def test_what_falls_due_on_the_first_of_march_tells_of_days_that_are_over(
    cadence: Cadence, first: dt.date, last: dt.date
) -> None:
    # 1 March 2026 is a Sunday: its week fell due on Monday 23 February.
    assert period_before(cadence, D(2026, 3, 1)) == Days(first, last)


def test_weeks_are_compared_with_weeks_and_months_with_months() -> None:
    week = compared(Cadence.WEEKLY, D(2026, 11, 23))
    assert week.before == Days(D(2026, 11, 9), D(2026, 11, 15))
    # 52 weeks before Monday 16 November 2026 is Monday 17 November 2025.
    assert week.year_before == Days(D(2025, 11, 17), D(2025, 11, 23))
    month = compared(Cadence.MONTHLY, D(2028, 3, 1))
    assert month.days == Days(D(2028, 2, 1), D(2028, 2, 29))
    assert month.before == Days(D(2028, 1, 1), D(2028, 1, 31))
    assert month.year_before == Days(D(2027, 2, 1), D(2027, 2, 28))


def test_the_days_are_said_in_words() -> None:
    assert of_days(Cadence.DAILY, Days(D(2026, 11, 21), D(2026, 11, 21))) == "du samedi 21 novembre 2026"
    assert of_days(Cadence.WEEKLY, Days(D(2026, 11, 16), D(2026, 11, 22))) == "du 16/11/2026 au 22/11/2026"
    assert of_days(Cadence.MONTHLY, Days(D(2026, 8, 1), D(2026, 8, 31))) == "d’août 2026"


@given(st.sampled_from(Cadence), st.dates(D(2000, 1, 10), D(2100, 1, 1)))
def test_every_day_has_one_due_day_and_periods_follow_each_other_without_a_gap(cadence: Cadence, day: dt.date) -> None:
    due, following = due_on(cadence, day), next_due(cadence, day)
    assert due <= day < following
    assert due_on(cadence, following) == following
    assert period_before(cadence, following).first == due
    assert period_before(cadence, day).last == due - dt.timedelta(days=1)
