"""The order grid: which orders match a filter, how many, and one page of them in any order.

How a page is found depends on how many orders match, because one plan cannot serve both ends:

- *few*: find them all through the filter's index, then sort those few;
- *many*: walk the sort's index from its start and keep what matches until the page is full.

So no sort and no filter ever scans the whole table, and the counter, which the screen needs anyway, decides.
Words are found by ``db.queries.order_words``, which names the few orders that have them.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from db.domain.order_filter import ALL_STATUSES, OrderFilter, OrderSort, SortColumn
from db.domain.orders import DeliveryMode, OrderStatus, Origin, PaymentMethod, PaymentState
from db.domain.viewer import Viewer
from db.models import DailySales, Order, Seller
from db.queries.order_conditions import Condition, Where, where
from db.queries.order_words import has_words, ids_with_words, orders_with_words
from db.queries.plans import materialized, not_indexed

#: Beyond this the screen says « plus de 10 000 » and gives no sum.
COUNT_CAP = 10_000
#: Pages are offered up to here: nobody looks for an order on page 41, and a page costs the more the deeper it lies.
BROWSE_CAP = 2_000
#: The same where words are searched, because each candidate's text has to be read.
WORDS_COUNT_CAP = 1_000
#: Grouping needs all the matches at once: beyond this the screen asks for a filter instead.
GROUPING_CAP = 30_000
#: How many orders a walk reads for words, first and then at most, before all that have them are asked for.
_WALK_WINDOWS = (2_000, 20_000)

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
    expected_delivery_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class OrderCount:
    """How many orders match. ``is_capped`` means « more than ``orders`` », and then no sum is known."""

    orders: int
    is_capped: bool
    #: Currency and sum in cents, largest first; currencies are never added up.
    totals: tuple[tuple[str, int], ...] = ()
    #: Where words were searched and few orders have them: which ones, so that nobody searches twice.
    ids: tuple[int, ...] | None = None


def count_orders(session: Session, viewer: Viewer, wanted: OrderFilter, today: dt.date) -> OrderCount:
    """Return how many orders match and what they are worth, exactly where that is quick, else « more than »."""
    if wanted.counts_from_roll_up:
        return _count_from_roll_up(session, viewer, wanted)
    matching = where(viewer, wanted, today)
    if wanted.has_text:
        ids = ids_with_words(session, wanted, matching, limit=WORDS_COUNT_CAP + 1)
        if len(ids) > WORDS_COUNT_CAP:
            return OrderCount(WORDS_COUNT_CAP, is_capped=True)
        return OrderCount(len(ids), is_capped=False, totals=_totals(session, [Order.id.in_(ids)]), ids=tuple(ids))
    capped = sa.select(Order.id).where(*matching.columns).limit(COUNT_CAP + 1).subquery()
    found = session.scalar(sa.select(sa.func.count()).select_from(capped)) or 0
    if found > COUNT_CAP:
        return OrderCount(COUNT_CAP, is_capped=True)
    return OrderCount(found, is_capped=False, totals=_totals(session, matching.columns))


def can_sort(wanted: OrderFilter, count: OrderCount, sort: OrderSort) -> bool:
    """Tell whether a list of that length can be sorted so.

    Grouping, and sorting common words by anything but the date, would read everything before the first row.
    """
    if wanted.has_text and count.is_capped:
        return sort.column is SortColumn.PLACED_AT
    return not sort.column.groups or (not count.is_capped and count.orders <= GROUPING_CAP)


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
        sort: Column and direction, one that ``can_sort`` allows.
        count: The answer of ``count_orders``; it decides the plan.
        today: The day « late » refers to.
        page: From 1.
        page_size: Rows a page.
    """
    window = _Window(offset=(page - 1) * page_size, limit=page_size)
    return _rows(session, _ids(session, viewer, wanted, sort, count, today, window))


def matching_ids(
    session: Session, viewer: Viewer, wanted: OrderFilter, today: dt.date, *, limit: int = COUNT_CAP
) -> list[int]:
    """Return the ids of the orders that match, newest first: what « select all N results » freezes."""
    count = count_orders(session, viewer, wanted, today)
    return _ids(session, viewer, wanted, OrderSort(), count, today, _Window(0, limit))


def in_list_order(session: Session, ids: Sequence[int], sort: OrderSort) -> list[int]:
    """Return some orders' ids as a list of that sort shows them, whatever pages they were ticked on."""
    return _sorted_few(session, [Order.id.in_(ids)], sort, _Window(0, len(ids)))


#: « ◀ 3/14 ▶ » is offered for the first orders of a list; further down people come back to the list.
_NEIGHBOURHOOD = 1_000


@dataclass(frozen=True, slots=True)
class ListPosition:
    """Where an order stands in the list it was opened from; ``total`` is None where nobody counted to the end."""

    index: int
    total: int | None
    previous_number: str | None
    next_number: str | None


