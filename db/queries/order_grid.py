"""The order grid: which orders match a filter, how many, and one page of them in any order.

How a page is found depends on how many orders match, because one plan cannot serve both ends:

- *few* (the counter did not reach its cap): find them all through the filter's index, then sort those few;
- *many*: walk the sort's index from its start and keep what matches until the page is full.

So no sort and no filter ever scans the whole table, and the counter, which the screen needs anyway, decides.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from db.domain.order_filter import ALL_STATUSES, Attention, OrderFilter, OrderSort, SortColumn
from db.domain.orders import (
    OPEN_RETURN_STATUSES,
    OPEN_STATUSES,
    UNSHIPPED_PAID_STATUSES,
    DeliveryMode,
    OrderStatus,
    Origin,
    PaymentMethod,
    PaymentState,
)
from db.domain.time import PARIS
from db.domain.viewer import Viewer
from db.models import DailySales, Order, OrderSearch, Return, Seller
from db.queries.plans import materialized, not_indexed
from db.queries.text_match import matching_order_ids, text_conditions

#: Beyond this the screen says « plus de 10 000 » and offers no further pages: people filter instead.
COUNT_CAP = 10_000
#: The same where words are searched, because each candidate's text has to be read.
SEARCH_COUNT_CAP = 1_000
#: How many orders the walk reads for words before it turns to the trigram index.
_WALK_WINDOW = 20_000

#: What « where » takes.
Condition = sa.ColumnExpressionArgument[bool]

_SORT_KEYS: dict[SortColumn, tuple[InstrumentedAttribute[Any], ...]] = {
    SortColumn.NUMBER: (Order.number,),
    SortColumn.PLACED_AT: (Order.placed_at, Order.id),
    SortColumn.CUSTOMER: (Order.customer_sort, Order.id),
    SortColumn.SELLER: (Order.seller_id, Order.placed_at, Order.id),
    SortColumn.DELIVERY: (Order.delivery_mode, Order.placed_at, Order.id),
    SortColumn.PAYMENT: (Order.payment_state, Order.placed_at, Order.id),
    SortColumn.STATUS: (Order.status, Order.placed_at, Order.id),
    SortColumn.ORIGIN: (Order.origin, Order.placed_at, Order.id),
    SortColumn.TOTAL: (Order.total_cents, Order.id),
}


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One line of the grid."""

    id: int
    number: str
    placed_at: dt.datetime
    customer_name: str
    seller_name: str
    summary: str
    delivery_mode: DeliveryMode
    payment_method: PaymentMethod
    payment_state: PaymentState
    status: OrderStatus
    origin: Origin
    invoice_number: str | None
    total_cents: int
    currency: str
    ship_by: dt.date | None


@dataclass(frozen=True, slots=True)
class OrderCount:
    """How many orders match. ``is_capped`` means « more than ``orders`` », and then no sum is known."""

    orders: int
    is_capped: bool
    #: Currency and sum in cents, largest first; currencies are never added up.
    totals: tuple[tuple[str, int], ...] = ()


def count_orders(session: Session, viewer: Viewer, wanted: OrderFilter, today: dt.date) -> OrderCount:
    """Return how many orders match and what they are worth, exactly where that is quick, else « more than »."""
    if wanted.counts_from_roll_up:
        return _count_from_roll_up(session, viewer, wanted)
    cap = SEARCH_COUNT_CAP if wanted.has_text else COUNT_CAP
    matches = _matches(session, viewer, wanted, today)
    capped = matches.with_only_columns(Order.id).limit(cap + 1).subquery()
    found = session.scalar(sa.select(sa.func.count()).select_from(capped)) or 0
    if found > cap:
        return OrderCount(cap, is_capped=True)
    few = materialized(matches.with_only_columns(Order.currency, Order.total_cents), "few")
    totals = session.execute(
        sa.select(few.c.currency, sa.cast(sa.func.sum(few.c.total_cents), sa.BigInteger).label("cents"))
        .group_by(few.c.currency)
        .order_by(sa.desc("cents"))
    )
    return OrderCount(found, is_capped=False, totals=tuple((row.currency, row.cents) for row in totals))


