"""What the report says of an Olist order that was stored: corrections, and what somebody should know."""

from collections.abc import Iterator, Sequence

from db.domain.orders import OrderStatus, PaymentRecordState
from db.domain.time import local_day
from db.imports.olist.catalogue import seller_ref
from db.imports.olist.files import OlistItem, OlistOrder, OlistPayment
from db.imports.olist.known import Known, articles_of
from db.imports.olist.payments import payment_record_state
from db.imports.olist.words import METHOD_NOT_DEFINED
from db.imports.report import Outcome, Remark

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


def order_remarks(order: OlistOrder, known: Known) -> Iterator[Remark]:
    """Yield what is to be said of an order, its items and its payments."""
    items = known.items_of(order)
    payments = known.payments_of(order)
    paid = sum(payment.cents for payment in payments)
    yield from _time_remarks(order)
    yield from _money_remarks(order, items, paid)
    if known.customer_of(order) is None:
        yield order.place.remark(Outcome.FLAGGED, UNKNOWN_CUSTOMER, order.id)
    for item in items:
        yield from _item_remarks(item, known)
    for units in articles_of(items):
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
    if order.status is OrderStatus.CANCELLED and paid and payment_record_state(order) is PaymentRecordState.CAPTURED:
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
    if order.approved_at is None and payment_record_state(order) is PaymentRecordState.CAPTURED:
        yield payment.place.remark(Outcome.CORRECTED, NOT_APPROVED, order.id, payment.cents)
