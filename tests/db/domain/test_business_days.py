import csv
import datetime as dt
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.domain.business_days import (
    HolidayZone,
    add_business_days,
    add_business_days_to_all,
    bank_day_from,
    is_bank_day,
    is_business_day,
    public_holidays,
)

DAYS = st.dates(dt.date(2015, 1, 1), dt.date(2045, 12, 31))
ZONES = st.sampled_from(HolidayZone)


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


@pytest.fixture(params=HolidayZone)
def zone(request: pytest.FixtureRequest) -> HolidayZone:
    return HolidayZone(request.param)


@pytest.fixture
def published(zone: HolidayZone, shared_data: Path) -> set[dt.date]:
    """The holidays the state publishes, since 2008: Whit Monday was a day of work for all from 2005 to 2007."""
    name = f"jours_feries_{zone.value.replace('_', '-')}.csv"
    with (shared_data / "holidays" / name).open(encoding="utf-8") as file:
        days = {dt.date.fromisoformat(row["date"]) for row in csv.DictReader(file)}
    return {day for day in days if day.year >= 2008}


def test_holidays_are_those_the_state_publishes(zone: HolidayZone, published: set[dt.date]) -> None:
    years = {day.year for day in published}
    assert len(years) >= 10
    assert {day for year in years for day in public_holidays(year, zone)} == published


def test_business_days_are_the_weekdays_the_state_does_not_close(zone: HolidayZone, published: set[dt.date]) -> None:
    first, last = dt.date(min(published).year, 1, 1), dt.date(max(published).year, 12, 31)
    for offset in range((last - first).days + 1):
        day = first + dt.timedelta(days=offset)
        assert is_business_day(day, zone) == (day.isoweekday() <= 5 and day not in published)


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


@pytest.mark.parametrize(
    ("placed_on", "due_on"),
    [
        # 24 December; 28 to 31; 4 to 8 January: Christmas and New Year's Day are Fridays.
        ("2026-12-23", "2027-01-08"),
        # 4 to 7 May; 11 to 13; 15; 18 and 19: 1 and 8 May are Fridays, Ascension is the 14th.
        ("2026-04-30", "2026-05-19"),
        # 11 to 13; 15; 18 to 22; 26: besides, Whit Monday is the 25th.
        ("2026-05-07", "2026-05-26"),
        # 4 to 8 and 11 to 15 January.
        ("2026-12-31", "2027-01-15"),
    ],
)
def test_the_tenth_business_day_after_an_order_of_a_season_of_holidays(placed_on: str, due_on: str) -> None:
    assert add_business_days(dt.date.fromisoformat(placed_on), 10) == dt.date.fromisoformat(due_on)


@pytest.mark.parametrize(
    ("zone", "due_on"),
    [
        # 1 to 3 April; 7 to 10; 13 to 15: Easter Monday is the 6th.
        (HolidayZone.METROPOLE, dt.date(2026, 4, 15)),
        # Good Friday, the 3rd, besides.
        (HolidayZone.ALSACE_MOSELLE, dt.date(2026, 4, 16)),
    ],
)
def test_alsace_and_moselle_have_two_holidays_more(zone: HolidayZone, due_on: dt.date) -> None:
    assert add_business_days(dt.date(2026, 3, 31), 10, zone) == due_on
    assert len(public_holidays(2027, zone)) == (13 if zone is HolidayZone.ALSACE_MOSELLE else 11)


@given(st.lists(DAYS, max_size=20), st.integers(0, 300), ZONES)
def test_a_million_days_at_once_are_what_each_is_alone(days: list[dt.date], count: int, zone: HolidayZone) -> None:
    together = add_business_days_to_all(days, count, zone)
    assert together.astype(object).tolist() == [add_business_days(day, count, zone) for day in days]
    assert together.dtype == np.dtype("datetime64[D]")


def test_counting_backwards_is_a_mistake_of_many_as_of_one() -> None:
    with pytest.raises(ValueError, match="must not be negative"):
        add_business_days_to_all([dt.date(2026, 1, 1)], -1, HolidayZone.METROPOLE)


def test_banks_close_on_good_friday_and_boxing_day_and_work_on_the_fourteenth_of_july() -> None:
    """The six closing days of TARGET: https://www.ecb.europa.eu/paym/target/t2/profuse/calendar."""
    assert not is_bank_day(dt.date(2026, 4, 3))
    assert is_bank_day(dt.date(2026, 7, 14))
    assert not is_bank_day(dt.date(2025, 12, 26))
    assert bank_day_from(dt.date(2026, 4, 3)) == dt.date(2026, 4, 7)  # Easter Monday is closed, too.
    assert bank_day_from(dt.date(2026, 11, 21)) == dt.date(2026, 11, 23)  # Saturday → Monday
    assert bank_day_from(dt.date(2026, 11, 11)) == dt.date(2026, 11, 11)
