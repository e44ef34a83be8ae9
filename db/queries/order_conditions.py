"""The grid's filters as SQL conditions on ``orders``, in the parts that the plans treat differently."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from db.domain.order_filter import ALL_STATUSES, Attention, OrderFilter
from db.domain.orders import OPEN_RETURN_STATUSES, OPEN_STATUSES, UNDER_WAY_STATUSES, UNSHIPPED_PAID_STATUSES
from db.domain.time import PARIS
from db.domain.viewer import Viewer
from db.models import Order, OrderTag, Return
from db.queries.figure_sources import is_counted
from db.queries.plans import among, literally, no_reason, not_indexed

#: What « where » takes.
Condition = sa.ColumnExpressionArgument[bool]


@dataclass(frozen=True, slots=True)
class Where:
    """What the orders of one list have in common, seen by one person on one day."""

    #: Lets both databases use the small indexes on open orders, where it follows from the rest.
    openness: list[Condition]
    period: list[Condition]
    others: list[Condition]
    tag_id: int | None = None

    @property
    def columns(self) -> list[Condition]:
        """Return all the conditions, for plans that find the orders."""
        return [*self.openness, *self.period, *self.others, *self._bearing_the_tag()]

    def _bearing_the_tag(self) -> list[Condition]:
        """Return the condition by which few orders are found: the tag's own, unless the open ones are fewer."""
        if self.tag_id is None or self.openness:
            return self.tag_checks
        return [among(Order.id, sa.select(OrderTag.order_id).where(OrderTag.tag_id == self.tag_id))]

    @property
    def tag_checks(self) -> list[Condition]:
        """Return the condition that an order bears the tag, to check on each that a plan reads."""
        if self.tag_id is None:
            return []
        return [sa.exists().where(OrderTag.tag_id == self.tag_id, OrderTag.order_id == Order.id)]


def where(viewer: Viewer, wanted: OrderFilter, today: dt.date) -> Where:
    """Return the conditions of a filter; a seller's own orders are part of them."""
    only_open = wanted.statuses <= OPEN_STATUSES or wanted.attention is Attention.LATE
    checks = [
        *_set_conditions(wanted),
        *_value_conditions(wanted),
        *(Order.seller_id == seller for seller in (wanted.seller_id, viewer.seller_id) if seller),
    ]
    if wanted.attention is Attention.LATE_DELIVERY:  # They are few, and found by the day they were expected.
        checks = [not_indexed(check) for check in checks]
    return Where(
        openness=[Order.is_open] if only_open else [],
        period=_period_conditions(wanted),
        others=[*_status_conditions(wanted, today), *checks],
        # Tags are the staff's own words: a seller's list says nothing of them.
        tag_id=wanted.tag_id if viewer.seller_id is None else None,
    )


def _value_conditions(wanted: OrderFilter) -> list[Condition]:
    conditions: list[Condition] = []
    if wanted.customer_id:
        conditions.append(Order.customer_id == wanted.customer_id)
    if wanted.min_cents is not None:
        conditions.append(Order.total_cents >= wanted.min_cents)
    if wanted.max_cents is not None:
        conditions.append(Order.total_cents <= wanted.max_cents)
    if wanted.currency:
        conditions.append(Order.currency == wanted.currency)
    if wanted.facet:
        conditions.append(is_counted(wanted.facet, wanted.facet_values))
    return conditions


def _status_conditions(wanted: OrderFilter, today: dt.date) -> list[Condition]:
    conditions: list[Condition] = []
    if wanted.attention is Attention.LATE:
        conditions += late_conditions(today)
    if wanted.attention is Attention.LATE_DELIVERY:
        conditions += late_delivery_conditions(today)
    if wanted.attention is Attention.OPEN_RETURN:
        conditions.append(has_open_return())
    if wanted.statuses not in (OPEN_STATUSES, ALL_STATUSES):
        conditions.append(Order.status.in_(sorted(wanted.statuses)))
    return conditions


def late_conditions(today: dt.date) -> list[Condition]:
    """Return what « en retard » means: paid, not shipped, and its « ship by » day has passed."""
    return [Order.is_open, Order.status.in_(sorted(UNSHIPPED_PAID_STATUSES)), Order.ship_by < today]


def late_delivery_conditions(today: dt.date) -> list[Condition]:
    """Return what « livraison en retard » means: it left, and the day it should have arrived has passed."""
    return [no_reason(Order.status.in_(literally(UNDER_WAY_STATUSES))), Order.expected_delivery_on < today]


def has_open_return() -> Condition:
    """Return the condition that an order has a return waiting for something."""
    return Order.id.in_(sa.select(Return.order_id).where(Return.status.in_(literally(OPEN_RETURN_STATUSES))))


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
