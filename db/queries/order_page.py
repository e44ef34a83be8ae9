"""« Commande »: everything one screen shows of an order, in a handful of statements whatever its size."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from db.domain.errors import OrderNotFoundError
from db.domain.orders import (
    ActorKind,
    DeliveryMode,
    HistoryEvent,
    OrderStatus,
    Origin,
    PaymentKind,
    PaymentMethod,
    PaymentRecordState,
    PaymentState,
    ReturnStatus,
    days_late,
)
from db.domain.permissions import Permission
from db.domain.text import is_storable
from db.domain.vat import VatTotal, totals_per_rate
from db.domain.viewer import Viewer
from db.models import (
    Base,
    Basket,
    Customer,
    Order,
    OrderAddress,
    OrderHistory,
    OrderLine,
    Payment,
    Return,
    ReturnLine,
    Seller,
)
from db.models.orders import AddressKind

#: How many of the customer's other orders the page names; the rest is one click away, in the grid.
RECENT_ORDERS = 4


@dataclass(frozen=True, slots=True)
class OrderHeader:
    """The order itself: what the first line of the page and its right column state."""

    id: int
    number: str
    version: int
    status: OrderStatus
    status_before_error: OrderStatus | None
    payment_state: PaymentState
    payment_method: PaymentMethod
    currency: str
    items_cents: int
    shipping_cents: int
    shipping_vat_rate_bp: int
    #: Already inside ``items_cents``.
    discount_cents: int
    total_cents: int
    paid_cents: int
    refunded_cents: int
    item_count: int
    placed_at: dt.datetime
    terms_accepted_at: dt.datetime | None
    origin: Origin
    source: str
    invoice_number: str | None
    seller_id: int
    seller_name: str
    basket_id: int | None
    basket_reference: str | None
    customer_id: int | None
    customer_name: str
    customer_email: str
    customer_phone: str
    delivery_mode: DeliveryMode
    carrier: str
    pickup_address: str
    weight_g: int
    ship_by: dt.date | None
    expected_delivery_on: dt.date | None
    delivered_at: dt.datetime | None

    @property
    def due_cents(self) -> int:
        """Return what the customer still owes; negative where they paid too much."""
        return self.total_cents - self.paid_cents

    def days_late(self, today: dt.date) -> int:
        """Return for how many days the order should have been shipped already; 0 where it is on time."""
        return days_late(self.status, self.ship_by, today)


@dataclass(frozen=True, slots=True)
class LineRow:
    """One article as it was bought."""

    id: int
    sku: str
    name: str
    attributes: dict[str, str]
    supplier: str
    quantity: int
    unit_price_cents: int
    vat_rate_bp: int
    discount_cents: int
    total_cents: int
    quantity_shipped: int
    quantity_cancelled: int
    quantity_returned: int


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """Money received or given back, or an attempt at it."""

    kind: PaymentKind
    method: PaymentMethod
    state: PaymentRecordState
    amount_cents: int
    currency: str
    reference: str
    installments: int
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class AddressRow:
    """An address as it was at purchase."""

    kind: AddressKind
    name: str
    company: str
    street: str
    street_extra: str
    postcode: str
    city: str
    country_code: str
    phone: str


@dataclass(frozen=True, slots=True)
class OtherOrder:
    """Another order in a few words: of the same basket, or of the same customer."""

    number: str
    placed_at: dt.datetime
    status: OrderStatus
    seller_name: str
    total_cents: int
    currency: str


@dataclass(frozen=True, slots=True)
class CustomerAccount:
    """The customer's account and what they bought, as far as the viewer may see it."""

    id: int
    company: str
    locale: str
    #: None for a seller: the points are between the marketplace and the customer.
    loyalty_points: int | None
    order_count: int
    cancelled_count: int
    #: Currency and sum in cents of the orders that are not cancelled, largest first.
    totals: tuple[tuple[str, int], ...]
    #: The newest ones outside this order's basket.
    recent_orders: tuple[OtherOrder, ...]


