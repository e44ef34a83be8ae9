"""Instants are aware UTC; days are those of the marketplace's time zone; business days are French."""

import datetime as dt
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

PARIS = ZoneInfo("Europe/Paris")


def utc_now() -> dt.datetime:
    """Return the present instant; the edge calls it once per click or job item and passes it on."""
    return dt.datetime.now(dt.UTC)


def local_day(instant: dt.datetime, zone: ZoneInfo = PARIS) -> dt.date:
    """Return the day an aware instant falls on in the marketplace's time zone.

    Raises:
        ValueError: The instant has no time zone.
    """
    if instant.tzinfo is None:
        raise ValueError(f"an instant needs a time zone: {instant!r}")
    return instant.astimezone(zone).date()


def instant_of(day: dt.date | None, now: dt.datetime) -> dt.datetime:
    """Return noon of a past day; today, or where no day was noted, now: people note days, not instants."""
    return (
        now if day is None or day == local_day(now) else dt.datetime.combine(day, dt.time(12), PARIS).astimezone(dt.UTC)
    )


@lru_cache(maxsize=64)
def public_holidays(year: int) -> frozenset[dt.date]:
    """Return the public holidays of metropolitan France in a year (Code du travail, art. L3133-1)."""
    return frozenset(holidays.country_holidays("FR", years=year))


def is_business_day(day: dt.date) -> bool:
    """Tell whether a day is a *jour ouvré*: Monday to Friday and no French public holiday."""
    return day.weekday() < 5 and day not in public_holidays(day.year)


def add_business_days(day: dt.date, count: int) -> dt.date:
    """Return the ``count``-th business day after ``day`` (``day`` itself is never counted).

    Raises:
        ValueError: ``count`` is negative.
    """
    if count < 0:
        raise ValueError(f"count must not be negative, got {count}")
    while count:
        day += dt.timedelta(days=1)
        if is_business_day(day):
            count -= 1
    return day
