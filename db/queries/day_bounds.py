"""Days as bounds on the id: a list walks the index of its ids, and its days only say where to begin and to end."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from db.domain.time import PARIS
from db.queries.plans import not_indexed

#: Ids grow with time, but for transactions that overlap: a day's first id is among this many of its first rows.
_OVERLAP = 1_000


def day_bounds(
    session: Session,
    row_id: InstrumentedAttribute[int],
    instant: InstrumentedAttribute[dt.datetime],
    first_day: dt.date | None,
    last_day: dt.date | None,
) -> list[sa.ColumnElement[bool]]:
    """Return the conditions that keep the rows of some days, both included, on the ids of a growing table.

    Args:
        session: An open session.
        row_id: The table's key.
        instant: An indexed column that grows with the key.
        first_day: None for no such bound.
        last_day: None for no such bound.
    """
    bounds: list[sa.ColumnElement[bool]] = []
    if first_day:
        since = _midnight(first_day)
        first = sa.select(row_id).where(instant >= since).order_by(instant).limit(_OVERLAP).subquery()
        # No row since then: an id that none has.
        lowest = session.scalar(sa.select(sa.func.min(first.c.id)))
        bounds += [row_id >= lowest if lowest else sa.false(), not_indexed(instant >= since)]
    if last_day:
        until = _midnight(last_day + dt.timedelta(days=1))
        last = sa.select(row_id).where(instant < until).order_by(instant.desc()).limit(_OVERLAP).subquery()
        highest = session.scalar(sa.select(sa.func.max(last.c.id)))
        bounds += [row_id <= highest if highest else sa.false(), not_indexed(instant < until)]
    return bounds


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), PARIS)
