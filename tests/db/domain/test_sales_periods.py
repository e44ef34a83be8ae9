"""Calendars worked out by hand: months of all lengths, leap years, the week 53 of 2026."""

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.domain.months import last_day, month_of
from db.domain.sales_periods import Comparison, Days, Step, caveats, compared_with, counterparts, cut, usual_step

LAST_YEAR, PREVIOUS = Comparison.LAST_YEAR, Comparison.PREVIOUS


def days(first: str, last: str) -> Days:
    return Days(dt.date.fromisoformat(first), dt.date.fromisoformat(last))


@pytest.mark.parametrize(
    ("period", "last_year", "previous"),
    [
        # Whole months: whole months, whatever their length.
        (("2026-03-01", "2026-03-31"), ("2025-03-01", "2025-03-31"), ("2026-02-01", "2026-02-28")),
        (("2026-01-01", "2026-03-31"), ("2025-01-01", "2025-03-31"), ("2025-10-01", "2025-12-31")),
        (("2028-02-01", "2028-02-29"), ("2027-02-01", "2027-02-28"), ("2028-01-01", "2028-01-31")),
        (("2029-02-01", "2029-02-28"), ("2028-02-01", "2028-02-29"), ("2029-01-01", "2029-01-31")),
        # A month that is running: the same days of the month before.
        (("2026-11-01", "2026-11-22"), ("2025-11-01", "2025-11-22"), ("2026-10-01", "2026-10-22")),
        (("2026-03-01", "2026-03-30"), ("2025-03-01", "2025-03-30"), ("2026-02-01", "2026-02-28")),
        # A year that is running: the same days of the year before.
        (("2026-01-01", "2026-11-22"), ("2025-01-01", "2025-11-22"), ("2025-01-01", "2025-11-22")),
        # Any other days: as many before.
        (("2026-11-16", "2026-11-22"), ("2025-11-16", "2025-11-22"), ("2026-11-09", "2026-11-15")),
        (("2028-02-29", "2028-02-29"), ("2027-02-28", "2027-02-28"), ("2028-02-28", "2028-02-28")),
    ],
)
def test_a_period_is_held_against_the_days_that_mean_the_same(
    period: tuple[str, str], last_year: tuple[str, str], previous: tuple[str, str]
) -> None:
    assert compared_with(days(*period), LAST_YEAR) == days(*last_year)
    assert compared_with(days(*period), PREVIOUS) == days(*previous)


def test_weeks_run_from_monday_to_sunday_and_are_cut_short_at_the_edges() -> None:
    assert cut(days("2026-11-04", "2026-11-17"), Step.WEEK) == [
        days("2026-11-04", "2026-11-08"),
        days("2026-11-09", "2026-11-15"),
        days("2026-11-16", "2026-11-17"),
    ]


def test_months_are_cut_short_at_the_edges() -> None:
    assert cut(days("2026-01-30", "2026-03-02"), Step.MONTH) == [
        days("2026-01-30", "2026-01-31"),
        days("2026-02-01", "2026-02-28"),
        days("2026-03-01", "2026-03-02"),
    ]


def test_a_day_that_the_other_month_does_not_have_is_held_against_nothing() -> None:
    march = days("2026-03-01", "2026-03-31")
    others = counterparts(march, Step.DAY, PREVIOUS)
    assert others[27] == days("2026-02-28", "2026-02-28")
    assert others[28:] == [None, None, None]
    assert caveats(march, Step.DAY, PREVIOUS) == "3\u00a0jours sans équivalent dans la période comparée."


def test_a_leap_day_is_neither_doubled_nor_lost_from_the_total() -> None:
    leap, after = days("2028-02-01", "2028-02-29"), days("2029-02-01", "2029-02-28")
    assert counterparts(leap, Step.DAY, LAST_YEAR)[-2:] == [days("2027-02-28", "2027-02-28"), None]
    assert counterparts(after, Step.DAY, LAST_YEAR)[-1] == days("2028-02-28", "2028-02-28")
    assert compared_with(after, LAST_YEAR).last == dt.date(2028, 2, 29)
    assert "1\u00a0jour de la période comparée" in caveats(after, Step.DAY, LAST_YEAR)


def test_weeks_are_held_against_those_of_the_same_number() -> None:
    # The week 53 of 2026 begins on 28 December; 2025 had 52 weeks, and 1 January 2026, a Thursday, was in week 1.
    parts = counterparts(days("2026-12-21", "2027-01-10"), Step.WEEK, LAST_YEAR)
    assert parts == [days("2025-12-22", "2025-12-28"), None, days("2025-12-29", "2026-01-04")]
    assert "semaine 53" in caveats(days("2026-12-21", "2027-01-10"), Step.WEEK, LAST_YEAR)


def test_months_are_held_against_months_even_where_one_is_running() -> None:
    parts = counterparts(days("2026-10-01", "2026-11-22"), Step.MONTH, LAST_YEAR)
    assert parts == [days("2025-10-01", "2025-10-31"), days("2025-11-01", "2025-11-22")]


def test_months_of_days_that_begin_anywhere_are_held_against_as_many_days() -> None:
    period = days("2026-10-15", "2026-11-13")  # 30 days.
    assert counterparts(period, Step.MONTH, PREVIOUS) == [
        days("2026-09-15", "2026-10-01"),
        days("2026-10-02", "2026-10-14"),
    ]


def test_a_curve_has_as_many_points_as_a_glance_can_take() -> None:
    assert usual_step(days("2026-11-01", "2026-11-30")) is Step.DAY
    assert usual_step(days("2026-08-25", "2026-11-22")) is Step.WEEK
    assert usual_step(days("2024-01-01", "2026-11-22")) is Step.MONTH


some_days = st.dates(dt.date(1995, 1, 1), dt.date(2100, 1, 1)).flatmap(
    lambda first: st.integers(0, 800).map(lambda more: Days(first, first + dt.timedelta(days=more)))
)


@given(some_days, st.sampled_from(Step))
def test_the_parts_of_a_period_are_its_days_each_once(period: Days, step: Step) -> None:
    parts = cut(period, step)
    assert sum(part.count for part in parts) == period.count
    assert (parts[0].first, parts[-1].last) == (period.first, period.last)


@given(some_days, st.sampled_from(Step), st.sampled_from(Comparison))
def test_no_day_is_held_against_two(period: Days, step: Step, comparison: Comparison) -> None:
    known = [other for other in counterparts(period, step, comparison) if other]
    assert all(other.first <= other.last for other in known)
    assert all(one.last < other.first for one, other in pairwise(known))


@given(some_days, st.sampled_from(Comparison))
def test_whole_months_are_held_against_as_many_whole_months(period: Days, comparison: Comparison) -> None:
    whole = Days(month_of(period.first), last_day(month_of(period.last)))
    other = compared_with(whole, comparison)
    assert other.is_whole_months
    assert other.months_touched == whole.months_touched
    assert other.last < whole.last
