"""The night's comparison of the figures that are kept with the orders that they are of; what is wrong is put right.

A difference is a fault of ours, or somebody wrote past the triggers. Either way the day is counted anew at once: staff
decides by these figures in the morning.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.balances import Subject
from db.domain.figures import Facet
from db.domain.formats import date
from db.domain.months import add_months, last_day, month_of
from db.models import DailySales, DayControl, DayFigure, MonthFigure, Order, StaleDay
from db.queries.columns import sum_of
from db.queries.control_sources import control_sums
from db.queries.figure_sources import counted
from db.queries.figures import stale_days
from db.services.balance_check import Finding

_ALL = sorted(Facet)
_AMOUNTS = ("orders", "cents", "units")
_CONTROLS = (
    "orders",
    "sold_cents",
    "invoiced_cents",
    "credited_cents",
    "paid_cents",
    "refunded_cents",
    "seller_cents",
    "differing_orders",
    "unexplained_orders",
)
_DAILY_KEY = ("placed_on", "seller_id", "currency", "status")


def months_to_check(session: Session) -> list[dt.date]:
    """Return the months from the first to the last of which there are orders or figures, as their first days."""
    bounds = [
        session.execute(sa.select(sa.func.min(column), sa.func.max(column))).one()
        for column in (Order.placed_on, DayFigure.day, DailySales.placed_on)
    ]
    known = [day for pair in bounds for day in pair if day is not None]
    if not known:
        return []
    months, last = [month_of(min(known))], month_of(max(known))
    while months[-1] < last:
        months.append(add_months(months[-1], 1))
    return months


def figure_findings(session: Session, month: dt.date) -> Iterator[Finding]:
    """Compare a month's figures with its orders, in a session that sees all of it at one instant.

    Days that are noted as stale are left aside: nobody reads what is kept of them.
    """
    wrong = dict.fromkeys(_controls_that_differ(session, month), "les chiffres de « Contrôle »")
    wrong |= dict.fromkeys(_days_that_differ(session, month), "les chiffres des graphiques")
    wrong |= {day: "les chiffres du calendrier" for day, *_ in _daily_differences(session, month)}
    if not wrong and _month_differs(session, month):
        wrong[month] = "les sommes du mois"
    for day in sorted(wrong):
        yield {
            "subject": Subject.FIGURES,
            "expected": 0,
            "found": 0,
            "sentence": f"Ventes du {date(day)}\u00a0: {wrong[day]} n’étaient pas ceux des commandes. "
            "Tout a été recompté.",
        }


def put_right(session: Session, month: dt.date) -> None:
    """Have what differs in a month counted anew."""
    days = sorted({*_days_that_differ(session, month), *_controls_that_differ(session, month)})
    if not days and _month_differs(session, month):
        days = [month]
    if days:
        session.execute(sa.insert(StaleDay), [{"day": day} for day in days])
    # The difference, told by one statement, is appended like everything there: whoever writes meanwhile is not lost.
    missing = [
        dict(zip((*_DAILY_KEY, "orders", "total_cents"), row, strict=True))
        for row in _daily_differences(session, month)
    ]
    if missing:
        session.execute(sa.insert(DailySales), missing)


def _days_that_differ(session: Session, month: dt.date) -> list[dt.date]:
    stale = stale_days(session)
    found = counted([Order.placed_on.between(month, last_day(month))], _ALL)
    kept = sa.select(
        sa.cast(DayFigure.facet, sa.Text).label("facet"),
        DayFigure.day,
        DayFigure.currency,
        DayFigure.value,
        *(getattr(DayFigure, name) for name in _AMOUNTS),
    ).where(DayFigure.facet.in_(_ALL), DayFigure.day.between(month, last_day(month)))
    live = sa.select(
        found.c.facet,
        found.c.day,
        found.c.currency,
        found.c.value,
        *((-found.c[name]).label(name) for name in _AMOUNTS),
    )
    days = session.scalars(_unbalanced(sa.union_all(kept, live), ("facet", "day", "currency", "value"), "day")).all()
    return sorted({day for day in days if day not in stale})


def _controls_that_differ(session: Session, month: dt.date) -> list[dt.date]:
    """The fee is compared with its VAT: what of it is VAT follows the settings of the day on which it was counted."""
    stale = stale_days(session)
    key, amounts = ("day", "currency", "seller_id"), (*_CONTROLS, "fee_cents")
    found = control_sums([Order.placed_on.between(month, last_day(month))]).subquery()
    kept = sa.select(
        *(getattr(DayControl, name) for name in (*key, *_CONTROLS)),
        (DayControl.fee_net_cents + DayControl.fee_vat_cents).label("fee_cents"),
    ).where(DayControl.day.between(month, last_day(month)))
    live = sa.select(
        *(found.c[name] for name in key),
        *((-found.c[name]).label(name) for name in _CONTROLS),
        (-found.c.fee_net_cents - found.c.fee_vat_cents).label("fee_cents"),
    )
    days = session.scalars(_unbalanced(sa.union_all(kept, live), key, "day", amounts)).all()
    return sorted({day for day in days if day not in stale})


def _month_differs(session: Session, month: dt.date) -> bool:
    if any(month <= day <= last_day(month) for day in stale_days(session)):
        return False
    of_days = sa.select(
        DayFigure.facet, DayFigure.currency, DayFigure.value, *(getattr(DayFigure, name) for name in _AMOUNTS)
    ).where(DayFigure.facet.in_(_ALL), DayFigure.day.between(month, last_day(month)))
    of_month = sa.select(
        MonthFigure.facet,
        MonthFigure.currency,
        MonthFigure.value,
        *((-getattr(MonthFigure, name)).label(name) for name in _AMOUNTS),
    ).where(MonthFigure.facet.in_(_ALL), MonthFigure.month == month)
    differs = _unbalanced(sa.union_all(of_days, of_month), ("facet", "currency", "value"), "facet")
    return session.scalar(differs.limit(1)) is not None


def _unbalanced(
    both: sa.CompoundSelect[Any], key: Sequence[str], told: str, amounts: Sequence[str] = _AMOUNTS
) -> sa.Select[Any]:
    """Return what of the key to tell where what is kept, less what is counted, is not nothing."""
    rows = both.subquery()
    is_off = sa.or_(*(sa.func.sum(rows.c[name]) != 0 for name in amounts))
    return sa.select(rows.c[told]).group_by(*(rows.c[name] for name in key)).having(is_off)


def _daily_differences(session: Session, month: dt.date) -> Sequence[tuple[Any, ...]]:
    """Return what ``daily_sales`` lacks of a month: its key, orders and cents to add, which may be below zero."""
    within = (month, last_day(month))
    truth = sa.select(
        *(getattr(Order, name) for name in _DAILY_KEY), sa.literal(1).label("orders"), Order.total_cents
    ).where(Order.placed_on.between(*within))
    kept = sa.select(
        *(getattr(DailySales, name) for name in _DAILY_KEY),
        (-DailySales.orders).label("orders"),
        (-DailySales.total_cents).label("total_cents"),
    ).where(DailySales.placed_on.between(*within))
    rows = sa.union_all(truth, kept).subquery()
    orders, cents = sum_of(rows.c.orders), sum_of(rows.c.total_cents)
    found = session.execute(
        sa.select(*(rows.c[name] for name in _DAILY_KEY), orders, cents)
        .group_by(*(rows.c[name] for name in _DAILY_KEY))
        .having(sa.or_(orders != 0, cents != 0))
        .order_by(rows.c.placed_on)
    )
    return [tuple(row) for row in found]
