"""What an e-mail or the follow-up page says of orders: many orders in a handful of statements."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.order_facts import claim_of, still_due
from db.domain.orders import ActorKind, DeliveryMode, OrderStatus, PaymentMethod, PaymentState
from db.models import Order, OrderAddress, OrderLine, Seller, Shipment, ShipmentLine
from db.models.orders import AddressKind
from db.queries.columns import columns, mapping


@dataclass(frozen=True, slots=True)
class LineDetails:
    """One article as it was bought."""

    id: int
    order_id: int
    sku: str
    name: str
    attributes: Mapping[str, str]
    quantity: int
    quantity_shipped: int
    quantity_cancelled: int
    unit_price_cents: int
    discount_cents: int
    total_cents: int
    supplier: str = ""
    quantity_returned: int = 0
    settled_cents: int = 0

    @property
    def claim_cents(self) -> int:
        """Return what the sale still asks for the article."""
        return claim_of(self.total_cents, self.quantity, self.quantity_cancelled, self.settled_cents)

    @property
    def quantity_left(self) -> int:
        """Return how many units are neither shipped nor cancelled."""
        return self.quantity - self.quantity_shipped - self.quantity_cancelled


@dataclass(frozen=True, slots=True)
class AddressDetails:
    """An address as it was at purchase."""

    name: str
    company: str
    street: str
    street_extra: str
    postcode: str
    city: str
    country_code: str
    phone: str

    @property
    def lines(self) -> tuple[str, ...]:
        """Return the address as an envelope bears it; the country only where it is another one."""
        abroad = "" if self.country_code == "FR" else self.country_code
        town = f"{self.postcode} {self.city}".strip()
        return tuple(
            line for line in (self.name, self.company, self.street, self.street_extra, town, abroad) if line.strip()
        )


@dataclass(frozen=True, slots=True)
class ShipmentDetails:
    """One parcel that left; a cancelled one is not told."""

    id: int
    order_id: int
    carrier: str
    tracking_number: str
    tracking_url: str
    shipped_at: dt.datetime
    expected_on: dt.date | None
    delivered_at: dt.datetime | None
    received_at: dt.datetime | None
    received_by: ActorKind | None
    #: Line id → units.
    units: Mapping[int, int]
    #: Its place among all that were made of the order, those that were called back too: it never changes.
    rank: int


@dataclass(frozen=True, slots=True)
class OrderDetails:
    """An order in full, for the people it concerns. Amounts are cents of ``currency``."""

    id: int
    number: str
    status: OrderStatus
    status_before_error: OrderStatus | None
    delivery_mode: DeliveryMode
    payment_method: PaymentMethod
    payment_state: PaymentState
    currency: str
    items_cents: int
    shipping_cents: int
    #: Already inside ``items_cents``.
    discount_cents: int
    total_cents: int
    paid_cents: int
    refunded_cents: int
    item_count: int
    placed_at: dt.datetime
    expected_delivery_on: dt.date | None
    ship_by: dt.date | None
    delivered_at: dt.datetime | None
    received_at: dt.datetime | None
    carrier: str
    pickup_address: str
    customer_name: str
    customer_email: str
    customer_phone: str
    seller_name: str
    seller_address: tuple[str, ...]
    seller_opening_hours: str
    #: What the customer says when they come for the goods; empty until it is ready.
    pickup_code: str
    #: The follow-up links of earlier generations are revoked.
    link_generation: int
    lines: tuple[LineDetails, ...]
    billing: AddressDetails | None
    delivery: AddressDetails | None
    #: Oldest first.
    shipments: tuple[ShipmentDetails, ...]
    #: Of the shipping: what settlements took off the sale.
    shipping_settled_cents: int = 0

    @property
    def given_back_cents(self) -> int:
        """Return what was taken off the sale: cancelled articles, settlements (as ``OrderFacts.given_back_cents``)."""
        return sum(line.total_cents - line.claim_cents for line in self.lines) + self.shipping_settled_cents

    @property
    def due_cents(self) -> int:
        """Return what the customer still owes, never below zero."""
        is_cancelled = self.told_status is OrderStatus.CANCELLED
        claim = 0 if is_cancelled else max(0, self.total_cents - self.given_back_cents)
        return max(0, still_due(self.total_cents, claim, self.paid_cents, self.refunded_cents))

    @property
    def told_status(self) -> OrderStatus:
        """Return the status as customers know it: « error » is between us, they keep the one before."""
        if self.status is OrderStatus.ERROR:
            return self.status_before_error or OrderStatus.AWAITING_PAYMENT
        return self.status


def order_details(session: Session, order_ids: Collection[int]) -> dict[int, OrderDetails]:
    """Return the orders by id, in six statements whatever their number; unknown ids are left out."""
    lines = _lines(session, order_ids)
    addresses = _addresses(session, order_ids)
    shipments = _shipments(session, order_ids)
    found = session.execute(
        sa.select(
            *columns(Order, OrderDetails),
            Seller.name.label("seller_name"),
            Seller.street.label("seller_street"),
            Seller.postcode.label("seller_postcode"),
            Seller.city.label("seller_city"),
            Seller.opening_hours.label("seller_opening_hours"),
        )
        .join(Seller, Seller.id == Order.seller_id)
        .where(Order.id.in_(order_ids))
    )
    details = {}
    for row in found:
        values = row._asdict()
        street, postcode, city = (values.pop(f"seller_{part}") for part in ("street", "postcode", "city"))
        details[row.id] = OrderDetails(
            **values,
            seller_address=tuple(part for part in (street, f"{postcode} {city}".strip()) if part),
            lines=tuple(lines[row.id]),
            billing=addresses.get((row.id, AddressKind.BILLING)),
            delivery=addresses.get((row.id, AddressKind.DELIVERY)),
            shipments=tuple(shipments[row.id]),
        )
    return details


def _lines(session: Session, order_ids: Collection[int]) -> Mapping[int, list[LineDetails]]:
    found = session.execute(
        sa.select(*columns(OrderLine, LineDetails))
        .where(OrderLine.order_id.in_(order_ids))
        .order_by(OrderLine.order_id, OrderLine.position)
    )
    by_order: dict[int, list[LineDetails]] = defaultdict(list)
    for row in found:
        by_order[row.order_id].append(LineDetails(**row._asdict() | {"attributes": mapping(row.attributes)}))
    return by_order


def _addresses(session: Session, order_ids: Collection[int]) -> dict[tuple[int, AddressKind], AddressDetails]:
    found = session.execute(
        sa.select(OrderAddress.order_id, OrderAddress.kind, *columns(OrderAddress, AddressDetails)).where(
            OrderAddress.order_id.in_(order_ids)
        )
    )
    return {(row.order_id, row.kind): AddressDetails(*row[2:]) for row in found}


def _shipments(session: Session, order_ids: Collection[int]) -> Mapping[int, list[ShipmentDetails]]:
    rank = sa.func.row_number().over(partition_by=Shipment.order_id, order_by=Shipment.id)
    made = (
        sa.select(*columns(Shipment, ShipmentDetails), Shipment.cancelled_at, rank.label("rank"))
        .where(Shipment.order_id.in_(order_ids))
        .subquery()
    )
    told = [column for column in made.c if column is not made.c.cancelled_at]
    found = session.execute(
        sa.select(*told).where(made.c.cancelled_at.is_(None)).order_by(made.c.order_id, made.c.id)
    ).all()
    units: dict[int, dict[int, int]] = defaultdict(dict)
    contents = sa.select(ShipmentLine.shipment_id, ShipmentLine.order_line_id, ShipmentLine.quantity)
    for content in session.execute(contents.where(ShipmentLine.shipment_id.in_([row.id for row in found]))):
        units[content.shipment_id][content.order_line_id] = content.quantity
    by_order: dict[int, list[ShipmentDetails]] = defaultdict(list)
    for row in found:
        by_order[row.order_id].append(ShipmentDetails(**row._asdict(), units=units[row.id]))
    return by_order
