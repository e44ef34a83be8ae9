"""When what is sent by itself is due, and of which days it tells: yesterday, the week or the month that is over."""

import datetime as dt
from dataclasses import dataclass

from db.domain.exports import Cadence
from db.domain.formats import date, long_date, of_month
from db.domain.months import add_months, last_day, month_of
from db.domain.sales_periods import Days

_DAY = dt.timedelta(days=1)
_WEEK = dt.timedelta(weeks=1)
#: 52 weeks: a year before, on the same day of the week.
_YEAR_OF_WEEKS = dt.timedelta(weeks=52)


@dataclass(frozen=True, slots=True)
class Compared:
    """The days that something tells of, and those that they are compared with."""

    days: Days
    #: The same day of the week before, the week before, the month before.
    before: Days
    #: A year before: the same day of the week, the same week (52 weeks), the same month.
    year_before: Days


def due_on(cadence: Cadence, today: dt.date) -> dt.date:
    """Return the last day, today included, on which something is due: today, a Monday, the first of a month."""
    if cadence is Cadence.WEEKLY:
        return today - today.weekday() * _DAY
    return month_of(today) if cadence is Cadence.MONTHLY else today


def next_due(cadence: Cadence, day: dt.date) -> dt.date:
    """Return the first day after a day on which something is due."""
    due = due_on(cadence, day)
    if cadence is Cadence.WEEKLY:
        return due + _WEEK
    return add_months(due, 1) if cadence is Cadence.MONTHLY else due + _DAY


def period_before(cadence: Cadence, day: dt.date) -> Days:
    """Return the day, week or month that was over when something fell due on a day."""
    due = due_on(cadence, day)
    last = due - _DAY
    if cadence is Cadence.WEEKLY:
        return Days(due - _WEEK, last)
    return Days(month_of(last), last) if cadence is Cadence.MONTHLY else Days(last, last)


def compared(cadence: Cadence, day: dt.date) -> Compared:
    """Return the period that something of a day tells of, with those that it is compared with.

    Days and weeks are compared with the same days of the week, months with months, whatever their lengths.
    """
    days = period_before(cadence, day)
    if cadence is not Cadence.MONTHLY:
        return Compared(days, _earlier(days, _WEEK), _earlier(days, _YEAR_OF_WEEKS))
    before, year_before = (add_months(days.first, -count) for count in (1, 12))
    return Compared(days, Days(before, last_day(before)), Days(year_before, last_day(year_before)))


def of_days(cadence: Cadence, days: Days) -> str:
    """Return « du samedi 21 novembre 2026 », « du 16/11/2026 au 22/11/2026 », « de novembre 2026 »."""
    if cadence is Cadence.DAILY:
        return f"du {long_date(days.first)}"
    if cadence is Cadence.MONTHLY:
        return of_month(days.first.year, days.first.month)
    return f"du {date(days.first)} au {date(days.last)}"


def _earlier(days: Days, by: dt.timedelta) -> Days:
    return Days(days.first - by, days.last - by)
