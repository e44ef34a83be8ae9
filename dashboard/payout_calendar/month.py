"""The month of what falls due, in the words of the wall calendar."""

import datetime as dt

from dashboard.month_calendar import DEEPEST_SHADE, DayCell, MonthView
from db.domain import formats
from db.domain.business_days import public_holidays
from db.domain.money import divide_half_up
from db.domain.months import month_of, weeks_shown
from db.queries.payout_calendar import Due, MonthDue

_HOLIDAY = "férié"


def due_view(due: MonthDue, *, selected: dt.date | None, today: dt.date) -> MonthView:
    """Return what falls due on each day of a month as the calendar shows it."""
    best = max((each.cents for day, each in due.days.items() if month_of(day) == due.month), default=0)
    return MonthView(
        month=f"{due.month:%Y-%m}",
        title=formats.month(due.month.year, due.month.month),
        weekdays=formats.WEEKDAYS,
        weeks=tuple(tuple(_cell(day, due, best, today) for day in week) for week in weeks_shown(due.month)),
        selected=selected.isoformat() if selected else None,
    )


def _cell(day: dt.date, due: MonthDue, best_cents: int, today: dt.date) -> DayCell:
    each = due.days.get(day, Due())
    is_outside = month_of(day) != due.month
    is_holiday = day in public_holidays(day.year)
    count, amount = formats.plural(each.count, "vendeur"), formats.money(each.cents, due.currency)
    words = [formats.long_date(day), *([_HOLIDAY] if is_holiday else [])]
    words.append(f"{count}, {amount}" if each.count else "rien d’échu")
    nothing = _HOLIDAY if is_holiday else ""
    is_shaded = not is_outside and best_cents > 0 and each.cents > 0
    return DayCell(
        date=day.isoformat(),
        day=day.day,
        label=", ".join([*words, "aujourd’hui"] if day == today else words),
        count=count if each.count else nothing,
        amount=amount if each.count else "",
        short_count=formats.integer(each.count) if each.count else nothing,
        short_amount=formats.short_money(each.cents, due.currency) if each.count else "",
        shade=divide_half_up(DEEPEST_SHADE * each.cents, best_cents) if is_shaded else 0,
        is_outside=is_outside,
        is_today=day == today,
    )
