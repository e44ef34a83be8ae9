"""Instants are aware UTC; days are those of the marketplace's time zone."""

import datetime as dt
from zoneinfo import ZoneInfo

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
