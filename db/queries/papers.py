"""Which papers a printing would hold: found once, when it is asked for, and fixed."""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.documents import DocumentKind
from db.domain.errors import InvalidInputError
from db.domain.order_filter import ALL_STATUSES, OrderFilter
from db.domain.orders import OPEN_RETURN_STATUSES
from db.domain.papers import (
    MAX_PAPERS,
    Chosen,
    DayOf,
    Matching,
    Paper,
    PaperPlan,
    Period,
    TooManyPapersError,
    Wanted,
)
from db.domain.permissions import Permission
from db.domain.slips import delivery_slips, is_to_prepare, pickup_notes, return_slips, suppliers_of
from db.domain.viewer import Viewer
from db.models import Document, DocumentSeries, Order, Return, Seller, Shipment
from db.queries.order_grid import matching_ids
from db.queries.order_lines import lines_by_order
from db.queries.plans import not_indexed

_Row = sa.Row[*tuple[Any, ...]]
_Each = TypeVar("_Each")

#: Ids in one statement, far from the 65,535 parameters that PostgreSQL takes.
AT_ONCE = 1_000


def plan_papers(session: Session, viewer: Viewer, wanted: Wanted, today: dt.date) -> PaperPlan:
    """Return what a printing would hold if it were asked for now, in the order of its pages.

    Raises:
        NotAllowedError: The viewer does not read documents.
        InvalidInputError: The period ends before it begins.
        TooManyPapersError: More is asked for than one file takes.
    """
    viewer.require(Permission.READ_DOCUMENTS)
    match wanted.among:
        case Period(first_day=first, last_day=last) if first > last:
            raise InvalidInputError("La période se termine avant de commencer\u00a0: vérifiez les deux dates.")
        case Period(day_of=DayOf.DOCUMENT) as period if wanted.paper.document_kind:
            rows = session.execute(_documents_of(viewer, wanted.paper.document_kind, period)).all()
            return _numbered(session, wanted, rows, [])
        case Period() as period:
            ids = _order_ids(session, viewer, Matching(_filter_of(period)), today)
        case Chosen() | Matching() as among:
            ids = _order_ids(session, viewer, among, today)
    orders = _orders(session, viewer, ids)
    if wanted.paper.document_kind:
        kind = wanted.paper.document_kind
        rows = [row for some in in_parts(orders) for row in session.execute(_documents_among(kind, some))]
        return _numbered(session, wanted, rows, orders)
    return _slips(session, wanted, orders)


def in_parts(many: Sequence[_Each], at_once: int = AT_ONCE) -> Iterator[Sequence[_Each]]:
    """Return a long list some at a time."""
    return (many[start : start + at_once] for start in range(0, len(many), at_once))


def _filter_of(period: Period) -> OrderFilter:
    return OrderFilter(
        statuses=period.statuses or ALL_STATUSES,
        first_day=period.first_day,
        last_day=period.last_day,
        seller_id=period.seller_id,
    )


def _order_ids(session: Session, viewer: Viewer, among: Chosen | Matching, today: dt.date) -> Sequence[int]:
    if isinstance(among, Chosen):
        ids: Sequence[int] = sorted(set(among.order_ids))
    else:
        ids = matching_ids(session, viewer, among.orders, today, limit=MAX_PAPERS + 1)
    if len(ids) > MAX_PAPERS:
        raise TooManyPapersError
    return ids


def _orders(session: Session, viewer: Viewer, ids: Sequence[int]) -> list[_Row]:
    """Return the orders that the viewer may see, by date and then by number."""
    found = sa.select(Order.id, Order.number, Order.status, Order.delivery_mode, Order.placed_at, Order.seller_id)
    if viewer.seller_id is not None:
        found = found.where(Order.seller_id == viewer.seller_id)
    rows = [row for some in in_parts(ids) for row in session.execute(found.where(Order.id.in_(some)))]
    return sorted(rows, key=lambda row: (row.placed_at, row.number))


_DOCUMENT = (Document.id, Document.order_id, Document.sequence, DocumentSeries.code)


def _documents_among(kind: DocumentKind, orders: Sequence[_Row]) -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(*_DOCUMENT)
        .join(DocumentSeries, DocumentSeries.id == Document.series_id)
        .where(Document.order_id.in_([order.id for order in orders]), not_indexed(Document.kind == kind))
    )