def order_rows(
    session: Session,
    viewer: Viewer,
    wanted: OrderFilter,
    sort: OrderSort,
    count: OrderCount,
    today: dt.date,
    *,
    page: int,
    page_size: int,
) -> list[OrderRow]:
    """Return one page of the grid.

    Args:
        session: An open session.
        viewer: Who looks; a seller sees only their own orders.
        wanted: The filter that ``count`` was counted for.
        sort: Column and direction.
        count: The answer of ``count_orders``; it decides the plan.
        today: The day « late » refers to.
        page: From 1.
        page_size: Rows a page.
    """
    ids = _page_of_ids(session, viewer, wanted, sort, count, today, offset=(page - 1) * page_size, limit=page_size)
    return _rows(session, ids)


def matching_ids(
    session: Session, viewer: Viewer, wanted: OrderFilter, today: dt.date, *, limit: int = COUNT_CAP
) -> list[int]:
    """Return the ids of all the orders that match, newest first: what « select all N results » freezes."""
    few = materialized(_matches(session, viewer, wanted, today).with_only_columns(Order.id, Order.placed_at), "few")
    newest_first = sa.select(few.c.id).order_by(few.c.placed_at.desc(), few.c.id.desc()).limit(limit)
    return list(session.scalars(newest_first))


@dataclass(frozen=True, slots=True)
class ListPosition:
    """Where an order stands in the list it was opened from."""

    index: int
    total: int
    previous_number: str | None
    next_number: str | None


def position_in_list(
    session: Session, viewer: Viewer, wanted: OrderFilter, sort: OrderSort, number: str, today: dt.date
) -> ListPosition | None:
    """Return the neighbours of an order in a filtered list, or None where it is not near the top of that list."""
    count = count_orders(session, viewer, wanted, today)
    ids = _page_of_ids(session, viewer, wanted, sort, count, today, offset=0, limit=SEARCH_COUNT_CAP)
    numbers = {
        row.id: row.number for row in session.execute(sa.select(Order.id, Order.number).where(Order.id.in_(ids)))
    }
    ordered = [numbers[order_id] for order_id in ids if order_id in numbers]
    if number not in ordered:
        return None
    at = ordered.index(number)
    return ListPosition(
        index=at + 1,
        total=len(ordered),
        previous_number=ordered[at - 1] if at else None,
        next_number=ordered[at + 1] if at + 1 < len(ordered) else None,
    )


def _count_from_roll_up(session: Session, viewer: Viewer, wanted: OrderFilter) -> OrderCount:
    conditions = _roll_up_conditions(viewer, wanted)
    totals = session.execute(
        sa.select(
            DailySales.currency,
            sa.cast(sa.func.sum(DailySales.orders), sa.BigInteger).label("orders"),
            sa.cast(sa.func.sum(DailySales.total_cents), sa.BigInteger).label("cents"),
        )
        .where(*conditions)
        .group_by(DailySales.currency)
        .order_by(sa.desc("cents"))
    ).all()
    return OrderCount(
        sum(row.orders for row in totals),
        is_capped=False,
        totals=tuple((row.currency, row.cents) for row in totals if row.orders),
    )


def _roll_up_conditions(viewer: Viewer, wanted: OrderFilter) -> list[Condition]:
    conditions: list[Condition] = []
    if wanted.statuses != ALL_STATUSES:
        conditions.append(DailySales.status.in_(sorted(wanted.statuses)))
    if wanted.first_day:
        conditions.append(DailySales.placed_on >= wanted.first_day)
    if wanted.last_day:
        conditions.append(DailySales.placed_on <= wanted.last_day)
    if wanted.currency:
        conditions.append(DailySales.currency == wanted.currency)
    conditions += [DailySales.seller_id == seller for seller in (wanted.seller_id, viewer.seller_id) if seller]
    return conditions


