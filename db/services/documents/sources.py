"""Read what a document copies: the order and its people as they are now, and how the house words its documents."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.mentions import MentionTexts
from db.domain.orders import PaymentKind, PaymentRecordState
from db.domain.postal import PostalAddress
from db.domain.snapshot import Buyer, Delivery, Nature, Party, Receipt
from db.domain.time import local_day
from db.models import Customer, Marketplace, Order, OrderAddress, OrderLine, Payment, Seller
from db.models.base import UtcDateTime
from db.models.orders import AddressKind
from db.queries.document_settings import document_settings


@dataclass(frozen=True, slots=True)
class Issuer:
    """The seller, as documents name it."""

    party: Party
    code: str
    nature: Nature
    vat_on_debits: bool
    vat_exemption: str
    mandate_signed_on: dt.date | None


@dataclass(frozen=True, slots=True)
class House:
    """The marketplace, as documents name it, and its words."""

    party: Party
    brand_colour: str
    logo_ref: str
    payment_days: int
    texts: MentionTexts


@dataclass(frozen=True, slots=True)
class SoldLine:
    """An article of the order; a line of shipping has no id."""

    id: int | None
    reference: str
    name: str
    attributes: Mapping[str, str]
    quantity: int
    unit_price_cents: int
    discount_cents: int
    vat_rate_bp: int
    total_cents: int
    #: Cancelled or given back before it was invoiced: nobody is asked for it.
    quantity_cancelled: int = 0
    quantity_returned: int = 0
    settled_cents: int = 0


@dataclass(frozen=True, slots=True)
class Sale:
    """What was sold, to whom."""

    order_id: int
    number: str
    placed_on: dt.date
    currency: str
    seller_id: int
    customer_id: int | None
    link_generation: int
    total_cents: int
    #: Received and not given back.
    paid_cents: int
    buyer: Buyer
    billing: PostalAddress
    delivery_address: PostalAddress
    delivery: Delivery
    lines: tuple[SoldLine, ...]
    receipts: tuple[Receipt, ...]


SHIPPING = "Frais de port"

_PARTY = ("street", "postcode", "city", "country_code", "email", "legal_name", "siren", "vat_number", "name")


def house(session: Session) -> House:
    """Return who the marketplace is and how it words its documents."""
    ours = session.execute(
        sa.select(*(getattr(Marketplace, name) for name in _PARTY), Marketplace.phone, Marketplace.brand_colour)
    ).one_or_none()
    said = document_settings(session)
    known = ours._asdict() if ours else {"name": "Marketplace", "brand_colour": "#0f5c4d"}
    colour = known.pop("brand_colour")
    party = Party(**known, legal_notice=said.legal_notice)
    return House(party, colour, said.logo_ref, said.payment_days, said.texts)


def issuer(session: Session, seller_id: int) -> Issuer:
    """Return the seller of an order."""
    row = session.execute(
        sa.select(
            *(getattr(Seller, name) for name in _PARTY),
            Seller.siret,
            Seller.legal_notice,
            Seller.mobile.label("phone"),
            Seller.code,
            Seller.nature,
            Seller.vat_on_debits,
            Seller.vat_exemption,
            Seller.mandate_signed_on,
        ).where(Seller.id == seller_id)
    ).one()
    facts = row._asdict()
    own = {name: facts.pop(name) for name in ("code", "nature", "vat_on_debits", "vat_exemption", "mandate_signed_on")}
    return Issuer(Party(**facts), **own)


def sales(session: Session, order_ids: Sequence[int]) -> dict[int, Sale]:
    """Return what some orders sold, by order; the caller has locked them."""
    orders = session.execute(
        sa.select(
            Order.id,
            *(getattr(Order, name) for name in _ORDER),
            sa.func.coalesce(Customer.company, "").label("company"),
            sa.func.coalesce(Customer.siren, "").label("siren"),
            sa.func.coalesce(Customer.vat_number, "").label("vat_number"),
        )
        .outerjoin(Customer, Customer.id == Order.customer_id)
        .where(Order.id.in_(order_ids))
    ).all()
    addresses, lines = _addresses(session, order_ids), _lines(session, order_ids)
    receipts = _receipts(session, order_ids)
    return {
        order.id: _sale(order, addresses[order.id], tuple(lines[order.id]), tuple(receipts[order.id]))
        for order in orders
    }


def _sale(
    order: sa.Row[*tuple[Any, ...]],
    addresses: Mapping[AddressKind, PostalAddress],
    lines: tuple[SoldLine, ...],
    receipts: tuple[Receipt, ...],
) -> Sale:
    delivered_to = addresses.get(AddressKind.DELIVERY) or addresses.get(AddressKind.BILLING)
    billed_to = addresses.get(AddressKind.BILLING) or delivered_to or PostalAddress(name=order.customer_name)
    return Sale(
        order_id=order.id,
        number=order.number,
        placed_on=order.placed_on,
        currency=order.currency,
        seller_id=order.seller_id,
        customer_id=order.customer_id,
        link_generation=order.link_generation,
        total_cents=order.total_cents,
        paid_cents=order.paid_cents - order.refunded_cents,
        buyer=Buyer(
            name=order.customer_name or billed_to.name,
            company=order.company or billed_to.company,
            siren=order.siren,
            vat_number=order.vat_number,
            email=order.customer_email,
        ),
        billing=billed_to,
        delivery_address=delivered_to or billed_to,
        delivery=_delivery(order),
        lines=lines + _shipping(order.shipping_cents, order.shipping_vat_rate_bp, order.shipping_settled_cents),
        receipts=receipts,
    )


_ORDER = (
    "number",
    "placed_on",
    "currency",
    "seller_id",
    "customer_id",
    "customer_name",
    "customer_email",
    "link_generation",
    "total_cents",
    "paid_cents",
    "refunded_cents",
    "delivery_mode",
    "carrier",
    "pickup_address",
    "delivered_at",
    "expected_delivery_on",
    "shipping_cents",
    "shipping_vat_rate_bp",
    "shipping_settled_cents",
)


def _delivery(order: sa.Row[*tuple[Any, ...]]) -> Delivery:
    return Delivery(
        mode=order.delivery_mode,
        carrier=order.carrier,
        pickup_address=order.pickup_address,
        delivered_on=local_day(order.delivered_at) if order.delivered_at else None,
        expected_on=order.expected_delivery_on,
    )


def _addresses(session: Session, order_ids: Sequence[int]) -> Mapping[int, dict[AddressKind, PostalAddress]]:
    parts = ("name", "company", "street", "street_extra", "postcode", "city", "country_code", "phone")
    found = session.execute(
        sa.select(OrderAddress.order_id, OrderAddress.kind, *(getattr(OrderAddress, part) for part in parts)).where(
            OrderAddress.order_id.in_(order_ids)
        )
    )
    addresses: dict[int, dict[AddressKind, PostalAddress]] = defaultdict(dict)
    for order_id, kind, *values in found:
        addresses[order_id][kind] = PostalAddress(**dict(zip(parts, values, strict=True)))
    return addresses


def _lines(session: Session, order_ids: Sequence[int]) -> Mapping[int, list[SoldLine]]:
    found = session.execute(
        sa.select(
            OrderLine.order_id,
            OrderLine.id,
            OrderLine.sku,
            OrderLine.name,
            OrderLine.attributes,
            OrderLine.quantity,
            OrderLine.unit_price_cents,
            OrderLine.discount_cents,
            OrderLine.vat_rate_bp,
            OrderLine.total_cents,
            OrderLine.quantity_cancelled,
            OrderLine.quantity_returned,
            OrderLine.settled_cents,
        )
        .where(OrderLine.order_id.in_(order_ids))
        .order_by(OrderLine.order_id, OrderLine.position, OrderLine.id)
    )
    lines: dict[int, list[SoldLine]] = defaultdict(list)
    for order_id, line_id, reference, name, attributes, *values in found:
        lines[order_id].append(SoldLine(line_id, reference, name, _texts(attributes), *values))
    return lines


def _texts(attributes: object) -> dict[str, str]:
    """Return attributes as texts, whatever another system wrote into them."""
    return {str(name): str(value) for name, value in attributes.items()} if isinstance(attributes, Mapping) else {}


def _shipping(cents: int, rate_bp: int, settled: int) -> tuple[SoldLine, ...]:
    return (SoldLine(None, "", SHIPPING, {}, 1, cents, 0, rate_bp, cents, settled_cents=settled),) if cents else ()


def _receipts(session: Session, order_ids: Sequence[int]) -> Mapping[int, list[Receipt]]:
    received_at = sa.func.coalesce(Payment.received_at, Payment.created_at, type_=UtcDateTime())
    signed = sa.case((Payment.kind == PaymentKind.REFUND, -Payment.amount_cents), else_=Payment.amount_cents)
    found = session.execute(
        sa.select(Payment.order_id, Payment.method, received_at, signed, Payment.reference)
        .where(Payment.order_id.in_(order_ids), Payment.state == PaymentRecordState.CAPTURED)
        .order_by(Payment.order_id, Payment.id)
    )
    receipts: dict[int, list[Receipt]] = defaultdict(list)
    for order_id, method, at, cents, reference in found:
        receipts[order_id].append(Receipt(method, local_day(at), cents, reference))
    return receipts
