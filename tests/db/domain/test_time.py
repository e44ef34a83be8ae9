import csv
import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.domain.time import add_business_days, is_business_day, local_day, public_holidays, utc_now

DAYS = st.dates(dt.date(2015, 1, 1), dt.date(2045, 12, 31))


def test_the_present_instant_knows_its_zone() -> None:
    assert utc_now().tzinfo is dt.UTC


def test_a_sale_on_new_year_s_eve_in_paris_belongs_to_that_year() -> None:
    assert local_day(dt.datetime(2026, 12, 31, 22, 30, tzinfo=dt.UTC)) == dt.date(2026, 12, 31)
    assert local_day(dt.datetime(2026, 12, 31, 23, 0, tzinfo=dt.UTC)) == dt.date(2027, 1, 1)


def test_the_day_is_that_of_the_zone_asked_for_whatever_zone_the_instant_is_in() -> None:
    instant = dt.datetime(2026, 7, 1, 1, 0, tzinfo=ZoneInfo("Asia/Tokyo"))
    assert local_day(instant) == dt.date(2026, 6, 30)
    assert local_day(instant, ZoneInfo("America/Guadeloupe")) == dt.date(2026, 6, 30)
    assert local_day(instant, ZoneInfo("Asia/Tokyo")) == dt.date(2026, 7, 1)


def test_an_instant_without_a_zone_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="needs a time zone"):
        local_day(dt.datetime(2026, 7, 1, 1, 0))  # noqa: DTZ001  the mistake this test is about


def test_the_holidays_of_2026_are_the_eleven_of_the_labour_code() -> None:
    assert sorted(public_holidays(2026)) == [
        dt.date(2026, 1, 1),
        dt.date(2026, 4, 6),  # Easter Monday
        dt.date(2026, 5, 1),
        dt.date(2026, 5, 8),
        dt.date(2026, 5, 14),  # Ascension
        dt.date(2026, 5, 25),  # Whit Monday
        dt.date(2026, 7, 14),
        dt.date(2026, 8, 15),
        dt.date(2026, 11, 1),
        dt.date(2026, 11, 11),
        dt.date(2026, 12, 25),
    ]


@pytest.fixture
def published(shared_data: Path) -> set[dt.date]:
    """The holidays the state publishes, since 2008: Whit Monday was a day of work for all from 2005 to 2007."""
    with (shared_data / "holidays" / "jours_feries_metropole.csv").open(encoding="utf-8") as file:
        days = {dt.date.fromisoformat(row["date"]) for row in csv.DictReader(file)}
    return {day for day in days if day.year >= 2008}


def test_holidays_are_those_the_state_publishes(published: set[dt.date]) -> None:
    years = {day.year for day in published}
    assert len(years) >= 10
    assert {day for year in years for day in public_holidays(year)} == published


def test_business_days_are_the_weekdays_the_state_does_not_close(published: set[dt.date]) -> None:
    first, last = dt.date(min(published).year, 1, 1), dt.date(max(published).year, 12, 31)
    for offset in range((last - first).days + 1):
        day = first + dt.timedelta(days=offset)
        assert is_business_day(day) == (day.isoweekday() <= 5 and day not in published)


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        ("2026-11-20", 1, "2026-11-23"),  # Friday → Monday
        ("2026-11-21", 1, "2026-11-23"),  # Saturday → Monday
        ("2026-11-21", 0, "2026-11-21"),
        ("2026-04-03", 1, "2026-04-07"),  # over Easter
        ("2026-05-07", 2, "2026-05-12"),  # 8 May is a Friday
        ("2026-05-13", 1, "2026-05-15"),  # over Ascension
        ("2026-12-24", 5, "2027-01-04"),  # 28, 29, 30, 31 December, then the Monday after New Year
        ("2026-11-02", 10, "2026-11-17"),  # a payout: 11 November is not counted
    ],
)
def test_business_days_step_over_week_ends_and_holidays(day: str, count: int, expected: str) -> None:
    assert add_business_days(dt.date.fromisoformat(day), count) == dt.date.fromisoformat(expected)


@given(DAYS, st.integers(1, 60))
def test_the_nth_business_day_is_one_and_has_exactly_n_up_to_it(day: dt.date, count: int) -> None:
    reached = add_business_days(day, count)
    assert is_business_day(reached)
    between = (day + dt.timedelta(days=offset) for offset in range(1, (reached - day).days + 1))
    assert sum(map(is_business_day, between)) == count


@given(DAYS, st.integers(0, 20), st.integers(0, 20))
def test_going_on_is_the_same_as_going_at_once(day: dt.date, first: int, then: int) -> None:
    assert add_business_days(add_business_days(day, first), then) == add_business_days(day, first + then)


def test_counting_backwards_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="must not be negative"):
        add_business_days(dt.date(2026, 1, 1), -1)