def _matches(session: Session, viewer: Viewer, wanted: OrderFilter, today: dt.date) -> sa.Select[Any]:
    """Return the orders that match, found through the filter's own indexes."""
    matches = sa.select(Order.id).where(*_conditions(viewer, wanted, today))
    for column, text in ((OrderSearch.who, wanted.text), (OrderSearch.what, wanted.product)):
        if text:
            matches = matches.where(Order.id.in_(matching_order_ids(session, column, text)))
    return matches


def _conditions(viewer: Viewer, wanted: OrderFilter, today: dt.date) -> list[Condition]:
    return [*_open_condition(wanted), *_period_conditions(wanted), *_other_conditions(viewer, wanted, today)]


def _open_condition(wanted: OrderFilter) -> list[Condition]:
    """Return the condition that lets both databases use the small indexes on open orders, where it follows."""
    only_open = wanted.statuses <= OPEN_STATUSES or wanted.attention is Attention.LATE
    return [Order.is_open] if only_open else []


def _other_conditions(viewer: Viewer, wanted: OrderFilter, today: dt.date) -> list[Condition]:
    conditions = [*_status_conditions(wanted, today), *_set_conditions(wanted)]
    conditions += [Order.seller_id == seller for seller in (wanted.seller_id, viewer.seller_id) if seller]
    if wanted.customer_id:
        conditions.append(Order.customer_id == wanted.customer_id)
    if wanted.min_cents is not None:
        conditions.append(Order.total_cents >= wanted.min_cents)
    if wanted.max_cents is not None:
        conditions.append(Order.total_cents <= wanted.max_cents)
    if wanted.currency:
        conditions.append(Order.currency == wanted.currency)
    return conditions


def _status_conditions(wanted: OrderFilter, today: dt.date) -> list[Condition]:
    conditions: list[Condition] = []
    if wanted.attention is Attention.LATE:
        conditions += late_conditions(today)
    if wanted.attention is Attention.OPEN_RETURN:
        conditions.append(has_open_return())
    if wanted.statuses not in (OPEN_STATUSES, ALL_STATUSES):
        conditions.append(Order.status.in_(sorted(wanted.statuses)))
    return conditions


def late_conditions(today: dt.date) -> list[Condition]:
    """Return what « en retard » means: paid, not shipped, and its « ship by » day has passed."""
    return [Order.is_open, Order.status.in_(sorted(UNSHIPPED_PAID_STATUSES)), Order.ship_by < today]


def has_open_return() -> Condition:
    """Return the condition that an order has a return waiting for something."""
    return Order.id.in_(sa.select(Return.order_id).where(Return.status.in_(sorted(OPEN_RETURN_STATUSES))))


def _period_conditions(wanted: OrderFilter) -> list[Condition]:
    conditions: list[Condition] = []
    if wanted.first_day:
        conditions.append(Order.placed_at >= _midnight(wanted.first_day))
    if wanted.last_day:
        conditions.append(Order.placed_at < _midnight(wanted.last_day + dt.timedelta(days=1)))
    return conditions


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), PARIS)


def _set_conditions(wanted: OrderFilter) -> list[Condition]:
    chosen: list[tuple[InstrumentedAttribute[Any], frozenset[Any]]] = [
        (Order.payment_method, wanted.payment_methods),
        (Order.payment_state, wanted.payment_states),
        (Order.delivery_mode, wanted.delivery_modes),
        (Order.origin, wanted.origins),
    ]
    return [column.in_(sorted(values)) for column, values in chosen if values]


def _page_of_ids(
    session: Session,
    viewer: Viewer,
    wanted: OrderFilter,
    sort: OrderSort,
    count: OrderCount,
    today: dt.date,
    *,
    offset: int,
    limit: int,
) -> list[int]:
    many = count.is_capped or count.orders > COUNT_CAP
    if not many:
        return _sorted_few(session, viewer, wanted, sort, today, offset, limit)
    if not wanted.has_text:
        return _walk(session, viewer, wanted, sort, today, offset, limit)
    # A word that was common once (a product no longer sold) is not found near the start of the walk.
    ids = _walk(session, viewer, wanted, sort, today, offset, limit, window=_WALK_WINDOW)
    return ids if len(ids) == limit else _sorted_few(session, viewer, wanted, sort, today, offset, limit)


