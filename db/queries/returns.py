"""Vendre › Retours: returns page by page with their deadlines, and how many wait for what."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.order_facts import LineFacts
from db.domain.orders import ActorKind, ReturnStatus
from db.domain.permissions import Permission
from db.domain.return_filter import ReturnFilter, ReturnTab
from db.domain.returns import ReturnReason
from db.domain.time import local_day
from db.domain.viewer import Viewer
from db.domain.withdrawal import Deadline, last_day_to_refund
from db.models import Order, OrderLine, Return, ReturnLine, ReturnMessage, ReturnPhoto, Seller, Settlement
from db.models.returns import IS_UNREAD
from db.queries.columns import columns
from db.queries.return_conditions import conditions, has_unread, is_late, is_open, of_seller

PAGE_SIZE = 50
#: Counters stop there: « 1 000+ ».
COUNT_CAP = 1_000


@dataclass(frozen=True, slots=True)
class ReturnRow:
    """One line of the list. Amounts are cents of ``currency``."""

    id: int
    version: int
    status: ReturnStatus
    reason: ReturnReason
    requested_by: ActorKind
    requested_at: dt.datetime
    received_at: dt.datetime | None
    completed_at: dt.datetime | None
    gesture_reason: str
    order_id: int
    order_number: str
    customer_name: str
    seller_name: str
    currency: str
    #: Articles announced, « 2 × Thé vert bio » each.
    articles: tuple[str, ...]
    units: int
    #: What is left of the price of the units announced.
    worth_cents: int
    #: What was given back for it, as money and as vouchers.
    given_back_cents: int
    photo_count: int
    unread_count: int

    def refund_deadline(self, today: dt.date) -> Deadline | None:
        """Return until when the money is to be back; None once the return is over."""
        return refund_deadline(self.requested_at, today, is_awaited=self.status.is_open)


@dataclass(frozen=True, slots=True)
class ReturnPage:
    """One page of a list: the oldest first where it is worked through, elsewhere the newest."""

    rows: tuple[ReturnRow, ...]
    has_previous: bool
    has_next: bool


def refund_deadline(requested_at: dt.datetime, today: dt.date, *, is_awaited: bool) -> Deadline | None:
    """Return until when the money of a return is to be back; None where nobody waits for any."""
    return Deadline(last_day_to_refund(local_day(requested_at)), today) if is_awaited else None


def return_page(
    session: Session,
    viewer: Viewer,
    wanted: ReturnFilter,
    today: dt.date,
    *,
    following: int | None = None,
    preceding: int | None = None,
) -> ReturnPage:
    """Return one page of the returns that a filter asks for.

    Args:
        session: An open session.
        viewer: Who looks; a seller sees those of their own orders only.
        wanted: Which returns.
        today: What deadlines are told from.
        following: The page that begins just below this return (its id).
        preceding: The page that ends just above this one; ``following`` is then not looked at.

    Raises:
        NotAllowedError: The person may not read orders.
    """
    viewer.require(Permission.READ_ORDERS)
    backwards = preceding is not None
    edge = preceding if backwards else following
    # « Downwards » in a list that is worked through is towards the newer ones.
    ascending = wanted.tab.is_worked_through is not backwards
    select = sa.select(Return.id).where(*conditions(session, viewer, wanted, today))
    if edge is not None:
        at = session.scalar(sa.select(Return.requested_at).where(Return.id == edge))
        if at is None:
            edge = None  # It is gone: the list begins anew.
            backwards, ascending = False, wanted.tab.is_worked_through
        else:
            here = sa.tuple_(Return.requested_at, Return.id)
            there = sa.tuple_(sa.literal(at, Return.requested_at.type), sa.literal(edge))
            select = select.where(here > there if ascending else here < there)
    order = (Return.requested_at, Return.id) if ascending else (Return.requested_at.desc(), Return.id.desc())
    found = list(session.scalars(select.order_by(*order).limit(PAGE_SIZE + 1)))
    has_more, ids = len(found) > PAGE_SIZE, found[:PAGE_SIZE]
    return ReturnPage(
        rows=return_rows(session, ids[::-1] if backwards else ids),
        has_previous=has_more if backwards else edge is not None,
        has_next=True if backwards else has_more,
    )


def count_returns(session: Session, viewer: Viewer, wanted: ReturnFilter, today: dt.date) -> int:
    """Return how many returns a filter asks for, up to ``COUNT_CAP``."""
    viewer.require(Permission.READ_ORDERS)
    some = sa.select(Return.id).where(*conditions(session, viewer, wanted, today)).limit(COUNT_CAP)
    return session.scalar(sa.select(sa.func.count()).select_from(some.subquery())) or 0


def return_counts(session: Session, viewer: Viewer, today: dt.date) -> Mapping[ReturnTab, int]:
    """Return how many returns wait in each list of what is under way; lists of what is over are not counted."""
    viewer.require(Permission.READ_ORDERS)
    own = of_seller(viewer.seller_id)
    figures = sa.select(Return.status, sa.func.count().label("returns"), _late_count(today).label("late"))
    rows = session.execute(figures.where(is_open(), *own).group_by(Return.status)).all()
    unread = sa.select(sa.func.count()).select_from(Return).where(has_unread(), *own)
    by_status = {row.status: row.returns for row in rows}
    return {
        ReturnTab.OPEN: sum(by_status.values()),
        ReturnTab.REQUESTED: by_status.get(ReturnStatus.REQUESTED, 0),
        ReturnTab.AWAITING_PARCEL: by_status.get(ReturnStatus.AWAITING_PARCEL, 0),
        ReturnTab.PARCEL_RECEIVED: by_status.get(ReturnStatus.PARCEL_RECEIVED, 0),
        ReturnTab.LATE: sum(row.late for row in rows),
        ReturnTab.TO_ANSWER: session.scalar(unread) or 0,
    }


def _late_count(today: dt.date) -> sa.ColumnElement[int]:
    return sa.cast(sa.func.sum(sa.case((is_late(today), 1), else_=0)), sa.BigInteger)


def return_rows(session: Session, ids: Sequence[int]) -> tuple[ReturnRow, ...]:
    """Return the rows of some returns, in the order of their ids as given."""
    if not ids:
        return ()
    found = session.execute(
        sa.select(
            Return.id,
            Return.version,
            Return.status,
            Return.reason,
            Return.requested_by,
            Return.requested_at,
            Return.received_at,
            Return.completed_at,
            Return.gesture_reason,
            Return.order_id,
            Order.number.label("order_number"),
            Order.customer_name,
            Seller.name.label("seller_name"),
            Order.currency,
        )
        .join(Order, Order.id == Return.order_id)
        .join(Seller, Seller.id == Order.seller_id)
        .where(Return.id.in_(ids))
    )
    lines = _lines(session, ids)
    given = _per_return(session, ids, Settlement, sa.func.sum(Settlement.refund_cents + Settlement.voucher_cents))
    photos = _per_return(session, ids, ReturnPhoto, sa.func.count())
    unread = _per_return(session, ids, ReturnMessage, sa.func.count(), sa.text(IS_UNREAD))
    rows = {
        row.id: ReturnRow(
            **row._asdict(),
            articles=tuple(f"{line.units} × {line.name}" for line in lines[row.id]),
            units=sum(line.units for line in lines[row.id]),
            worth_cents=sum(line.worth_cents for line in lines[row.id]),
            given_back_cents=given.get(row.id, 0),
            photo_count=photos.get(row.id, 0),
            unread_count=unread.get(row.id, 0),
        )
        for row in found
    }
    return tuple(rows[return_id] for return_id in ids if return_id in rows)


@dataclass(frozen=True, slots=True)
class _Line:
    name: str
    units: int
    worth_cents: int


def _lines(session: Session, ids: Sequence[int]) -> Mapping[int, list[_Line]]:
    found = session.execute(
        sa.select(ReturnLine.return_id, ReturnLine.quantity, OrderLine.name, *columns(OrderLine, LineFacts))
        .join(OrderLine, OrderLine.id == ReturnLine.order_line_id)
        .where(ReturnLine.return_id.in_(ids), ReturnLine.quantity > 0)
        .order_by(ReturnLine.return_id, OrderLine.position)
    )
    lines: dict[int, list[_Line]] = defaultdict(list)
    for return_id, units, name, *facts in found:
        lines[return_id].append(_Line(name, units, worth_announced(LineFacts(*facts), units)))
    return lines


def worth_announced(line: LineFacts, units: int) -> int:
    """Return what is left of the price of units that are announced; what was given back already is worth nothing."""
    return line.worth_of(min(units, line.quantity_refundable))


def _per_return(
    session: Session,
    ids: Sequence[int],
    table: type[Settlement | ReturnPhoto | ReturnMessage],
    figure: sa.ColumnElement[Any],
    *conditions: sa.ColumnElement[bool] | sa.TextClause,
) -> dict[int | None, int]:
    found = sa.select(table.return_id, sa.cast(figure, sa.BigInteger)).where(table.return_id.in_(ids), *conditions)
    return {row[0]: row[1] for row in session.execute(found.group_by(table.return_id))}
