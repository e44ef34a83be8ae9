"""One Olist order as ours: a basket, one order per seller in it, and the payments shared between them."""

from collections.abc import Sequence
from dataclasses import dataclass

from db.domain.orders import (
    DeliveryMode,
    OrderStatus,
    Origin,
    PaymentMethod,
    PaymentRecordState,
    payment_state,
)
from db.domain.time import local_day
from db.imports.olist.catalogue import UNKNOWN_SELLER_REF, address_row, customer_name, facts_of, seller_ref
from db.imports.olist.files import OlistCustomer, OlistItem, OlistOrder
from db.imports.olist.known import Known, articles_of
from db.imports.olist.payments import payment_rows
from db.imports.olist.remarks import order_remarks
from db.imports.olist.words import CURRENCY, SOURCE, VAT_RATE_BP
from db.imports.writing import ImportedOrder, Row
from db.models.orders import AddressKind

#: Goods have left in these.
_GONE = frozenset({OrderStatus.SHIPPED, OrderStatus.COMPLETED})


@dataclass(frozen=True, slots=True)
class _Part:
    """What one seller has in a basket."""

    rank: int
    seller_ref: str
    items: Sequence[OlistItem]

    @property
    def items_cents(self) -> int:
        return sum(item.price_cents for item in self.items)

    @property
    def shipping_cents(self) -> int:
        return sum(item.freight_cents for item in self.items)

    @property
    def total_cents(self) -> int:
        return self.items_cents + self.shipping_cents


def basket_row(order: OlistOrder, known: Known) -> Row:
    """Return the basket that an Olist order is to us."""
    return {"reference": order.id, "customer_id": known.customer_id_of(order), "created_at": order.placed_at}


def plan_orders(order: OlistOrder, basket_id: int, known: Known) -> list[ImportedOrder]:
    """Return our orders for one Olist order: one per seller, or a single one in error where it has no items."""
    parts = _parts(known.items_of(order), known)
    payments = payment_rows(order, known.payments_of(order), [part.total_cents for part in parts])
    return [
        ImportedOrder(
            place=order.place,
            order=_order_row(order, part, own_payments, known) | {"basket_id": basket_id},
            lines=_line_rows(order, part, known),
            payments=own_payments,
            addresses=_address_rows(known.customer_of(order)),
            facts=_facts(order, part),
            remarks=list(order_remarks(order, known)) if part.rank == 1 else (),
        )
        for part, own_payments in zip(parts, payments, strict=True)
    ]


def _parts(items: Sequence[OlistItem], known: Known) -> list[_Part]:
    """Split a basket by seller, in the order of their first item."""
    by_seller: dict[str, list[OlistItem]] = {}
    for item in items:
        ref = seller_ref(item.seller_id)
        by_seller.setdefault(ref if ref in known.sellers else UNKNOWN_SELLER_REF, []).append(item)
    by_seller = by_seller or {UNKNOWN_SELLER_REF: []}
    return [_Part(rank, ref, own) for rank, (ref, own) in enumerate(by_seller.items(), start=1)]


def _order_row(order: OlistOrder, part: _Part, payments: Sequence[Row], known: Known) -> Row:
    paid = sum(row["amount_cents"] for row in payments if row["state"] is PaymentRecordState.CAPTURED)
    dearest = max(payments, key=lambda row: int(row["amount_cents"]), default=None)
    return {
        "number": f"{order.id}-{part.rank:03d}",
        "external_ref": f"{SOURCE}:{order.id}:{part.rank:03d}",
        "source": SOURCE,
        "seller_id": known.sellers[part.seller_ref],
        "customer_id": known.customer_id_of(order),
        "customer_name": customer_name(known.customer_of(order)),
        "status": order.status if part.items else OrderStatus.ERROR,
        "status_before_error": None if part.items else order.status,
        "payment_method": dearest["method"] if dearest else PaymentMethod.CARD,
        "payment_state": payment_state(part.total_cents, paid, 0),
        "paid_cents": paid,
        "delivery_mode": DeliveryMode.HOME,
        "ship_by": min((local_day(item.ship_by) for item in part.items), default=None),
        "expected_delivery_on": order.expected_on,
        "delivered_at": order.delivered_at,
        "origin": Origin.OTHER,
        "currency": CURRENCY,
        "items_cents": part.items_cents,
        "shipping_cents": part.shipping_cents,
        "shipping_vat_rate_bp": VAT_RATE_BP,
        "total_cents": part.total_cents,
        "weight_g": sum(facts_of(item.product_id, known.files).weight_g for item in part.items),
        "placed_at": order.placed_at,
        "placed_on": local_day(order.placed_at),
        "updated_at": known.now,
        "intake_at": known.now,
    }


def _line_rows(order: OlistOrder, part: _Part, known: Known) -> list[Row]:
    rows = []
    for position, units in enumerate(articles_of(part.items), start=1):
        item, quantity = units[0], len(units)
        facts = facts_of(item.product_id, known.files)
        has_left = order.status in _GONE or order.carrier_at is not None
        rows.append(
            {
                "position": position,
                "product_id": known.product_id_of(item),
                "sku": item.product_id,
                "name": facts.name,
                "attributes": facts.attributes,
                "quantity": quantity,
                "unit_price_cents": item.price_cents,
                "vat_rate_bp": VAT_RATE_BP,
                "total_cents": quantity * item.price_cents,
                "weight_g": quantity * facts.weight_g,
                "quantity_shipped": quantity if has_left else 0,
                "quantity_cancelled": quantity if order.status is OrderStatus.CANCELLED and not has_left else 0,
            }
        )
    return rows


def _address_rows(customer: OlistCustomer | None) -> list[Row]:
    if customer is None:
        return []
    return [{"kind": kind} | address_row(customer) for kind in (AddressKind.BILLING, AddressKind.DELIVERY)]


def _facts(order: OlistOrder, part: _Part) -> Row:
    instants = {"approved_at": order.approved_at, "carrier_at": order.carrier_at}
    return {
        "olist_order_id": order.id,
        "olist_customer_id": order.customer_id,
        "olist_status": order.wording,
        "olist_items": [item.number for item in part.items],
        "is_minute_precise": order.is_minute_precise,
    } | {name: instant.isoformat() for name, instant in instants.items() if instant}
