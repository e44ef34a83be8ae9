"""Read what a document copies: the order and its people as they are now, and how the house words its documents."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, fields

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.mentions import MentionTexts
from db.domain.orders import PaymentKind, PaymentRecordState
from db.domain.postal import PostalAddress
from db.domain.snapshot import Buyer, Delivery, Nature, Party, Receipt
from db.domain.time import local_day
from db.models import Customer, DocumentSettings, Marketplace, Order, OrderAddress, OrderLine, Payment, Seller
from db.models.orders import AddressKind


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
    said = session.scalars(sa.select(DocumentSettings)).one_or_none() or DocumentSettings(
        legal_notice="", logo_ref="", payment_days=0
    )
    known = ours._asdict() if ours else {"name": "Marketplace", "brand_colour": "#0f5c4d"}
    colour = known.pop("brand_colour")
    typed = {each.name: getattr(said, each.name) for each in fields(MentionTexts)}
    texts = MentionTexts(**{name: text for name, text in typed.items() if text})
    party = Party(**known, legal_notice=said.legal_notice)
    return House(party, colour, said.logo_ref, said.payment_days, texts)


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


def sale(session: Session, order_id: int) -> Sale:
    """Return what an order sold; the caller has locked it."""
    order = session.execute(
        sa.select(
            *(getattr(Order, name) for name in _ORDER),
            sa.func.coalesce(Customer.company, "").label("company"),
            sa.func.coalesce(Customer.siren, "").label("siren"),
            sa.func.coalesce(Customer.vat_number, "").label("vat_number"),
        )
        .outerjoin(Customer, Customer.id == Order.customer_id)
        .where(Order.id == order_id)
    ).one()
    addresses = _addresses(session, order_id)
    delivered_to = addresses.get(AddressKind.DELIVERY) or addresses.get(AddressKind.BILLING)
    billed_to = addresses.get(AddressKind.BILLING) or delivered_to or PostalAddress(name=order.customer_name)
    return Sale(
        order_id=order_id,
        number=order.number,
        placed_on=order.placed_on,
        currency=order.currency,
        seller_id=order.seller_id,
        customer_id=order.customer_id,
        link_generation=order.link_generation,
        paid_cents=order.paid_cents,
        buyer=Buyer(
            name=order.customer_name or billed_to.name,
            company=order.company or billed_to.company,
            siren=order.siren,
            vat_number=order.vat_number,
            email=order.customer_email,
        ),
        billing=billed_to,
        delivery_address=delivered_to or billed_to,
        delivery=Delivery(order.delivery_mode, order.carrier, order.pickup_address, _supplied_on(order)),
        lines=_lines(session, order_id) + _shipping(order.shipping_cents, order.shipping_vat_rate_bp),
        receipts=_receipts(session, order_id),
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
    "paid_cents",
    "delivery_mode",
    "carrier",
    "pickup_address",
    "delivered_at",
    "expected_delivery_on",
    "shipping_cents",
    "shipping_vat_rate_bp",
)


def _supplied_on(order: sa.Row[*tuple[object, ...]]) -> dt.date | None:
    return local_day(order.delivered_at) if order.delivered_at else order.expected_delivery_on


def _addresses(session: Session, order_id: int) -> dict[AddressKind, PostalAddress]:
    parts = ("name", "company", "street", "street_extra", "postcode", "city", "country_code", "phone")
    found = session.execute(
        sa.select(OrderAddress.kind, *(getattr(OrderAddress, part) for part in parts)).where(
            OrderAddress.order_id == order_id
        )
    )
    rows = [row._asdict() for row in found]
    return {row.pop("kind"): PostalAddress(**row) for row in rows}


def _lines(session: Session, order_id: int) -> tuple[SoldLine, ...]:
    found = session.execute(
        sa.select(
            OrderLine.id,
            OrderLine.sku.label("reference"),
            OrderLine.name,
            OrderLine.attributes,
            OrderLine.quantity,
            OrderLine.unit_price_cents,
            OrderLine.discount_cents,
            OrderLine.vat_rate_bp,
            OrderLine.total_cents,
        )
        .where(OrderLine.order_id == order_id)
        .order_by(OrderLine.position, OrderLine.id)
    )
    return tuple(SoldLine(**row._asdict()) for row in found)


def _shipping(cents: int, rate_bp: int) -> tuple[SoldLine, ...]:
    return (SoldLine(None, "", SHIPPING, {}, 1, cents, 0, rate_bp, cents),) if cents else ()


def _receipts(session: Session, order_id: int) -> tuple[Receipt, ...]:
    found = session.execute(
        sa.select(Payment.method, Payment.received_at, Payment.created_at, Payment.amount_cents, Payment.reference)
        .where(
            Payment.order_id == order_id,
            Payment.kind == PaymentKind.PAYMENT,
            Payment.state == PaymentRecordState.CAPTURED,
        )
        .order_by(Payment.id)
    )
    return tuple(
        Receipt(row.method, local_day(row.received_at or row.created_at), row.amount_cents, row.reference)
        for row in found
    )
