import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from db.domain.months import (
    FIRST_MONTH,
    LAST_MONTH,
    add_months,
    days_between,
    last_day,
    month_of,
    same_day_last_year,
    weeks_shown,
)

months = st.dates(FIRST_MONTH, LAST_MONTH).map(month_of)


@given(months)
def test_the_weeks_shown_are_whole_begin_on_monday_and_hold_the_month(month: dt.date) -> None:
    days = [day for week in weeks_shown(month) for day in week]
    assert all(len(week) == 7 and week[0].isoweekday() == 1 for week in weeks_shown(month))
    assert days == [days[0] + dt.timedelta(days=n) for n in range(len(days))]
    assert days[0] <= month <= days[6]
    assert days[-7] <= last_day(month) <= days[-1]


@given(months, st.integers(-240, 240))
def test_turning_months_forth_and_back_returns_to_the_same_month(month: dt.date, count: int) -> None:
    assert add_months(add_months(month, count), -count) == month


def test_months_turn_over_the_year() -> None:
    assert add_months(dt.date(2026, 12, 1), 1) == dt.date(2027, 1, 1)
    assert add_months(dt.date(2026, 1, 1), -1) == dt.date(2025, 12, 1)
    assert add_months(dt.date(2026, 11, 1), -12) == dt.date(2025, 11, 1)


def test_the_29th_of_february_was_the_28th_last_year() -> None:
    assert same_day_last_year(dt.date(2028, 2, 29)) == dt.date(2027, 2, 28)
    assert same_day_last_year(dt.date(2026, 11, 21)) == dt.date(2025, 11, 21)


def test_a_month_ends_on_its_own_last_day() -> None:
    assert [last_day(dt.date(year, 2, 1)).day for year in (2026, 2028)] == [28, 29]


def test_days_between_holds_both_ends() -> None:
    assert days_between(dt.date(2026, 2, 27), dt.date(2026, 3, 1)) == [
        dt.date(2026, 2, 27),
        dt.date(2026, 2, 28),
        dt.date(2026, 3, 1),
    ]
    assert days_between(dt.date(2026, 3, 1), dt.date(2026, 3, 1)) == [dt.date(2026, 3, 1)]
