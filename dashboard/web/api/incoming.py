"""What a shop may send, field by field. The rules between fields are those of every order (``db/domain/incoming``)."""

import datetime as dt
import re
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from db.domain.incoming import (
    EARLIEST,
    MAX_CENTS,
    MAX_LINES,
    MAX_QUANTITY,
    MAX_TEXT,
    MAX_WEIGHT_G,
    IncomingAddress,
    IncomingLine,
    IncomingOrder,
    IncomingPayment,
)
from db.domain.orders import ORDER_PAYMENT_METHODS, DeliveryMode, Origin, PaymentMethod, PaymentRecordState

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_LATEST_YEAR = 2100
_MAX_ATTRIBUTES = 50
_NOTICE_STATES = tuple(state for state in PaymentRecordState if state is not PaymentRecordState.SENT)


def _instant(value: object) -> object:
    if not isinstance(value, str) or not _INSTANT.fullmatch(value):
        raise ValueError("Il faut un instant avec son fuseau, comme 2026-11-21T09:30:00Z.")
    return _in_our_time(value)


def _day(value: object) -> object:
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise ValueError("Il faut un jour, comme 2026-11-24.")
    return _in_our_time(value)


def _in_our_time(value: str) -> str:
    # Further away, an hour more or less may be no instant that a database or Python knows.
    if not EARLIEST.year <= int(value[:4]) <= _LATEST_YEAR:
        raise ValueError(f"L’année doit être entre {EARLIEST.year} et {_LATEST_YEAR}.")
    return value


def _for_orders(method: PaymentMethod) -> PaymentMethod:
    if method not in ORDER_PAYMENT_METHODS:
        raise ValueError("Un bon d’achat paie une partie d’une commande\u00a0: annoncez-le parmi ses paiements.")
    return method


def _of_payments(state: PaymentRecordState) -> PaymentRecordState:
    if state not in _NOTICE_STATES:
        raise ValueError("Cet état est celui d’un remboursement.")
    return state


Text = Annotated[str, Field(max_length=MAX_TEXT)]
Cents = Annotated[int, Field(strict=True, ge=0, le=MAX_CENTS)]
Rate = Annotated[int, Field(strict=True, ge=0, le=10_000, description="Basis points: 20 % is 2000.")]
#: What an order is to be paid with, and what becomes of a payment; the rest is said of refunds.
OrderMethod = Annotated[
    PaymentMethod,
    AfterValidator(_for_orders),
    WithJsonSchema({"type": "string", "enum": [*ORDER_PAYMENT_METHODS]}),
]
NoticeState = Annotated[
    PaymentRecordState,
    AfterValidator(_of_payments),
    WithJsonSchema({"type": "string", "enum": [*_NOTICE_STATES]}),
]
Instant = Annotated[AwareDatetime, BeforeValidator(_instant), WithJsonSchema({"type": "string", "format": "date-time"})]
Day = Annotated[dt.date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]


class _In(BaseModel):
    """What is not named here is refused: a field with a typing mistake would be lost in silence."""

    model_config = ConfigDict(extra="forbid")


class LineIn(_In):
    """One article. Prices include VAT."""

    model_config = ConfigDict(title="Line", extra="forbid")

    name: Annotated[Text, Field(min_length=1, examples=["Thé vert bio"])]
    quantity: Annotated[int, Field(strict=True, ge=1, le=MAX_QUANTITY, examples=[2])]
    unit_price_cents: Annotated[Cents, Field(description="VAT included, before the discount.", examples=[12_50])]
    sku: Annotated[
        Text, Field(description="The seller's reference: it must be a product of theirs. Empty: no product.")
    ] = ""
    attributes: Annotated[dict[Text, Text], Field(max_length=_MAX_ATTRIBUTES, examples=[{"Contenance": "100 g"}])] = {}
    supplier: Text = ""
    vat_rate_bp: Rate = 2000
    discount_cents: Annotated[Cents, Field(description="Taken off the whole line.")] = 0
    weight_g: Annotated[int, Field(strict=True, ge=0, le=MAX_WEIGHT_G, description="Of the whole line.")] = 0

    def to_domain(self) -> IncomingLine:
        """Return the article as the domain knows it."""
        return IncomingLine(**self.model_dump())


