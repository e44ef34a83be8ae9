"""The days that a report is of, in Paris, as bounds on instants, and the seller that it is of."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from db.domain.accounting_reports import AccountingFilter
from db.domain.time import PARIS
from db.domain.viewer import Viewer


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


def of_sellers(
    viewer: Viewer, wanted: AccountingFilter, column: sa.SQLColumnExpression[int]
) -> list[sa.ColumnElement[bool]]:
    """Return the conditions on the column that names a seller: the one that is wanted, and the one who reads."""
    return [column == seller_id for seller_id in (wanted.seller_id, viewer.seller_id) if seller_id is not None]


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), PARIS)
