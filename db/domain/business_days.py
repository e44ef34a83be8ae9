"""Business days: of France for what is owed to sellers, of the banks for transfers; one day, or a million at once."""

import datetime as dt
from collections.abc import Sequence
from enum import StrEnum
from functools import lru_cache

import holidays
import numpy as np
import numpy.typing as npt

Days = npt.NDArray[np.datetime64]


class HolidayZone(StrEnum):
    """Where the public holidays are those of."""

    METROPOLE = "metropole"
    #: Good Friday and 26 December besides (Code du travail, art. L3134-13).
    ALSACE_MOSELLE = "alsace_moselle"

    @property
    def label(self) -> str:
        """Return the label on the screen."""
        return HOLIDAY_ZONE_LABELS[self]


HOLIDAY_ZONE_LABELS = {
    HolidayZone.METROPOLE: "Métropole",
    HolidayZone.ALSACE_MOSELLE: "Alsace-Moselle",
}
#: A department of each zone, as the ``holidays`` package names them; None for the country as a whole.
_DEPARTMENTS = {HolidayZone.METROPOLE: None, HolidayZone.ALSACE_MOSELLE: "57"}
#: A year has more business days than that: how many years further a delay may reach.
_FEWEST_BUSINESS_DAYS = 240


@lru_cache(maxsize=64)
def public_holidays(year: int, zone: HolidayZone = HolidayZone.METROPOLE) -> frozenset[dt.date]:
    """Return the public holidays of a year (Code du travail, art. L3133-1)."""
    return frozenset(holidays.country_holidays("FR", subdiv=_DEPARTMENTS[zone], years=year))


def is_business_day(day: dt.date, zone: HolidayZone = HolidayZone.METROPOLE) -> bool:
    """Tell whether a day is a *jour ouvré*: Monday to Friday and no French public holiday."""
    return day.weekday() < 5 and day not in public_holidays(day.year, zone)


def add_business_days(day: dt.date, count: int, zone: HolidayZone = HolidayZone.METROPOLE) -> dt.date:
    """Return the ``count``-th business day after ``day`` (``day`` itself is never counted).

    Raises:
        ValueError: ``count`` is negative.
    """
    if count < 0:
        raise ValueError(f"count must not be negative, got {count}")
    while count:
        day += dt.timedelta(days=1)
        if is_business_day(day, zone):
            count -= 1
    return day


def add_business_days_to_all(days: Sequence[dt.date] | Days, count: int, zone: HolidayZone) -> Days:
    """Return ``add_business_days`` of many days at once: a million take a fraction of a second.

    Args:
        days: Any number of days, ``datetime64[D]`` or dates.
        count: How many business days after each.
        zone: Whose public holidays.

    Returns:
        As many days, ``datetime64[D]``.

    Raises:
        ValueError: ``count`` is negative.
    """
    if count < 0:
        raise ValueError(f"count must not be negative, got {count}")
    asked = np.asarray(days, dtype="datetime64[D]")
    if not count or not asked.size:
        return asked
    first, last = (each.astype(object).year for each in (asked.min(), asked.max()))
    calendar = _calendar(first, last + 1 + count // _FEWEST_BUSINESS_DAYS, zone)
    # Backwards: of a Saturday the first business day after it is Monday, which is the one after Friday.
    return np.busday_offset(asked, count, roll="backward", busdaycal=calendar)


@lru_cache(maxsize=64)
def _calendar(first_year: int, last_year: int, zone: HolidayZone) -> np.busdaycalendar:
    # The year before: a day that is rolled backwards may leave its own.
    closed = [day for year in range(first_year - 1, last_year + 1) for day in public_holidays(year, zone)]
    return np.busdaycalendar(holidays=np.array(sorted(closed), dtype="datetime64[D]"))


@lru_cache(maxsize=64)
def _bank_holidays(year: int) -> frozenset[dt.date]:
    """Return the days on which TARGET, the system that settles transfers between banks of the Union, is closed."""
    return frozenset(holidays.financial_holidays("ECB", years=year))


def is_bank_day(day: dt.date) -> bool:
    """Tell whether banks settle transfers on a day: Monday to Friday, unless TARGET is closed."""
    return day.weekday() < 5 and day not in _bank_holidays(day.year)


def bank_day_from(day: dt.date) -> dt.date:
    """Return the first day on which banks settle transfers, ``day`` itself or after it."""
    while not is_bank_day(day):
        day += dt.timedelta(days=1)
    return day
