"""What the API tells of an order and of a payment."""

import datetime as dt
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, Field

from dashboard.web.api.guard import PREFIX
from db.domain.incoming import IncomingPayment
from db.domain.orders import OrderStatus, PaymentMethod, PaymentRecordState, PaymentState
from db.queries.api_orders import OrderStanding
from db.queries.order_details import ShipmentDetails
from db.settings import settings


class ParcelLineOut(BaseModel):
    """How many units of an article a parcel holds."""

    model_config = ConfigDict(title="ParcelLine")

    position: int = Field(description="The article's place in the order, from 1.")
    quantity: int


class ParcelOut(BaseModel):
    """A parcel that left."""

    model_config = ConfigDict(title="Parcel")

    carrier: str
    tracking_number: str
    tracking_url: str = Field(description="Where the customer follows it; empty where it cannot be.")
    shipped_at: dt.datetime
    expected_on: dt.date | None
    delivered_at: dt.datetime | None
    received_at: dt.datetime | None = Field(description="When the customer confirmed it, or the delay passed.")
    lines: list[ParcelLineOut]


class OrderLineOut(BaseModel):
    """An article and how much of it left."""

    model_config = ConfigDict(title="OrderLine")

    position: int
    sku: str
    name: str
    quantity: int
    quantity_shipped: int
    quantity_cancelled: int
    total_cents: int


class OrderOut(BaseModel):
    """Where an order stands. Amounts are cents of ``currency``."""

    model_config = ConfigDict(title="Order")

    number: str = Field(examples=["ORD-00001"])
    external_ref: str | None
    url: str = Field(description="Where to ask again.")
    seller_code: str
    status: OrderStatus = Field(description="docs/database.md tells what each means.")
    payment_state: PaymentState
    currency: str
    items_cents: int
    shipping_cents: int
    discount_cents: int = Field(description="Already inside items_cents.")
    total_cents: int
    paid_cents: int = Field(description="Captured payments are counted within seconds.")
    refunded_cents: int
    placed_at: dt.datetime
    updated_at: dt.datetime
    expected_delivery_on: dt.date | None
    delivered_at: dt.datetime | None
    received_at: dt.datetime | None
    lines: list[OrderLineOut]
    parcels: list[ParcelOut]


class PaymentOut(BaseModel):
    """A payment as it is noted."""

    model_config = ConfigDict(title="NotedPayment")

    external_ref: str
    order_number: str
    order_url: str
    method: PaymentMethod
    state: PaymentRecordState
    amount_cents: int
    currency: str


def url_of(number: str) -> str:
    """Return where an order is asked for."""
    return f"{settings().public_url}{PREFIX}/orders/{quote(number, safe='')}"


def order_out(standing: OrderStanding) -> OrderOut:
    """Return an order as the API tells it."""
    order = standing.details
    positions = {line.id: position for position, line in enumerate(order.lines, start=1)}
    return OrderOut(
        number=order.number,
        external_ref=standing.external_ref or None,
        url=url_of(order.number),
        seller_code=standing.seller_code,
        status=order.status,
        payment_state=order.payment_state,
        currency=order.currency,
        items_cents=order.items_cents,
        shipping_cents=order.shipping_cents,
        discount_cents=order.discount_cents,
        total_cents=order.total_cents,
        paid_cents=order.paid_cents,
        refunded_cents=order.refunded_cents,
        placed_at=order.placed_at,
        updated_at=standing.updated_at,
        expected_delivery_on=order.expected_delivery_on,
        delivered_at=order.delivered_at,
        received_at=order.received_at,
        lines=[
            OrderLineOut(
                position=positions[line.id],
                sku=line.sku,
                name=line.name,
                quantity=line.quantity,
                quantity_shipped=line.quantity_shipped,
                quantity_cancelled=line.quantity_cancelled,
                total_cents=line.total_cents,
            )
            for line in order.lines
        ],
        parcels=[_parcel_out(parcel, positions) for parcel in order.shipments],
    )


def _parcel_out(parcel: ShipmentDetails, positions: dict[int, int]) -> ParcelOut:
    return ParcelOut(
        carrier=parcel.carrier,
        tracking_number=parcel.tracking_number,
        tracking_url=parcel.tracking_url,
        shipped_at=parcel.shipped_at,
        expected_on=parcel.expected_on,
        delivered_at=parcel.delivered_at,
        received_at=parcel.received_at,
        lines=[
            ParcelLineOut(position=positions[line_id], quantity=units)
            for line_id, units in sorted(parcel.units.items(), key=lambda each: positions[each[0]])
        ],
    )


def payment_out(standing: OrderStanding, notice: IncomingPayment) -> PaymentOut:
    """Return a payment as the API tells it."""
    order = standing.details
    return PaymentOut(
        external_ref=notice.external_ref,
        order_number=order.number,
        order_url=url_of(order.number),
        method=notice.method,
        state=notice.state,
        amount_cents=notice.amount_cents,
        currency=order.currency,
    )
