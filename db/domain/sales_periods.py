"""Periods of sales: how they are cut into days, weeks or months, and which other days they are compared with."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from db.domain.formats import plural
from db.domain.months import add_months, days_between, last_day, month_of, same_day_last_year

_DAY = dt.timedelta(days=1)
_MONTHS_OF_A_YEAR = 12
_DAYS_OF_A_WEEK = 7
#: A curve of more points than these says less than one of fewer.
_MOST_DAYS, _MOST_DAYS_OF_WEEKS = 62, 190


class Step(StrEnum):
    """How finely a period is cut; the value is what the URL says."""

    DAY = "jour"
    WEEK = "semaine"
    MONTH = "mois"

    @property
    def label(self) -> str:
        """Return the label on the screen."""
        return {Step.DAY: "Jour", Step.WEEK: "Semaine", Step.MONTH: "Mois"}[self]


class Comparison(StrEnum):
    """What a period is held against; the value is what the URL says."""

    LAST_YEAR = "an-dernier"
    PREVIOUS = "precedente"

    @property
    def label(self) -> str:
        """Return the label on the screen."""
        return {Comparison.LAST_YEAR: "Même période l’an dernier", Comparison.PREVIOUS: "Période précédente"}[self]


@dataclass(frozen=True, slots=True)
class Days:
    """The days from ``first`` to ``last``, both included."""

    first: dt.date
    last: dt.date

    @property
    def count(self) -> int:
        """Return how many days these are."""
        return (self.last - self.first).days + 1

    @property
    def is_whole_months(self) -> bool:
        """Tell whether it starts with a month and ends with one."""
        return self.first.day == 1 and self.last == last_day(month_of(self.last))

    @property
    def months_touched(self) -> int:
        """Return how many months have days of it."""
        return (self.last.year - self.first.year) * _MONTHS_OF_A_YEAR + self.last.month - self.first.month + 1


def usual_step(days: Days) -> Step:
    """Return how finely a period is cut where nobody said so."""
    if days.count <= _MOST_DAYS:
        return Step.DAY
    return Step.WEEK if days.count <= _MOST_DAYS_OF_WEEKS else Step.MONTH


def cut(days: Days, step: Step) -> list[Days]:
    """Return the parts of a period in their order; the first and last week or month may be cut short."""
    parts: list[Days] = []
    first = days.first
    while first <= days.last:
        parts.append(Days(first, min(_end_of(first, step), days.last)))
        first = parts[-1].last + _DAY
    return parts


def compared_with(days: Days, comparison: Comparison) -> Days:
    """Return the days that a period is held against.

    Last year are the same dates, and the whole month for a whole month, so that leap years neither lose nor gain a
    day. What comes before is as many whole months, for a period that starts with a month; a year that is still running
    is held against the same dates of the year before; anything else against as many days.
    """
    if comparison is Comparison.LAST_YEAR:
        return Days(same_day_last_year(days.first), _end_months_before(days.last, _MONTHS_OF_A_YEAR))
    if days.first.day != 1:
        length = dt.timedelta(days=days.count)
        return Days(days.first - length, days.last - length)
    months = _months_back(days)
    return Days(add_months(days.first, -months), _end_months_before(days.last, months))


def counterparts(days: Days, step: Step, comparison: Comparison) -> list[Days | None]:
    """Return, for each part of ``cut``, the days that it is held against; None where there are none.

    30 March has none in February, 29 February none in most years, week 53 none in most others: nothing is doubled.
    """
    parts = cut(days, step)
    if step is Step.WEEK:
        return [_week_for(part, days, comparison) for part in parts]
    if step is Step.DAY:
        return [_day_for(part, days, comparison) for part in parts]
    whole = compared_with(days, comparison)
    if days.first.day != 1 and comparison is Comparison.PREVIOUS:
        # The days before do not start with a month: they are cut as evenly as this period is.
        shift = days.first - whole.first
        return [Days(part.first - shift, part.last - shift) for part in parts]
    months = _MONTHS_OF_A_YEAR if comparison is Comparison.LAST_YEAR else _months_back(days)
    return [Days(_months_before(part.first, months), _end_months_before(part.last, months)) for part in parts]


def caveats(days: Days, step: Step, comparison: Comparison) -> str:
    """Return in French what one must know to compare the parts one by one; empty where there is nothing to know."""
    others = counterparts(days, step, comparison)
    if step is Step.WEEK:
        if None in others:
            return "La semaine 53 n’a pas d’équivalent l’an dernier."
        return "Semaines du lundi au dimanche, comparées à celles de même rang : les dates diffèrent de quelques jours."
    if step is Step.MONTH:
        return ""
    whole = compared_with(days, comparison)
    drawn = {day for other in others if other for day in days_between(other.first, other.last)}
    missing, left_out = others.count(None), whole.count - len(drawn)
    said = []
    if missing:
        said.append(f"{plural(missing, 'jour')} sans équivalent dans la période comparée")
    if left_out:
        said.append(f"{plural(left_out, 'jour')} de la période comparée, sans équivalent ici, dans son total seulement")
    return f"{' ; '.join(said)}." if said else ""


def _end_of(day: dt.date, step: Step) -> dt.date:
    match step:
        case Step.DAY:
            return day
        case Step.WEEK:
            return day + dt.timedelta(days=6 - day.weekday())
        case Step.MONTH:
            return last_day(month_of(day))


def _months_back(days: Days) -> int:
    """Return how many months the period before a period that starts with a month lies back."""
    is_running_year = days.first.month == 1 and days.first.year == days.last.year and days.months_touched > 1
    return _MONTHS_OF_A_YEAR if is_running_year and not days.is_whole_months else days.months_touched


def _months_before(day: dt.date, months: int) -> dt.date:
    """Return the same day of an earlier month, or its last day where it is shorter."""
    month = add_months(month_of(day), -months)
    return month.replace(day=min(day.day, last_day(month).day))


def _end_months_before(day: dt.date, months: int) -> dt.date:
    """Return the same, the last day of a month being held against the last day of the other."""
    month = add_months(month_of(day), -months)
    return last_day(month) if day == last_day(month_of(day)) else _months_before(day, months)


def _day_for(part: Days, days: Days, comparison: Comparison) -> Days | None:
    if comparison is Comparison.PREVIOUS and days.first.day != 1:
        return _shifted(part, dt.timedelta(days=days.count))
    months = _MONTHS_OF_A_YEAR if comparison is Comparison.LAST_YEAR else _months_back(days)
    other = _months_before(part.first, months)
    return Days(other, other) if other.day == part.first.day else None


def _week_for(part: Days, days: Days, comparison: Comparison) -> Days | None:
    if comparison is Comparison.PREVIOUS:
        weeks = len(cut(days, Step.WEEK))
        return _shifted(part, dt.timedelta(days=weeks * _DAYS_OF_A_WEEK))
    return _iso_last_year(part)


def _iso_last_year(part: Days) -> Days | None:
    year, week, _ = part.first.isocalendar()

    def then(day: dt.date) -> dt.date:
        return dt.date.fromisocalendar(year - 1, week, day.isoweekday())

    try:
        return Days(then(part.first), then(part.last))
    except ValueError:  # That year had 52 weeks.
        return None


def _shifted(part: Days, back: dt.timedelta) -> Days:
    return Days(part.first - back, part.last - back)
