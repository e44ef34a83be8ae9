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
from db.queries.order_conditions import Condition
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

    A note goes only where nobody can be about to commit what it was noted for: the count comes after it, and sees
    everything that the note stands for. What others commit meanwhile has notes of its own, which stay.
    """
    gone = _can_go(session)
    newest = session.scalar(sa.select(sa.func.max(StaleDay.day)).where(*gone))
    if newest is None:
        return 0
    month = month_of(newest)
    taken = sa.delete(StaleDay).where(StaleDay.day.between(month, last_day(month)), *gone).returning(StaleDay.day)
    days = sorted(set(session.scalars(taken.execution_options(**_UNSYNCHRONIZED))))
    _keep_days(session, days)
    _keep_month(session, month)
    keep_controls(session, days)
    return len(days)


def _can_go(session: Session) -> list[Condition]:
    """Return the condition of notes that are to be taken away.

    On PostgreSQL two may write at once, and one note a day that the other's change made wrong: an order that goes to
    another day while it gets a return, the first order of a customer whose second one commits before it. So a note
    waits until all that were under way when it was first seen have ended. On SQLite one writes at a time.
    """
    if session.get_bind().dialect.name == "sqlite":
        return []
    session.execute(sa.select(_OWN_NUMBER))  # From here on this transaction has a number.
    unseen = sa.update(StaleDay).where(StaleDay.seen_at.is_(None))
    session.execute(unseen.values(seen_at=_OWN_NUMBER).execution_options(**_UNSYNCHRONIZED))
    return [sa.text(_NOBODY_OLDER_IS_UNDER_WAY)]


#: In the words of PostgreSQL: the number of this transaction, larger than those of all that wrote before; and that no
#: transaction of this database holds a number older than the one with which the note was seen.
_OWN_NUMBER = sa.literal_column("CAST(CAST(pg_current_xact_id() AS text) AS bigint)", sa.BigInteger)
_NOBODY_OLDER_IS_UNDER_WAY = """NOT EXISTS (
    SELECT 1 FROM pg_locks held JOIN pg_stat_activity holder ON holder.pid = held.pid
    WHERE held.locktype = 'transactionid' AND held.mode = 'ExclusiveLock' AND held.granted
      AND holder.datname = current_database() AND held.pid <> pg_backend_pid()
      AND age(held.transactionid)
        > CAST(CAST(pg_current_xact_id() AS text) AS bigint) - stale_days.seen_at)"""


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
