"""When people buy: growth over the years, seasons, days of the week and hours."""

import datetime as dt
from itertools import accumulate
from random import Random

from db.domain.business_days import public_holidays
from db.domain.time import PARIS

YEARS = 3
_DAYS = 365 * YEARS + 1
_GROWTH_PER_YEAR = 0.40
_NOISE = 0.15
_HOLIDAY = 0.7

#: January to December: a quiet August, a strong end of the year.
_MONTHS = (0.85, 0.85, 0.90, 0.95, 1.02, 1.05, 0.92, 0.60, 0.95, 1.05, 1.25, 1.70)
#: Monday to Sunday: people order on Sunday evening and at the start of the week.
_WEEKDAYS = (1.12, 1.05, 1.00, 1.02, 0.94, 0.82, 1.05)
#: Midnight to 23 h: coffee break, lunch, and the evening on the sofa.
_HOURS = (6, 3, 1, 1, 1, 2, 6, 14, 26, 38, 44, 42, 48, 46, 38, 36, 38, 42, 46, 52, 66, 72, 48, 20)
_CUMULATIVE_HOURS = tuple(accumulate(_HOURS))

#: Month and day, first and last, factor: winter and summer sales, Black Friday, the rush and the lull of Christmas.
_SEASONS = (
    ((1, 8), (2, 4), 1.30),
    ((6, 25), (7, 22), 1.25),
    ((11, 23), (11, 30), 1.45),
    ((12, 5), (12, 18), 1.25),
    ((12, 23), (12, 31), 0.45),
)


def orders_per_day(rng: Random, total: int, now: dt.datetime) -> dict[dt.date, int]:
    """Spread a number of orders over the days up to ``now``; the counts add up to ``total``."""
    local = now.astimezone(PARIS)
    days = [local.date() - dt.timedelta(days=ago) for ago in range(_DAYS - 1, -1, -1)]
    weights = [_weight(rng, day, days[0]) for day in days]
    weights[-1] *= _elapsed_hours(local)[-1] / _CUMULATIVE_HOURS[-1]
    # What is rounded off one day goes to the next: few orders keep the shape that many have, and the sum is exact.
    so_far = list(accumulate(weights))
    ends = [round(total * weight / so_far[-1]) for weight in so_far]
    return {day: end - start for day, start, end in zip(days, [0, *ends], ends, strict=False)}


def draw_instants(rng: Random, day: dt.date, count: int, now: dt.datetime) -> list[dt.datetime]:
    """Return so many instants of a local day in order, none of them after ``now``."""
    local = now.astimezone(PARIS)
    hours = _elapsed_hours(local) if day == local.date() else _CUMULATIVE_HOURS
    instants = [
        dt.datetime(day.year, day.month, day.day, hour, rng.randrange(60), rng.randrange(60), tzinfo=PARIS)
        for hour in rng.choices(range(len(hours)), cum_weights=hours, k=count)
    ]
    return sorted(min(instant.astimezone(dt.UTC), now) for instant in instants)


def _weight(rng: Random, day: dt.date, first: dt.date) -> float:
    growth: float = (1 + _GROWTH_PER_YEAR) ** ((day - first).days / 365)
    holiday = _HOLIDAY if day in public_holidays(day.year) else 1.0
    season = 1.0
    for start, end, factor in _SEASONS:
        if start <= (day.month, day.day) <= end:
            season *= factor
    noise = rng.uniform(1 - _NOISE, 1 + _NOISE)
    return growth * _MONTHS[day.month - 1] * _WEEKDAYS[day.weekday()] * season * holiday * noise


def _elapsed_hours(local: dt.datetime) -> tuple[float, ...]:
    """Return the cumulative weights of the hours of a day that is not over, the current hour in part."""
    so_far = (*_HOURS[: local.hour], _HOURS[local.hour] * (local.minute + 1) / 60)
    return tuple(accumulate(so_far))