@dataclass(frozen=True, slots=True)
class ReturnRow:
    """A return request with what the customer sends back: name and quantity."""

    status: ReturnStatus
    explanation: str
    requested_at: dt.datetime
    lines: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One thing that happened to the order."""

    at: dt.datetime
    actor_kind: ActorKind
    actor_name: str
    event: HistoryEvent
    before: dict[str, Any]
    after: dict[str, Any]
    note: str


@dataclass(frozen=True, slots=True)
class OrderPage:
    """Everything the page shows."""

    header: OrderHeader
    lines: tuple[LineRow, ...]
    #: Of the lines and the shipping, lowest rate first.
    vat_totals: tuple[VatTotal, ...]
    payments: tuple[PaymentRow, ...]
    billing: AddressRow | None
    delivery: AddressRow | None
    #: None where the order has no account behind it: a guest, an imported file.
    account: CustomerAccount | None
    basket_siblings: tuple[OtherOrder, ...]
    returns: tuple[ReturnRow, ...]
    #: Newest first.
    history: tuple[HistoryEntry, ...]


def order_page(session: Session, viewer: Viewer, number: str) -> OrderPage:
    """Return what the page of an order shows.

    Args:
        session: An open session.
        viewer: Who looks; a seller sees their own orders only, of the basket and of the customer too.
        number: The order's number, exactly.

    Raises:
        NotAllowedError: The person may not read orders.
        OrderNotFoundError: No order has this number, or it is another seller's.
    """
    viewer.require(Permission.READ_ORDERS)
    header = _header(session, viewer, number)
    lines = _lines(session, header.id)
    addresses = _addresses(session, header.id)
    return OrderPage(
        header=header,
        lines=lines,
        vat_totals=_vat_totals(header, lines),
        payments=_payments(session, header.id),
        billing=addresses.get(AddressKind.BILLING),
        delivery=addresses.get(AddressKind.DELIVERY),
        account=_account(session, viewer, header),
        basket_siblings=_basket_siblings(session, viewer, header),
        returns=_returns(session, header.id),
        history=_history(session, header.id),
    )


def _header(session: Session, viewer: Viewer, number: str) -> OrderHeader:
    if not is_storable(number):
        raise OrderNotFoundError(number)
    found = session.execute(
        sa.select(
            *_columns(Order, OrderHeader),
            Seller.name.label("seller_name"),
            Basket.reference.label("basket_reference"),
        )
        .join(Seller, Seller.id == Order.seller_id)
        .outerjoin(Basket, Basket.id == Order.basket_id)
        .where(Order.number == number, *_own(viewer))
    ).one_or_none()
    if found is None:
        raise OrderNotFoundError(number)
    return OrderHeader(**found._asdict())


def _columns(model: type[Base], row: type) -> list[InstrumentedAttribute[Any]]:
    """Return the columns of a table that a row's class names, in its order."""
    return [getattr(model, field.name) for field in fields(row) if field.name in model.__table__.columns]


def _mapping(value: object) -> dict[str, Any]:
    """Return a JSON object as it is; whoever wrote something else there must not break the page."""
    return value if isinstance(value, dict) else {}


def _own(viewer: Viewer) -> list[sa.ColumnElement[bool]]:
    return [] if viewer.seller_id is None else [Order.seller_id == viewer.seller_id]


def _lines(session: Session, order_id: int) -> tuple[LineRow, ...]:
    found = session.execute(
        sa.select(*_columns(OrderLine, LineRow)).where(OrderLine.order_id == order_id).order_by(OrderLine.position)
    )
    return tuple(LineRow(**row._asdict() | {"attributes": _mapping(row.attributes)}) for row in found)


def _vat_totals(header: OrderHeader, lines: Sequence[LineRow]) -> tuple[VatTotal, ...]:
    gross_by_rate = [(line.vat_rate_bp, line.total_cents) for line in lines]
    if header.shipping_cents:
        gross_by_rate.append((header.shipping_vat_rate_bp, header.shipping_cents))
    return tuple(totals_per_rate(gross_by_rate))


def _payments(session: Session, order_id: int) -> tuple[PaymentRow, ...]:
    at = sa.func.coalesce(Payment.received_at, Payment.created_at, type_=Payment.created_at.type)
    found = session.execute(
        sa.select(*_columns(Payment, PaymentRow), at.label("at"))
        .where(Payment.order_id == order_id)
        .order_by(at, Payment.id)
    )
    return tuple(PaymentRow(**row._asdict()) for row in found)


