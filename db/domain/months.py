"""Calendar months, named by their first day, and the weeks a wall calendar shows for them."""

import calendar
import datetime as dt

#: What the calendar can be turned to; it keeps every day it shows inside what databases and people can mean.
FIRST_MONTH = dt.date(1990, 1, 1)
LAST_MONTH = dt.date(2199, 12, 1)

_MONDAY_FIRST = calendar.Calendar(calendar.MONDAY)


def month_of(day: dt.date) -> dt.date:
    """Return the first day of a day's month."""
    return day.replace(day=1)


def last_day(month: dt.date) -> dt.date:
    """Return the last day of a month."""
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])


def add_months(month: dt.date, count: int) -> dt.date:
    """Return the first day of the month ``count`` months later (earlier if negative)."""
    years, index = divmod(month.year * 12 + month.month - 1 + count, 12)
    return dt.date(years, index + 1, 1)


def weeks_shown(month: dt.date) -> list[list[dt.date]]:
    """Return the weeks that hold the month's days, Monday first, with the neighbouring days that complete them."""
    return _MONDAY_FIRST.monthdatescalendar(month.year, month.month)


def days_between(first: dt.date, last: dt.date) -> list[dt.date]:
    """Return the days from ``first`` to ``last``, both included."""
    return [first + dt.timedelta(days=count) for count in range((last - first).days + 1)]


def same_day_last_year(day: dt.date) -> dt.date:
    """Return the same date a year earlier; 29 February becomes 28 February."""
    month = add_months(month_of(day), -12)
    return month.replace(day=min(day.day, last_day(month).day))
