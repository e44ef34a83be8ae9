"""What the left column states, as data: articles, sums, payments and returns in French."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dashboard.badges import RETURN_BADGES, STATUS_BADGES, Badge
from dashboard.links import order_url
from dashboard.returns.deadlines import refund_badge
from dashboard.returns.links import return_url
from db.domain import formats
from db.domain.orders import OrderStatus, PaymentKind, PaymentRecordState
from db.domain.time import local_day
from db.queries.order_rows import LineRow, OrderHeader, OtherOrder, PaymentRow, ReturnRow, ShipmentRow
from db.queries.returns import refund_deadline
from db.services.parcel_effects import HANDED_OVER

_PAYMENT_STATES = {
    PaymentRecordState.PENDING: "en attente",
    PaymentRecordState.SENT: "transmis",
    PaymentRecordState.CAPTURED: "",
    PaymentRecordState.FAILED: "refusé",
    PaymentRecordState.CANCELLED: "annulé",
}
#: Of a refund, which is still owed until it is done.
_REFUND_STATES = _PAYMENT_STATES | {
    PaymentRecordState.PENDING: "à faire",
    PaymentRecordState.FAILED: "refusé, à refaire",
}


@dataclass(frozen=True, slots=True)
class ArticleRow:
    """An order line as it is drawn."""

    #: Stands in the picture's place.
    initial: str
    name: str
    details: str
    #: What happened to some of its units.
    badges: tuple[Badge, ...]
    quantity: str
    unit_price: str
    discount: str
    vat_rate: str
    total: str


def article_row(line: LineRow, currency: str, handed_over: int = 0) -> ArticleRow:
    """Return an order line in words; of what left, ``handed_over`` units were given into the customer's hands."""
    attributes = [f"{name} : {value}" for name, value in line.attributes.items()]
    details = [f"Réf. {line.sku}" if line.sku else "", *attributes, line.supplier]
    return ArticleRow(
        initial=next((character.upper() for character in line.name if character.isalnum()), ""),
        name=line.name,
        details=" · ".join(detail for detail in details if detail.strip()),
        badges=tuple(_unit_badges(line, handed_over)),
        quantity=formats.integer(line.quantity),
        unit_price=formats.money(line.unit_price_cents, currency),
        discount=f"remise {formats.money(line.discount_cents, currency)}" if line.discount_cents else "",
        vat_rate=formats.rate(line.vat_rate_bp),
        total=formats.money(line.total_cents, currency),
    )


def handed_over_units(shipments: Iterable[ShipmentRow]) -> Mapping[int, int]:
    """Return line id → the units that were given into the customer's hands."""
    units: Counter[int] = Counter()
    for shipment in shipments:
        if shipment.carrier == HANDED_OVER and shipment.cancelled_at is None:
            units.update(dict(shipment.contents))
    return units


def _unit_badges(line: LineRow, handed_over: int) -> list[Badge]:
    counted = (
        (line.quantity_shipped - handed_over, "expédié", "expédiés", OrderStatus.SHIPPED),
        (handed_over, "remis", "remis", OrderStatus.SHIPPED),
        (line.quantity_cancelled, "annulé", "annulés", OrderStatus.CANCELLED),
        (line.quantity_returned, "retourné", "retournés", OrderStatus.CONFIRMING),
    )
    return [
        Badge(formats.plural(units, word, words), "", STATUS_BADGES[like].colour)
        for units, word, words, like in counted
        if units > 0
    ]


@dataclass(frozen=True, slots=True)
class Sum:
    """One line above the total."""

    label: str
    value: str


def sums(header: OrderHeader) -> list[Sum]:
    """Return what the total is made of; discounts are already inside the articles."""
    parts = [Sum("Articles", formats.money(header.items_cents, header.currency))]
    if header.discount_cents:
        parts.append(Sum("dont remises", formats.money(-header.discount_cents, header.currency)))
    vat = f" (TVA {formats.rate(header.shipping_vat_rate_bp)})" if header.shipping_cents else ""
    shipping = formats.money(header.shipping_cents, header.currency) if header.shipping_cents else "Offerte"
    return [*parts, Sum(f"Livraison{vat}", shipping)]


@dataclass(frozen=True, slots=True)
class MoneyRow:
    """A payment or refund as it is drawn; one that does not count is drawn quietly."""

    date: str
    what: str
    reference: str
    state: str
    amount: str
    counts: bool


def money_row(payment: PaymentRow) -> MoneyRow:
    """Return a payment or refund in words."""
    is_refund = payment.kind is PaymentKind.REFUND
    what = f"Remboursement · {payment.method.label}" if is_refund else payment.method.label
    times = f" en {payment.installments} fois" if payment.installments > 1 else ""
    amount = -payment.amount_cents if is_refund else payment.amount_cents
    return MoneyRow(
        date=formats.instant(payment.at),
        what=f"{what}{times}",
        reference=payment.reference,
        state=(_REFUND_STATES if is_refund else _PAYMENT_STATES)[payment.state],
        amount=formats.money(amount, payment.currency),
        counts=payment.state is PaymentRecordState.CAPTURED,
    )


@dataclass(frozen=True, slots=True)
class ReturnBlock:
    """A return request as it is drawn, with the address of its page."""

    url: str
    number: str
    badge: Badge
    #: How long there is to refund; None once it is over.
    deadline: Badge | None
    requested: str
    lines: str
    reason: str
    explanation: str


def return_block(request: ReturnRow, today: dt.date) -> ReturnBlock:
    """Return a return request in words."""
    deadline = refund_deadline(request.requested_at, today, is_awaited=request.status.is_open)
    return ReturnBlock(
        url=return_url(request.id),
        number=f"Retour n° {request.id}",
        badge=RETURN_BADGES[request.status],
        deadline=refund_badge(deadline) if deadline else None,
        requested=formats.instant(request.requested_at),
        lines=", ".join(f"{formats.integer(line.quantity)} × {line.name}" for line in request.lines if line.quantity),
        reason=request.reason.label,
        explanation=request.explanation.strip(),
    )


@dataclass(frozen=True, slots=True)
class OtherRow:
    """Another order as it is drawn, with the address of its page."""

    url: str
    number: str
    date: str
    seller: str
    badge: Badge
    total: str


def other_row(order: OtherOrder) -> OtherRow:
    """Return another order in words."""
    return OtherRow(
        url=order_url(order.number),
        number=order.number,
        date=formats.date(local_day(order.placed_at)),
        seller=order.seller_name,
        badge=STATUS_BADGES[order.status],
        total=formats.money(order.total_cents, order.currency),
    )