def _addresses(session: Session, order_id: int) -> dict[AddressKind, AddressRow]:
    found = session.execute(sa.select(*_columns(OrderAddress, AddressRow)).where(OrderAddress.order_id == order_id))
    return {row.kind: AddressRow(**row._asdict()) for row in found}


def _account(session: Session, viewer: Viewer, header: OrderHeader) -> CustomerAccount | None:
    if header.customer_id is None:
        return None
    customer = session.execute(
        sa.select(Customer.company, Customer.locale, Customer.loyalty_points).where(Customer.id == header.customer_id)
    ).one()
    theirs = [Order.customer_id == header.customer_id, *_own(viewer)]
    is_cancelled = Order.status == OrderStatus.CANCELLED
    kept_cents = sa.func.sum(sa.case((is_cancelled, 0), else_=Order.total_cents))
    by_currency = session.execute(
        sa.select(
            Order.currency,
            sa.func.count().label("orders"),
            sa.func.sum(sa.case((is_cancelled, 1), else_=0)).label("cancelled"),
            sa.cast(kept_cents, sa.BigInteger).label("cents"),
        )
        .where(*theirs)
        .group_by(Order.currency)
        .order_by(sa.desc("cents"), Order.currency)
    ).all()
    return CustomerAccount(
        id=header.customer_id,
        company=customer.company,
        locale=customer.locale,
        loyalty_points=customer.loyalty_points if viewer.seller_id is None else None,
        order_count=sum(row.orders for row in by_currency),
        cancelled_count=sum(row.cancelled for row in by_currency),
        totals=tuple((row.currency, row.cents) for row in by_currency if row.orders > row.cancelled),
        recent_orders=_other_orders(session, [*theirs, *_outside(header)], RECENT_ORDERS),
    )


def _outside(header: OrderHeader) -> list[sa.ColumnElement[bool]]:
    if header.basket_id is None:
        return [Order.id != header.id]
    return [Order.basket_id.is_distinct_from(header.basket_id)]


def _basket_siblings(session: Session, viewer: Viewer, header: OrderHeader) -> tuple[OtherOrder, ...]:
    if header.basket_id is None:
        return ()
    return _other_orders(session, [Order.basket_id == header.basket_id, Order.id != header.id, *_own(viewer)])


def _other_orders(
    session: Session, conditions: Sequence[sa.ColumnElement[bool]], limit: int | None = None
) -> tuple[OtherOrder, ...]:
    found = session.execute(
        sa.select(*_columns(Order, OtherOrder), Seller.name.label("seller_name"))
        .join(Seller, Seller.id == Order.seller_id)
        .where(*conditions)
        .order_by(Order.placed_at.desc(), Order.id.desc())
        .limit(limit)
    )
    return tuple(OtherOrder(**row._asdict()) for row in found)


def _returns(session: Session, order_id: int) -> tuple[ReturnRow, ...]:
    found = session.execute(
        sa.select(
            Return.id, Return.status, Return.explanation, Return.requested_at, OrderLine.name, ReturnLine.quantity
        )
        .outerjoin(ReturnLine, ReturnLine.return_id == Return.id)
        .outerjoin(OrderLine, OrderLine.id == ReturnLine.order_line_id)
        .where(Return.order_id == order_id)
        .order_by(Return.requested_at, Return.id, OrderLine.position)
    ).all()
    lines: dict[int, list[tuple[str, int]]] = defaultdict(list)
    for row in found:
        if row.quantity is not None:
            lines[row.id].append((row.name, row.quantity))
    requests = {row.id: row for row in found}
    return tuple(
        ReturnRow(row.status, row.explanation, row.requested_at, tuple(lines[row.id])) for row in requests.values()
    )


def _history(session: Session, order_id: int) -> tuple[HistoryEntry, ...]:
    found = session.execute(
        sa.select(*_columns(OrderHistory, HistoryEntry))
        .where(OrderHistory.order_id == order_id)
        .order_by(OrderHistory.at.desc(), OrderHistory.id.desc())
    )
    return tuple(
        HistoryEntry(**row._asdict() | {"before": _mapping(row.before), "after": _mapping(row.after)}) for row in found
    )
