import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from db.domain.time import local_day, utc_now


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
