"""What customers bought and still have: the sales that cancellations may take back, newest first."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.orders import PaymentKind
from db.imports.online_retail.catalogue import customer_ref
from db.imports.online_retail.words import SOURCE
from db.imports.report import Tally
from db.imports.writing import batches
from db.models import Customer, Order, OrderLine, Payment

#: Stands for the position of a line in the reference of a refund of shipping.
SHIPPING = "port"
_CUSTOMERS_AT_A_TIME = 200

#: Customer, stock code, unit price in cents.
LineKey = tuple[str, str, int]


@dataclass(slots=True)
class SoldOrder:
    """An order with what is left to give back of it; taking lowers it."""

    id: int
    invoice: str
    placed_at: dt.datetime
    version: int
    total_cents: int
    paid_cents: int
    refunded_cents: int
    shipping_left_cents: int

    @property
    def left_cents(self) -> int:
        """Return what can still be refunded."""
        return self.paid_cents - self.refunded_cents


@dataclass(slots=True)
class SoldLine:
    """An order line with the units that are still with the customer; taking lowers them."""

    order: SoldOrder
    id: int
    position: int
    shipped: int
    returned: int

    @property
    def left(self) -> int:
        """Return how many units can still come back."""
        return self.shipped - self.returned


@dataclass(frozen=True, slots=True)
class Sales:
    """What customers bought, newest first."""

    lines: dict[LineKey, list[SoldLine]] = field(default_factory=lambda: defaultdict(list))
    #: By customer; only orders with shipping.
    shipping: dict[str, list[SoldOrder]] = field(default_factory=lambda: defaultdict(list))


@dataclass(frozen=True, slots=True)
class Recorded:
    """The refunds that earlier imports recorded."""

    #: By cancellation invoice and rank of the line in it.
    by_cancellation: dict[tuple[str, int], Tally] = field(default_factory=lambda: defaultdict(Tally))
    #: Refunded shipping, in cents, by order.
    shipping: dict[int, int] = field(default_factory=lambda: defaultdict(int))


def refund_ref(invoice: str, rank: int, sale_invoice: str, position: int | None) -> str:
    """Return the key of a refund: which line of which cancellation took back which line of which sale."""
    return f"{SOURCE}:{invoice}:{rank}:{sale_invoice}:{SHIPPING if position is None else position}"


def recorded_refunds(session: Session) -> Recorded:
    """Read the refunds of earlier imports back from their keys."""
    recorded = Recorded()
    refunds = session.execute(
        sa.select(Payment.order_id, Payment.external_ref, Payment.amount_cents).where(
            Payment.kind == PaymentKind.REFUND, Payment.external_ref.startswith(f"{SOURCE}:", autoescape=True)
        )
    )
    for order_id, ref, cents in refunds:
        _, invoice, rank, _, position = str(ref).split(":")
        recorded.by_cancellation[invoice, int(rank)].add(1, cents)
        if position == SHIPPING:
            recorded.shipping[order_id] += cents
    return recorded


def load_sales(session: Session, wanted: Iterable[LineKey], recorded: Recorded) -> Sales:
    """Load the lines with these keys, and the orders with shipping of the same customers.

    The customers' orders are locked until the transaction ends, so that nobody refunds them meanwhile.
    """
    sales = Sales()
    keys = sorted(set(wanted))
    by_customer = [list(group) for _, group in groupby(keys, key=itemgetter(0))]
    for batch in batches(by_customer, _CUSTOMERS_AT_A_TIME):
        refs = {customer_ref(group[0][0]): group[0][0] for group in batch}
        orders = _orders(session, refs, recorded, sales)
        _add_lines(session, refs, {key for group in batch for key in group}, orders, sales)
    return sales


def _orders(session: Session, refs: Mapping[str, str], recorded: Recorded, sales: Sales) -> dict[int, SoldOrder]:
    rows = session.execute(
        sa.select(
            Customer.external_ref.label("customer_ref"),
            Order.id,
            Order.external_ref,
            Order.placed_at,
            Order.version,
            Order.total_cents,
            Order.paid_cents,
            Order.refunded_cents,
            Order.shipping_cents,
        )
        .join(Customer, Customer.id == Order.customer_id)
        .where(Customer.external_ref.in_(refs), Order.source == SOURCE)
        .order_by(Order.placed_at.desc(), Order.number.desc())
        .with_for_update(of=Order)
    )
    orders = {}
    for row in rows:
        order = SoldOrder(
            id=row.id,
            invoice=row.external_ref.removeprefix(f"{SOURCE}:"),
            placed_at=row.placed_at,
            version=row.version,
            total_cents=row.total_cents,
            paid_cents=row.paid_cents,
            refunded_cents=row.refunded_cents,
            shipping_left_cents=row.shipping_cents - recorded.shipping.get(row.id, 0),
        )
        orders[order.id] = order
        if order.shipping_left_cents:
            sales.shipping[refs[row.customer_ref]].append(order)
    return orders


def _add_lines(
    session: Session, refs: Mapping[str, str], keys: AbstractSet[LineKey], orders: Mapping[int, SoldOrder], sales: Sales
) -> None:
    rows = session.execute(
        sa.select(
            Customer.external_ref.label("customer_ref"),
            OrderLine.id,
            OrderLine.order_id,
            OrderLine.position,
            OrderLine.sku,
            OrderLine.unit_price_cents,
            OrderLine.quantity_shipped,
            OrderLine.quantity_returned,
        )
        .join(Order, Order.id == OrderLine.order_id)
        .join(Customer, Customer.id == Order.customer_id)
        .where(
            Customer.external_ref.in_(refs),
            Order.source == SOURCE,
            OrderLine.sku.in_({code for _, code, _ in keys}),
            # Only where a unit is worth its price exactly: a discount is a price finer than a cent.
            OrderLine.discount_cents == 0,
            OrderLine.quantity_returned < OrderLine.quantity_shipped,
        )
        .order_by(Order.placed_at.desc(), Order.number.desc(), OrderLine.position.desc())
    )
    for row in rows:
        key = (refs[row.customer_ref], row.sku, row.unit_price_cents)
        if key in keys:
            line = SoldLine(orders[row.order_id], row.id, row.position, row.quantity_shipped, row.quantity_returned)
            sales.lines[key].append(line)