def _sorted_few(
    session: Session, viewer: Viewer, wanted: OrderFilter, sort: OrderSort, today: dt.date, offset: int, limit: int
) -> list[int]:
    keys = _SORT_KEYS[sort.column]
    few = materialized(_matches(session, viewer, wanted, today).with_only_columns(*{Order.id, *keys}), "few")
    ordered = sa.select(few.c.id).order_by(*_directed([few.c[key.key] for key in keys], sort))
    return list(session.scalars(ordered.limit(limit).offset(offset)))


def _walk(
    session: Session,
    viewer: Viewer,
    wanted: OrderFilter,
    sort: OrderSort,
    today: dt.date,
    offset: int,
    limit: int,
    window: int | None = None,
) -> list[int]:
    keys = _SORT_KEYS[sort.column]
    order_by = _directed(keys, sort)
    by_date = sort.column is SortColumn.PLACED_AT
    bounds = _open_condition(wanted) + (_period_conditions(wanted) if by_date else [])
    checks = ([] if by_date else _period_conditions(wanted)) + _other_conditions(viewer, wanted, today)
    walk = sa.select(Order.id).where(*bounds, *map(not_indexed, checks)).order_by(*order_by)
    if window is not None:
        near = walk.with_only_columns(*{Order.id, *keys}).limit(window).subquery("near")
        walk = (
            sa.select(near.c.id)
            .join(OrderSearch, OrderSearch.order_id == near.c.id)
            .where(*text_conditions(OrderSearch.who, wanted.text), *text_conditions(OrderSearch.what, wanted.product))
            .order_by(*_directed([near.c[key.key] for key in keys], sort))
        )
    return list(session.scalars(walk.limit(limit).offset(offset)))


def _directed(keys: Sequence[sa.SQLColumnExpression[Any]], sort: OrderSort) -> list[sa.ColumnElement[Any]]:
    return [key.desc() if sort.descending else key.asc() for key in keys]


def _rows(session: Session, ids: list[int]) -> list[OrderRow]:
    found = session.execute(
        sa.select(
            Order.id,
            Order.number,
            Order.placed_at,
            Order.customer_name,
            Seller.name.label("seller_name"),
            Order.summary,
            Order.delivery_mode,
            Order.payment_method,
            Order.payment_state,
            Order.status,
            Order.origin,
            Order.invoice_number,
            Order.total_cents,
            Order.currency,
            Order.ship_by,
        )
        .join(Seller, Seller.id == Order.seller_id)
        .where(Order.id.in_(ids))
    )
    rows = {row.id: OrderRow(**row._asdict()) for row in found}
    return [rows[order_id] for order_id in ids if order_id in rows]


def totals_of(session: Session, viewer: Viewer, ids: Sequence[int]) -> OrderCount:
    """Return how many of these orders the viewer may see and what they are worth."""
    conditions: list[Condition] = [Order.id.in_(ids)]
    if viewer.seller_id is not None:
        conditions.append(Order.seller_id == viewer.seller_id)
    rows = session.execute(
        sa.select(
            Order.currency,
            sa.func.count().label("orders"),
            sa.cast(sa.func.sum(Order.total_cents), sa.BigInteger).label("cents"),
        )
        .where(*conditions)
        .group_by(Order.currency)
        .order_by(sa.desc("cents"))
    ).all()
    return OrderCount(
        sum(row.orders for row in rows), is_capped=False, totals=tuple((row.currency, row.cents) for row in rows)
    )


def numbers_of(session: Session, viewer: Viewer, ids: Sequence[int]) -> list[str]:
    """Return the numbers of these orders that the viewer may see, newest first."""
    numbers = sa.select(Order.number).where(Order.id.in_(ids)).order_by(Order.placed_at.desc(), Order.id.desc())
    if viewer.seller_id is not None:
        numbers = numbers.where(Order.seller_id == viewer.seller_id)
    return list(session.scalars(numbers))