def position_in_list(
    session: Session, viewer: Viewer, wanted: OrderFilter, sort: OrderSort, number: str, today: dt.date
) -> ListPosition | None:
    """Return the neighbours of an order in a filtered list, or None where it is not near the top of that list."""
    count = count_orders(session, viewer, wanted, today)
    ids = _ids(session, viewer, wanted, sort, count, today, _Window(0, _NEIGHBOURHOOD))
    numbers = {
        row.id: row.number for row in session.execute(sa.select(Order.id, Order.number).where(Order.id.in_(ids)))
    }
    ordered = [numbers[order_id] for order_id in ids if order_id in numbers]
    if number not in ordered:
        return None
    at = ordered.index(number)
    return ListPosition(
        index=at + 1,
        total=None if count.is_capped else count.orders,
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


def _roll_up_conditions(viewer: Viewer, wanted: OrderFilter) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
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


@dataclass(frozen=True, slots=True)
class _Window:
    offset: int
    limit: int


def _ids(
    session: Session,
    viewer: Viewer,
    wanted: OrderFilter,
    sort: OrderSort,
    count: OrderCount,
    today: dt.date,
    window: _Window,
) -> list[int]:
    if count.ids is not None:
        return _sorted_few(session, [Order.id.in_(count.ids)], sort, window)
    matching = where(viewer, wanted, today)
    if not wanted.has_text:
        if not sort.column.groups and (count.is_capped or _are_many(session, count.orders, window)):
            return _walk(session, matching, sort, window)
        return _sorted_few(session, matching.columns, sort, window)
    for length in _WALK_WINDOWS:
        ids = _walk_for_words(session, wanted, matching, sort, window, length)
        if len(ids) == window.limit:
            return ids
    # A word that was common once (a product no longer sold) is not found near the start of the walk.
    return _sorted_few(session, [Order.id.in_(orders_with_words(session, wanted, matching))], sort, window)


def _are_many(session: Session, matches: int, window: _Window) -> bool:
    """Tell whether walking the sort's index reads fewer orders than finding all the matches.

    Finding reads every match once; the walk reads ``all ÷ matches`` orders for each row down to the page's end.
    """
    all_orders = session.scalar(sa.select(sa.func.max(Order.id))) or 0
    return matches * matches > (window.offset + window.limit) * all_orders


def _sorted_few(session: Session, conditions: Sequence[Condition], sort: OrderSort, window: _Window) -> list[int]:
    keys = _SORT_KEYS[sort.column]
    few = materialized(sa.select(*{Order.id, *keys}).where(*conditions), "few")
    ordered = sa.select(few.c.id).order_by(*_directed([few.c[key.key] for key in keys], sort))
    return list(session.scalars(ordered.limit(window.limit).offset(window.offset)))


def _walk(session: Session, matching: Where, sort: OrderSort, window: _Window) -> list[int]:
    walk = _walking(matching, sort).with_only_columns(Order.id)
    return list(session.scalars(walk.limit(window.limit).offset(window.offset)))


def _walk_for_words(
    session: Session, wanted: OrderFilter, matching: Where, sort: OrderSort, window: _Window, length: int
) -> list[int]:
    keys = _SORT_KEYS[sort.column]
    near = _walking(matching, sort).with_only_columns(*{Order.id, *keys}).limit(length).subquery("near")
    having_words = (
        sa.select(near.c.id)
        .where(has_words(wanted, near.c.id))
        .order_by(*_directed([near.c[key.key] for key in keys], sort))
    )
    return list(session.scalars(having_words.limit(window.limit).offset(window.offset)))


def _walking(matching: Where, sort: OrderSort) -> sa.Select[Any]:
    """Return the orders in sorted order, read from the sort's index; the rest is checked on each."""
    by_date = sort.column is SortColumn.PLACED_AT
    bounds = matching.openness + (matching.period if by_date else [])
    checks = matching.others + matching.tag_checks + ([] if by_date else matching.period)
    return (
        sa.select(Order.id)
        .where(*bounds, *map(not_indexed, checks))
        .order_by(*_directed(_SORT_KEYS[sort.column], sort))
    )


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
            Order.expected_delivery_on,
        )
        .join(Seller, Seller.id == Order.seller_id)
        .where(Order.id.in_(ids))
    )
    rows = {row.id: OrderRow(**row._asdict()) for row in found}
    return [rows[order_id] for order_id in ids if order_id in rows]


def totals_of(session: Session, viewer: Viewer, ids: Sequence[int]) -> OrderCount:
    """Return how many of these orders the viewer may see and what they are worth."""
    seen = [Order.id.in_(ids), *_own(viewer)]
    orders = session.scalar(sa.select(sa.func.count()).select_from(Order).where(*seen)) or 0
    return OrderCount(orders, is_capped=False, totals=_totals(session, seen))


def numbers_of(session: Session, viewer: Viewer, ids: Sequence[int]) -> list[str]:
    """Return the numbers of these orders that the viewer may see, newest first."""
    numbers = sa.select(Order.number).where(Order.id.in_(ids), *_own(viewer))
    return list(session.scalars(numbers.order_by(Order.placed_at.desc(), Order.id.desc())))


def statuses_of(session: Session, viewer: Viewer, ids: Sequence[int]) -> frozenset[OrderStatus]:
    """Return the statuses that these orders have."""
    return frozenset(session.scalars(sa.select(Order.status).where(Order.id.in_(ids), *_own(viewer)).distinct()))


def _own(viewer: Viewer) -> list[Condition]:
    return [] if viewer.seller_id is None else [Order.seller_id == viewer.seller_id]


def _totals(session: Session, conditions: Sequence[Condition]) -> tuple[tuple[str, int], ...]:
    few = materialized(sa.select(Order.currency, Order.total_cents).where(*conditions), "few")
    totals = session.execute(
        sa.select(few.c.currency, sa.cast(sa.func.sum(few.c.total_cents), sa.BigInteger).label("cents"))
        .group_by(few.c.currency)
        .order_by(sa.desc("cents"))
    )
    return tuple((row.currency, row.cents) for row in totals)
