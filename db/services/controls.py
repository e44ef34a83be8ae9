"""Keep what « Contrôle » compares, day by day, as the figures of the sales are kept."""

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.models import DayControl, Order
from db.queries.control_sources import control_sums


def keep_controls(session: Session, days: Sequence[dt.date]) -> None:
    """Count what the books say of the orders of some days anew, in the transaction that takes away their notes."""
    known = sa.delete(DayControl).where(DayControl.day.in_(days))
    session.execute(known.execution_options(synchronize_session=False))
    found = control_sums([Order.placed_on.in_(days)])
    session.execute(sa.insert(DayControl).from_select([column.name for column in found.selected_columns], found))
