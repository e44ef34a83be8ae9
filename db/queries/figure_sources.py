"""Count the figures of some orders from the orders themselves: the one place that says what each figure means.

The worker keeps what this returns (``db/services/figures.py``), readers ask it for the days that are stale and for
filters that no kept figure answers (``db/queries/figures.py``), and the night compares it with what is kept.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from db.domain.figures import DURATIONS, CustomerShare, Facet, Punctuality, Stage
from db.domain.orders import OrderStatus, PaymentState, ReturnStatus
from db.models import Order, OrderAddress, OrderLine, Return, Shipment
from db.models.orders import AddressKind
from db.queries.columns import sum_of
from db.queries.order_claims import due_cents, parts_of_due
from db.queries.paris import day_in_paris, hour_in_paris, weekday_of, whole_hours_between
from db.queries.plans import materialized

#: Statuses whose orders are no sales: neither counted nor worth anything.
NOT_A_SALE = tuple(sorted(status for status in OrderStatus if not status.counts_as_sale))
_PAID_AND_ON = frozenset(OrderStatus) - {OrderStatus.AWAITING_PAYMENT, OrderStatus.CANCELLED, OrderStatus.ERROR}
_RECEIVED_AND_ON = frozenset({OrderStatus.RECEIVED, OrderStatus.COMPLETED})
_DELIVERED_AND_ON = _RECEIVED_AND_ON | {OrderStatus.DELIVERED}
_SHIPPED_AND_ON = _DELIVERED_AND_ON | {OrderStatus.PARTLY_SHIPPED, OrderStatus.SHIPPED}
_TO_BE_PAID = (PaymentState.UNPAID, PaymentState.PARTLY_PAID)
_ABOUT_PARCELS = frozenset({Facet.STAGE, Facet.TO_SHIPPED, Facet.TO_DELIVERED, Facet.SHIPPING})

_Condition = sa.ColumnExpressionArgument[bool]
_Select = sa.Select[*tuple[Any, ...]]
_Column = sa.ColumnElement[Any]


def counted(conditions: Sequence[_Condition], facets: Collection[Facet]) -> sa.Subquery:
    """Return the figures of the orders that meet some conditions.

    Args:
        conditions: On ``orders``; every status is let through, for each facet knows which it counts.
        facets: What to count.

    Returns:
        Rows of facet, day, currency, value, orders, cents, units: one for each combination that occurs.
    """
    facts = _Facts(conditions, facets)
    return sa.union_all(*(_COUNTS[facet](facts, facet) for facet in facets)).subquery("counted")


def is_counted(facet: Facet, values: Collection[str]) -> sa.ColumnElement[bool]:
    """Return the condition that an order is one of those that a facet counts under some values.

    Args:
        facet: Any.
        values: As the figures name them; of places also a department alone (« 75 »), with all its towns; of lengths
            of time « at least so many hours ».
    """
    order = _Facts((), {facet}, read=lambda orders: orders.subquery("order_counted"))
    if facet is Facet.STAGE:
        reached = _stages_reached(order)
        chosen = sa.or_(sa.false(), *(reached[stage] for stage in Stage if stage in values))
        return sa.exists(sa.select(order.c.id).where(order.c.id == Order.id, chosen))
    count = _COUNTS[facet](order, facet)
    value = count.selected_columns["value"]
    assert isinstance(value, sa.Label)  # noqa: S101  ``_Facts.count`` names it so
    counted_so = count.with_only_columns(order.c.id).group_by(None).where(order.c.id == Order.id)
    return sa.exists(counted_so.where(_is_among(facet, value.element, values)))


def _is_among(facet: Facet, value: _Column, values: Collection[str]) -> sa.ColumnElement[bool]:
    if facet in DURATIONS:
        return sa.cast(value, sa.Integer) >= min(int(hours) for hours in values)
    whole = [value.startswith(f"{each}|", autoescape=True) for each in sorted(values) if "|" not in each]
    return sa.or_(value.in_(sorted(values)), *(whole if facet is Facet.PLACE else ()))


class _Facts:
    """The orders in question, read once whatever is counted of them."""

    def __init__(
        self,
        conditions: Sequence[_Condition],
        facets: Collection[Facet],
        *,
        read: Callable[[_Select], sa.FromClause] = lambda orders: materialized(orders, "facts"),
    ) -> None:
        orders = sa.select(
            Order.id,
            Order.placed_on.label("day"),
            Order.currency,
            Order.seller_id,
            Order.customer_id,
            Order.status,
            Order.status.not_in(NOT_A_SALE).label("is_sale"),
            Order.delivery_mode,
            Order.payment_method,
            Order.payment_state,
            Order.origin,
            Order.total_cents,
            Order.paid_cents,
            Order.refunded_cents,
            Order.item_count,
            Order.placed_at,
            Order.paid_at,
            Order.delivered_at,
            Order.received_at,
            Order.ship_by,
        )
        if _ABOUT_PARCELS & frozenset(facets):
            orders = orders.add_columns(_first_parcel_left_at().label("shipped_at"))
        if Facet.CUSTOMER in facets:
            orders = orders.add_columns(_bought_before().label("bought_before"))
        if Facet.RETURNED in facets:
            orders = orders.add_columns(_first_return_reason().label("return_reason"))
        if Facet.PAYMENT_STATE in facets:
            orders = orders.add_columns(*parts_of_due(Order.payment_state.in_(_TO_BE_PAID)))
        self.orders = read(orders.where(Order.placed_on.is_not(None), *conditions))
        self.c = self.orders.c

    def count(
        self,
        facet: Facet,
        value: _Column,
        *,
        cents: sa.SQLColumnExpression[int] | None = None,
        units: sa.SQLColumnExpression[int] | None = None,
        only_sales: bool = True,
    ) -> _Select:
        """Return a select that counts the orders by a value; the caller adds joins and conditions."""
        text = sa.cast(value, sa.Text).label("value")
        select = (
            sa.select(
                sa.cast(sa.literal(facet.value), sa.Text).label("facet"),
                self.c.day,
                self.c.currency,
                text,
                # An order has few lines, and seldom two of one product: it is counted once all the same.
                sa.cast(sa.func.count(sa.distinct(self.c.id)), sa.BigInteger).label("orders"),
                sum_of(self.c.total_cents if cents is None else cents).label("cents"),
                (sa.cast(0, sa.BigInteger) if units is None else sum_of(units)).label("units"),
            )
            .select_from(self.orders)
            .group_by(self.c.day, self.c.currency, text)
        )
        return select.where(self.c.is_sale) if only_sales else select


def _first_parcel_left_at() -> sa.ScalarSelect[Any]:
    """Return when the first parcel of an order left; those that were called back did not."""
    left = sa.select(sa.func.min(Shipment.shipped_at))
    return left.where(Shipment.order_id == Order.id, Shipment.cancelled_at.is_(None)).scalar_subquery()


def _first_return_reason() -> sa.ScalarSelect[Any]:
    """Return why something comes back, of the first request that was not denied, so that an order is counted once."""
    asked = sa.select(Return.reason).where(Return.order_id == Order.id, Return.status != ReturnStatus.DENIED)
    return asked.order_by(Return.id).limit(1).scalar_subquery()


def _bought_before() -> sa.Exists:
    """Tell whether a customer had bought before; the orders of one basket have one instant, none is earlier."""
    earlier = aliased(Order)
    return sa.exists().where(
        earlier.customer_id == Order.customer_id,
        earlier.placed_at < Order.placed_at,
        earlier.status.not_in(NOT_A_SALE),
    )


def _by(name: str) -> Callable[[_Facts, Facet], _Select]:
    return lambda facts, facet: facts.count(facet, facts.c[name])


def _sales(facts: _Facts, facet: Facet) -> _Select:
    return facts.count(facet, sa.literal(""), units=facts.c.item_count)


def _sellers(facts: _Facts, facet: Facet) -> _Select:
    return facts.count(facet, facts.c.seller_id, units=facts.c.item_count)


def _payment_states(facts: _Facts, facet: Facet) -> _Select:
    due = sa.case((facts.c.payment_state.in_(_TO_BE_PAID), due_cents(facts.c)), else_=0)
    return facts.count(facet, facts.c.payment_state, units=due)


def _products(facts: _Facts, facet: Facet) -> _Select:
    value = sa.func.coalesce(sa.cast(OrderLine.product_id, sa.Text), sa.literal("?").concat(OrderLine.name))
    count = facts.count(facet, value, cents=OrderLine.total_cents, units=OrderLine.quantity)
    return count.join(OrderLine, OrderLine.order_id == facts.c.id)


def _places(facts: _Facts, facet: Facet) -> _Select:
    """Count by where the goods go; where nobody said so, by where the invoice goes."""
    sides = {kind: aliased(OrderAddress) for kind in (AddressKind.DELIVERY, AddressKind.BILLING)}

    def known(name: str) -> _Column:
        return sa.func.coalesce(*(getattr(address, name) for address in sides.values()), "")

    count = facts.count(facet, _department(known("country_code"), known("postcode")).concat("|").concat(known("city")))
    for kind, address in sides.items():
        count = count.outerjoin(address, sa.and_(address.order_id == facts.c.id, address.kind == kind))
    return count


def _department(country: _Column, postcode: _Column) -> _Column:
    """Return the department as INSEE names it: « 75 », « 2A », « 974 »; outside of France the country."""
    in_south_corsica = sa.func.substr(postcode, 1, 3).in_(["200", "201"])
    two = sa.func.substr(postcode, 1, 2)
    return sa.case(
        (sa.func.upper(country) != "FR", sa.func.upper(country)),
        (sa.func.length(postcode) != 5, ""),
        (sa.and_(two == "20", in_south_corsica), "2A"),
        (two == "20", "2B"),
        (two.in_(["97", "98"]), sa.func.substr(postcode, 1, 3)),
        else_=two,
    )


def _hours(facts: _Facts, facet: Facet) -> _Select:
    return facts.count(facet, weekday_of(facts.c.day) * 24 + hour_in_paris(facts.c.placed_at))


def _customers(facts: _Facts, facet: Facet) -> _Select:
    share = sa.case(
        (facts.c.customer_id.is_(None), CustomerShare.GUEST.value),
        (facts.c.bought_before, CustomerShare.RETURNING.value),
        else_=CustomerShare.NEW.value,
    )
    return facts.count(facet, share)


def _stages(facts: _Facts, facet: Facet) -> _Select:
    was_there = _stages_reached(facts)
    stages = [facts.count(facet, sa.literal(stage.value), only_sales=False).where(was_there[stage]) for stage in Stage]
    return sa.select(sa.union_all(*stages).subquery())


def _stages_reached(facts: _Facts) -> Mapping[Stage, sa.ColumnElement[bool]]:
    """Tell how far orders came: their status says so, or an instant that was noted when they were there."""

    def reached(statuses: frozenset[OrderStatus], at: _Column) -> sa.ColumnElement[bool]:
        return sa.or_(facts.c.status.in_(sorted(statuses)), at.is_not(None))

    received = reached(_RECEIVED_AND_ON, facts.c.received_at)
    delivered = sa.or_(reached(_DELIVERED_AND_ON, facts.c.delivered_at), received)
    shipped = sa.or_(reached(_SHIPPED_AND_ON, facts.c.shipped_at), delivered)
    return {
        Stage.PLACED: sa.true(),
        Stage.PAID: sa.or_(reached(_PAID_AND_ON, facts.c.paid_at), shipped),
        Stage.SHIPPED: shipped,
        Stage.DELIVERED: delivered,
        Stage.RECEIVED: received,
        Stage.CANCELLED: facts.c.status == OrderStatus.CANCELLED,
    }


def _between(first: str, second: str) -> Callable[[_Facts, Facet], _Select]:
    def count(facts: _Facts, facet: Facet) -> _Select:
        start, end = facts.c[first], facts.c[second]
        return facts.count(facet, whole_hours_between(start, end)).where(start.is_not(None), end.is_not(None))

    return count


def _punctuality(facts: _Facts, facet: Facet) -> _Select:
    is_late = day_in_paris(facts.c.shipped_at) > facts.c.ship_by
    count = facts.count(facet, sa.case((is_late, Punctuality.LATE.value), else_=Punctuality.ON_TIME.value))
    return count.where(facts.c.shipped_at.is_not(None), facts.c.ship_by.is_not(None))


def _returned(facts: _Facts, facet: Facet) -> _Select:
    return facts.count(facet, facts.c.return_reason).where(facts.c.return_reason.is_not(None))


def _refunded(facts: _Facts, facet: Facet) -> _Select:
    return facts.count(facet, sa.literal(""), cents=facts.c.refunded_cents).where(facts.c.refunded_cents > 0)


_COUNTS: Mapping[Facet, Callable[[_Facts, Facet], _Select]] = {
    Facet.SALES: _sales,
    Facet.SELLER: _sellers,
    Facet.PRODUCT: _products,
    Facet.DELIVERY: _by("delivery_mode"),
    Facet.PAYMENT: _by("payment_method"),
    Facet.PAYMENT_STATE: _payment_states,
    Facet.ORIGIN: _by("origin"),
    Facet.PLACE: _places,
    Facet.HOUR: _hours,
    Facet.CUSTOMER: _customers,
    Facet.STAGE: _stages,
    Facet.TO_PAID: _between("placed_at", "paid_at"),
    Facet.TO_SHIPPED: _between("paid_at", "shipped_at"),
    Facet.TO_DELIVERED: _between("shipped_at", "delivered_at"),
    Facet.TO_RECEIVED: _between("delivered_at", "received_at"),
    Facet.SHIPPING: _punctuality,
    Facet.RETURNED: _returned,
    Facet.REFUNDED: _refunded,
}
