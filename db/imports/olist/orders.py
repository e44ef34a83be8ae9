"""One Olist order as ours: a basket, one order per seller in it, and the payments shared between them."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from db.domain.money import split_by_weight
from db.domain.orders import (
    DeliveryMode,
    OrderStatus,
    Origin,
    PaymentKind,
    PaymentMethod,
    PaymentRecordState,
    payment_state,
)
from db.domain.time import local_day
from db.imports.olist.catalogue import (
    UNKNOWN_SELLER_REF,
    address_row,
    customer_name,
    customer_ref,
    facts_of,
    product_ref,
    seller_ref,
)
from db.imports.olist.files import OlistCustomer, OlistFiles, OlistItem, OlistOrder, OlistPayment
from db.imports.olist.words import CURRENCY, METHOD_NOT_DEFINED, SOURCE, VAT_RATE_BP
from db.imports.report import Outcome, Remark
from db.imports.writing import ImportedOrder, Row
from db.models.orders import AddressKind

MINUTE_PRECISE = "commande aux heures connues à la minute près, sans les secondes"
NO_ITEMS = "commande sans article : gardée en erreur chez « Vendeur inconnu (Olist) »"
PAID_MORE = "panier payé plus que ses articles et frais de port"
PAID_LESS = "panier payé moins que ses articles et frais de port"
CANCELLED_BUT_PAID = "panier annulé dont le paiement a été encaissé : le fichier ne dit rien d'un remboursement"
CANCELLED_AFTER_SHIPPING = "panier annulé après son départ : quantités gardées comme expédiées"
DELIVERED_LATE = "panier livré après le jour annoncé"
NO_DELIVERY_DATE = "panier livré sans date de livraison"
UNITS_MERGED = "unité d'un même produit : réunie avec la précédente en un seul article"
NOT_APPROVED = "paiement d'un panier parti sans date d'approbation : daté de la commande"
METHOD_UNKNOWN = "paiement sans moyen connu (« not_defined ») : classé en carte bancaire"
NO_INSTALLMENTS = "paiement en 0 fois : noté en 1 fois"
UNKNOWN_CUSTOMER = "client absent du fichier des clients : « Client inconnu »"
UNKNOWN_SELLER = "vendeur absent du fichier des vendeurs : « Vendeur inconnu (Olist) »"
UNKNOWN_PRODUCT = "produit absent du fichier des produits : article sans produit"

#: Goods have left in these.
_GONE = frozenset({OrderStatus.SHIPPED, OrderStatus.COMPLETED})
#: In these, money was taken only if the payment was approved.
_UNPAID_UNLESS_APPROVED = {
    OrderStatus.AWAITING_PAYMENT: PaymentRecordState.PENDING,
    OrderStatus.CANCELLED: PaymentRecordState.CANCELLED,
}


@dataclass(frozen=True, slots=True)
class Known:
    """What is known when orders are planned: the files, and the database's ids by reference."""

    files: OlistFiles
    sellers: dict[str, int]
    customers: dict[str, int]
    products: dict[str, int]
    now: dt.datetime

    def customer_of(self, order: OlistOrder) -> OlistCustomer | None:
        """Return who ordered."""
        return self.files.customers.get(order.customer_id)

    def customer_id_of(self, order: OlistOrder) -> int | None:
        """Return the id of who ordered."""
        customer = self.customer_of(order)
        return self.customers[customer_ref(customer.person)] if customer else None

    def product_id_of(self, item: OlistItem) -> int | None:
        """Return the id of what was sold; None where the products file does not have it."""
        return self.products.get(product_ref(item.product_id, item.seller_id))


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
    parts = _parts(known.files.items.get(order.id, []), known)
    payments = known.files.payments.get(order.id, [])
    shares = share_payments([payment.cents for payment in payments], [part.total_cents for part in parts])
    remarks = list(_remarks(order, payments, known))
    planned = []
    for part in parts:
        own = [(payment, share[part.rank - 1]) for payment, share in zip(payments, shares, strict=True)]
        rows = [
            _payment_row(order, payment, cents, part.rank) for payment, cents in own if _is_kept(payment, cents, part)
        ]
        planned.append(
            ImportedOrder(
                place=order.place,
                order=_order_row(order, part, rows, known) | {"basket_id": basket_id},
                lines=_line_rows(order, part, known),
                payments=rows,
                addresses=_address_rows(known.customer_of(order)),
                facts=_facts(order, part),
                remarks=remarks if part.rank == 1 else (),
            )
        )
    return planned


def share_payments(payments: Sequence[int], totals: Sequence[int]) -> list[list[int]]:
    """Share each payment of a basket between its orders, in proportion to what they cost.

    It adds up to the cent both ways: the shares of a payment make the payment, and where the basket is paid exactly
    the shares of an order make its total, however many payments there were.

    Args:
        payments: Amounts in cents.
        totals: What each order costs, in cents; at least one.

    Returns:
        For each payment, one share per order.
    """
    due = split_by_weight(sum(payments), totals)
    shares = []
    for cents in payments:
        share = split_by_weight(cents, due)
        due = [left - part for left, part in zip(due, share, strict=True)]
        shares.append(share)
    return shares