def _documents_of(viewer: Viewer, kind: DocumentKind, period: Period) -> sa.Select[*tuple[Any, ...]]:
    found = (
        sa.select(*_DOCUMENT)
        .join(DocumentSeries, DocumentSeries.id == Document.series_id)
        .where(Document.kind == kind, Document.issued_on.between(period.first_day, period.last_day))
        .limit(MAX_PAPERS + 1)
    )
    for seller_id in (period.seller_id, viewer.seller_id):
        if seller_id is not None:
            found = found.where(Document.seller_id == seller_id)
    if period.statuses:
        found = found.join(Order, Order.id == Document.order_id)
        found = found.where(not_indexed(Order.status.in_(sorted(period.statuses))))
    return found


def _numbered(session: Session, wanted: Wanted, documents: Sequence[_Row], orders: Sequence[_Row]) -> PaperPlan:
    if len(documents) > MAX_PAPERS:
        raise TooManyPapersError
    by_number = sorted(documents, key=lambda row: (row.code, row.sequence))
    having = {row.order_id for row in documents}
    return PaperPlan(
        wanted=wanted,
        ids=tuple(row.id for row in by_number),
        orders=len(having),
        papers=len(documents),
        without=tuple(order.number for order in orders if order.id not in having),
        seller_name=_seller_name(session, wanted) if documents else "",
        number=_only(order.number for order in orders if order.id in having),
    )


def _slips(session: Session, wanted: Wanted, orders: Sequence[_Row]) -> PaperPlan:
    counts: dict[int, int] = {}
    for some in in_parts(orders):
        counts |= _counted(session, wanted.paper, some)
    having = [order for order in orders if counts[order.id]]
    # A picking list is one of each seller's shelves, however many orders it is for.
    is_list = wanted.paper is Paper.PICKING_LIST
    papers = len({order.seller_id for order in having}) if is_list else sum(counts.values())
    if papers > MAX_PAPERS:
        raise TooManyPapersError
    return PaperPlan(
        wanted=wanted,
        ids=tuple(order.id for order in having),
        orders=len(having),
        papers=papers,
        without=tuple(order.number for order in orders if not counts[order.id]),
        seller_name=_seller_name(session, wanted) if having else "",
        number=_only(order.number for order in having),
    )


def _only(numbers: Iterable[str]) -> str:
    some = list(islice(numbers, 2))
    return some[0] if len(some) == 1 else ""


def _counted(session: Session, paper: Paper, orders: Collection[_Row]) -> dict[int, int]:
    """Return how many papers each order has."""
    ids = [order.id for order in orders]
    lines = lines_by_order(session, ids)
    match paper:
        case Paper.DELIVERY_SLIPS:
            parcels = _parcels(session, ids)
            return {
                each.id: delivery_slips(each.status, each.delivery_mode, lines[each.id], parcels[each.id])
                for each in orders
            }
        case Paper.ORDER_SUMMARIES:
            return {each.id: len(suppliers_of(each.status, lines[each.id])) for each in orders}
        case Paper.PICKING_LIST:
            return {each.id: int(is_to_prepare(each.status, lines[each.id])) for each in orders}
        case Paper.RETURN_SLIPS:
            requests = _return_requests(session, ids)
            return {each.id: return_slips(lines[each.id], requests[each.id]) for each in orders}
        case Paper.PICKUP_NOTES:
            return {each.id: pickup_notes(each.status, each.delivery_mode, lines[each.id]) for each in orders}
    raise ValueError(f"{paper} is a numbered document")


def _parcels(session: Session, ids: Sequence[int]) -> Mapping[int, int]:
    found = sa.select(Shipment.order_id).where(Shipment.order_id.in_(ids), Shipment.cancelled_at.is_(None))
    return Counter(session.scalars(found))


def _return_requests(session: Session, ids: Sequence[int]) -> Mapping[int, int]:
    found = sa.select(Return.order_id).where(
        Return.order_id.in_(ids), not_indexed(Return.status.in_(sorted(OPEN_RETURN_STATUSES)))
    )
    return Counter(session.scalars(found))


def _seller_name(session: Session, wanted: Wanted) -> str:
    """Return the seller whose papers alone are wanted; who finds none learns no name."""
    match wanted.among:
        case Period(seller_id=int() as seller_id) | Matching(orders=OrderFilter(seller_id=int() as seller_id)):
            return session.scalar(sa.select(Seller.name).where(Seller.id == seller_id)) or ""
    return ""
