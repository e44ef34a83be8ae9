"""« Contrôle »: what the books say of a period, exact at every instant: kept by the day, stale days counted live."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.control import Control
from db.domain.files import FileKind
from db.domain.months import month_of
from db.domain.viewer import Viewer
from db.models import DayControl, Order, Seller
from db.queries.columns import sum_of
from db.queries.control_sources import control_sums
from db.queries.figures import stale_days

_SUMS = tuple(each.name for each in fields(Control))


class ControlBy(StrEnum):
    """What the rows of the table stand for."""

    DAY = "day"
    MONTH = "month"
    SELLER = "seller"


@dataclass(frozen=True, slots=True)
class ControlFilter:
    """Which orders: those placed from a day to another, in one currency, of one seller or of all."""

    first_day: dt.date
    last_day: dt.date
    currency: str = "EUR"
    seller_id: int | None = None


@dataclass(frozen=True, slots=True)
class ControlRow:
    """What the books say of a day, a month (its first day) or a seller."""

    on: dt.date | None
    seller_id: int | None
    seller_name: str
    control: Control


def control_rows(session: Session, viewer: Viewer, wanted: ControlFilter, by: ControlBy) -> list[ControlRow]:
    """Return what the books say of a period: days and months the newest first, sellers by name.

    Raises:
        NotAllowedError: The person may not see all sellers' accounts.
    """
    viewer.require(FileKind.CONTINUITY.permission)
    if by is ControlBy.SELLER:
        return _by_seller(session, wanted)
    days = {row.day: Control(*(getattr(row, name) for name in _SUMS)) for row in _grouped(session, wanted, "day")}
    rows: dict[dt.date, Control] = {}
    for day, control in days.items():
        key = month_of(day) if by is ControlBy.MONTH else day
        rows[key] = rows.get(key, Control()) + control
    return [ControlRow(on, None, "", control) for on, control in sorted(rows.items(), reverse=True)]


def control_currencies(session: Session, viewer: Viewer) -> list[str]:
    """Return the currencies in which something was sold, the most used first.

    Raises:
        NotAllowedError: The person may not see all sellers' accounts.
    """
    viewer.require(FileKind.CONTINUITY.permission)
    kept = sa.select(DayControl.currency).group_by(DayControl.currency).order_by(sa.func.sum(DayControl.orders).desc())
    return list(session.scalars(kept)) or ["EUR"]


def unexplained_count(session: Session, viewer: Viewer) -> int:
    """Return how many orders differ without a reason, as the worker last counted them, some seconds ago.

    Raises:
        NotAllowedError: The person may not see all sellers' accounts.
    """
    viewer.require(FileKind.CONTINUITY.permission)
    # In the words of its partial index.
    found = sa.select(sum_of(DayControl.unexplained_orders)).where(sa.text("unexplained_orders > 0"))
    return session.scalar(found) or 0


def _by_seller(session: Session, wanted: ControlFilter) -> list[ControlRow]:
    rows = _grouped(session, wanted, "seller_id")
    names = {row.id: row.name for row in session.execute(sa.select(Seller.id, Seller.name))}
    found = [
        ControlRow(None, row.seller_id, names.get(row.seller_id, ""), Control(*(getattr(row, name) for name in _SUMS)))
        for row in rows
    ]
    return sorted(found, key=lambda row: (row.seller_name, row.seller_id))


def _grouped(session: Session, wanted: ControlFilter, key: str) -> Sequence[sa.Row[Any]]:
    """Return the sums of what is kept of the days that nothing touched, and of the orders of the others."""
    stale = [day for day in stale_days(session) if wanted.first_day <= day <= wanted.last_day]
    columns = (key, *_SUMS)
    kept = sa.select(*(getattr(DayControl, name) for name in columns)).where(
        DayControl.day.between(wanted.first_day, wanted.last_day),
        DayControl.day.not_in(stale),
        DayControl.currency == wanted.currency,
        *_of_seller(DayControl.seller_id, wanted),
    )
    sources: list[sa.Select[Any]] = [kept]
    if stale:
        placed = [Order.placed_on.in_(stale), Order.currency == wanted.currency, *_of_seller(Order.seller_id, wanted)]
        live = control_sums(placed).subquery()
        sources.append(sa.select(*(live.c[name] for name in columns)))
    found = sa.union_all(*sources).subquery()
    sums = (sum_of(found.c[name]).label(name) for name in _SUMS)
    return session.execute(sa.select(found.c[key], *sums).group_by(found.c[key])).all()


def _of_seller(column: sa.SQLColumnExpression[int], wanted: ControlFilter) -> list[sa.ColumnElement[bool]]:
    return [] if wanted.seller_id is None else [column == wanted.seller_id]
