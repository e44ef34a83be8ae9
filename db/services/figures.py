"""Keep the figures of the sales: count stale days anew, and compare what is kept with the orders."""

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.figures import Facet
from db.domain.months import last_day, month_of
from db.models import DailySales, DayFigure, MonthFigure, Order, StaleDay
from db.queries.columns import sum_of
from db.queries.figure_sources import counted
from db.services.controls import keep_controls

_UNSYNCHRONIZED = {"synchronize_session": False}
_COLUMNS = ["facet", "day", "currency", "value", "orders", "cents", "units"]
_ALL = sorted(Facet)


def note_every_day(session: Session) -> None:
    """Have all days counted anew; for bulk loads, during which no trigger notes the days that they touch."""
    days = sa.select(DailySales.placed_on).distinct().order_by(DailySales.placed_on)
    session.execute(sa.insert(StaleDay).from_select(["day"], days))


def has_stale_days(session: Session) -> bool:
    """Tell whether there is something to count; a look that takes no lock."""
    return session.scalar(sa.select(StaleDay.id).limit(1)) is not None


def refresh_figures(session: Session) -> int:
    """Count the stale days of one month anew, the newest month first; return how many days that were.

    The notes that are taken away are those that this transaction sees, and so it sees what they were written with: a
    note of a change that it does not see stays, and the day is counted once more.
    """
    newest = session.scalar(sa.select(sa.func.max(StaleDay.day)))
    if newest is None:
        return 0
    month = month_of(newest)
    taken = sa.delete(StaleDay).where(StaleDay.day.between(month, last_day(month))).returning(StaleDay.day)
    days = sorted(set(session.scalars(taken.execution_options(**_UNSYNCHRONIZED))))
    _keep_days(session, days)
    _keep_month(session, month)
    keep_controls(session, days)
    return len(days)


def _keep_days(session: Session, days: Sequence[dt.date]) -> None:
    known = sa.delete(DayFigure).where(DayFigure.facet.in_(_ALL), DayFigure.day.in_(days))
    session.execute(known.execution_options(**_UNSYNCHRONIZED))
    found = counted([Order.placed_on.in_(days)], _ALL)
    session.execute(sa.insert(DayFigure).from_select(_COLUMNS, sa.select(*(found.c[name] for name in _COLUMNS))))


def _keep_month(session: Session, month: dt.date) -> None:
    known = sa.delete(MonthFigure).where(MonthFigure.facet.in_(_ALL), MonthFigure.month == month)
    session.execute(known.execution_options(**_UNSYNCHRONIZED))
    session.execute(
        sa.insert(MonthFigure).from_select(
            ["month" if name == "day" else name for name in _COLUMNS],
            sa.select(
                DayFigure.facet,
                sa.literal(month, sa.Date),
                DayFigure.currency,
                DayFigure.value,
                sum_of(DayFigure.orders),
                sum_of(DayFigure.cents),
                sum_of(DayFigure.units),
            )
            .where(DayFigure.facet.in_(_ALL), DayFigure.day.between(month, last_day(month)))
            .group_by(DayFigure.facet, DayFigure.currency, DayFigure.value),
        )
    )
