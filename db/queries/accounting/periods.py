"""The days that a report is of, in Paris, as bounds on instants."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from db.domain.time import PARIS


@dataclass(frozen=True, slots=True)
class Days:
    """From one day to another, both included."""

    first: dt.date
    last: dt.date

    @property
    def since(self) -> dt.datetime:
        """Return the instant at which the first day begins."""
        return _midnight(self.first)

    @property
    def until(self) -> dt.datetime:
        """Return the instant at which the last day is over."""
        return _midnight(self.last + dt.timedelta(days=1))

    def hold(self, at: sa.SQLColumnExpression[dt.datetime | None]) -> sa.ColumnElement[bool]:
        """Return the condition that an instant is in these days."""
        return sa.and_(at >= self.since, at < self.until)


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), PARIS)