def _is_kept(payment: OlistPayment, cents: int, part: _Part) -> bool:
    # A payment of nothing is kept once, with the first order; a share of nothing says nothing.
    return cents > 0 or (payment.cents == 0 and part.rank == 1)


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
    for position, units in enumerate(_articles(part.items), start=1):
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


def _articles(items: Sequence[OlistItem]) -> list[list[OlistItem]]:
    """Bring together the units of one product at one price: the files have one row per unit."""
    articles: dict[tuple[str, str, int], list[OlistItem]] = {}
    for item in items:
        articles.setdefault((item.seller_id, item.product_id, item.price_cents), []).append(item)
    return list(articles.values())


def _payment_row(order: OlistOrder, payment: OlistPayment, cents: int, rank: int) -> Row:
    state = _payment_record_state(order)
    return {
        "external_ref": f"{SOURCE}:{order.id}:{rank:03d}:{payment.number}",
        "kind": PaymentKind.PAYMENT,
        "method": payment.method,
        "state": state,
        "amount_cents": cents,
        "currency": CURRENCY,
        "reference": payment.wording,
        "installments": max(1, payment.installments),
        "received_at": (order.approved_at or order.placed_at) if state is PaymentRecordState.CAPTURED else None,
        "created_at": order.placed_at,
    }


def _payment_record_state(order: OlistOrder) -> PaymentRecordState:
    if order.approved_at:
        return PaymentRecordState.CAPTURED
    return _UNPAID_UNLESS_APPROVED.get(order.status, PaymentRecordState.CAPTURED)


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


def _remarks(order: OlistOrder, payments: Sequence[OlistPayment], known: Known) -> Iterator[Remark]:
    items = known.files.items.get(order.id, [])
    paid = sum(payment.cents for payment in payments)
    yield from _time_remarks(order)
    yield from _money_remarks(order, items, paid)
    if known.customer_of(order) is None:
        yield order.place.remark(Outcome.FLAGGED, UNKNOWN_CUSTOMER, order.id)
    for item in items:
        yield from _item_remarks(item, known)
    for units in _articles(items):
        for item in units[1:]:
            yield item.place.remark(Outcome.CORRECTED, UNITS_MERGED, order.id)
    for payment in payments:
        yield from _payment_remarks(order, payment)


def _time_remarks(order: OlistOrder) -> Iterator[Remark]:
    if order.is_minute_precise:
        yield order.place.remark(Outcome.FLAGGED, MINUTE_PRECISE, order.id)
    if order.status is OrderStatus.COMPLETED and order.delivered_at is None:
        yield order.place.remark(Outcome.FLAGGED, NO_DELIVERY_DATE, order.id)
    if order.delivered_at and order.expected_on and local_day(order.delivered_at) > order.expected_on:
        yield order.place.remark(Outcome.FLAGGED, DELIVERED_LATE, order.id)
    if order.status is OrderStatus.CANCELLED and order.carrier_at:
        yield order.place.remark(Outcome.FLAGGED, CANCELLED_AFTER_SHIPPING, order.id)


def _money_remarks(order: OlistOrder, items: Sequence[OlistItem], paid: int) -> Iterator[Remark]:
    excess = paid - sum(item.price_cents + item.freight_cents for item in items)
    if not items:
        yield order.place.remark(Outcome.FLAGGED, NO_ITEMS, order.id, paid)
    elif excess:
        yield order.place.remark(Outcome.FLAGGED, PAID_MORE if excess > 0 else PAID_LESS, order.id, excess)
    if order.status is OrderStatus.CANCELLED and paid and _payment_record_state(order) is PaymentRecordState.CAPTURED:
        yield order.place.remark(Outcome.FLAGGED, CANCELLED_BUT_PAID, order.id, paid)


def _item_remarks(item: OlistItem, known: Known) -> Iterator[Remark]:
    if seller_ref(item.seller_id) not in known.sellers:
        yield item.place.remark(Outcome.FLAGGED, UNKNOWN_SELLER, item.seller_id, item.price_cents)
    if item.product_id not in known.files.products:
        yield item.place.remark(Outcome.FLAGGED, UNKNOWN_PRODUCT, item.product_id, item.price_cents)


def _payment_remarks(order: OlistOrder, payment: OlistPayment) -> Iterator[Remark]:
    if payment.wording == METHOD_NOT_DEFINED:
        yield payment.place.remark(Outcome.FLAGGED, METHOD_UNKNOWN, order.id, payment.cents)
    if payment.installments == 0:
        yield payment.place.remark(Outcome.CORRECTED, NO_INSTALLMENTS, order.id, payment.cents)
    if order.approved_at is None and _payment_record_state(order) is PaymentRecordState.CAPTURED:
        yield payment.place.remark(Outcome.CORRECTED, NOT_APPROVED, order.id, payment.cents)