class AddressIn(_In):
    """An address as the customer gave it."""

    model_config = ConfigDict(title="Address", extra="forbid")

    name: Annotated[Text, Field(min_length=1, examples=["Évelyne Morin"])]
    company: Text = ""
    street: Annotated[Text, Field(examples=["3 rue des Lilas"])] = ""
    street_extra: Text = ""
    postcode: Annotated[Text, Field(examples=["35000"])] = ""
    city: Annotated[Text, Field(examples=["Rennes"])] = ""
    country_code: Annotated[str, Field(max_length=2, json_schema_extra={"pattern": "^[A-Z]{2}$"})] = "FR"
    phone: Text = ""

    def to_domain(self) -> IncomingAddress:
        """Return the address as the domain knows it."""
        return IncomingAddress(**self.model_dump())


class PaymentIn(_In):
    """A payment that goes with the order. Only a captured one counts as money."""

    model_config = ConfigDict(title="Payment", extra="forbid")

    method: PaymentMethod
    amount_cents: Annotated[int, Field(strict=True, ge=1, le=MAX_CENTS, examples=[28_90])]
    state: NoticeState = PaymentRecordState.CAPTURED
    reference: Annotated[Text, Field(description="Of the bank or PayPal; number of the cheque.")] = ""
    received_at: Instant | None = None
    external_ref: Annotated[Text, Field(description="Your own id of the payment, unique.")] = ""

    def to_domain(self) -> IncomingPayment:
        """Return the payment as the domain knows it."""
        return IncomingPayment(**self.model_dump())


class PaymentNoticeIn(PaymentIn):
    """What became of a payment: ``failed`` says that the bank refused it."""

    model_config = ConfigDict(title="PaymentNotice", extra="forbid")

    state: NoticeState
    external_ref: Annotated[
        Text,
        Field(
            min_length=1,
            description="Your own id of the payment: the same one twice is the same payment.",
            examples=["shop:payment:9001"],
        ),
    ]


class OrderIn(_In):
    """What one customer bought from one seller. Amounts are integers, in cents of ``currency``, VAT included."""

    model_config = ConfigDict(title="NewOrder", extra="forbid")

    seller_code: Annotated[Text, Field(min_length=1, description="In whatever case.", examples=["THE"])]
    lines: Annotated[list[LineIn], Field(min_length=1, max_length=MAX_LINES)]
    external_ref: Annotated[
        Text,
        Field(
            description="Your own id of the order: the same one twice is the same order.", examples=["shop:order:4711"]
        ),
    ] = ""
    number: Annotated[
        str, Field(max_length=100, description="As the customer knows it, unique. Left out, we give one.")
    ] = ""
    basket: Annotated[Text, Field(description="What the orders of one checkout have in common.")] = ""
    customer_name: Annotated[Text, Field(examples=["Évelyne Morin"])] = ""
    customer_email: Annotated[Text, Field(examples=["evelyne.morin@example.org"])] = ""
    customer_phone: Text = ""
    billing: AddressIn | None = None
    delivery: AddressIn | None = None
    delivery_mode: DeliveryMode = DeliveryMode.HOME
    carrier: Annotated[Text, Field(examples=["Colissimo"])] = ""
    pickup_address: Annotated[Text, Field(description="Pick-up point or shop: name and address, one line each.")] = ""
    payment_method: OrderMethod = PaymentMethod.CARD
    origin: Origin = Origin.DIRECT
    currency: Annotated[str, Field(max_length=3, json_schema_extra={"pattern": "^[A-Z]{3}$"})] = "EUR"
    shipping_cents: Cents = 0
    shipping_vat_rate_bp: Rate = 2000
    total_cents: Annotated[Cents | None, Field(description="What you make it: it must be our sum.")] = None
    placed_at: Annotated[Instant | None, Field(description="Left out: now.")] = None
    terms_accepted_at: Instant | None = None
    ship_by: Day | None = None
    expected_delivery_on: Day | None = None
    payments: Annotated[list[PaymentIn], Field(max_length=20)] = []

    def to_domain(self) -> IncomingOrder:
        """Return the order as the domain knows it."""
        parts = {
            "lines": tuple(line.to_domain() for line in self.lines),
            "billing": self.billing.to_domain() if self.billing else None,
            "delivery": self.delivery.to_domain() if self.delivery else None,
            "payments": tuple(payment.to_domain() for payment in self.payments),
        }
        return IncomingOrder(**self.model_dump(exclude=set(parts)) | parts)
