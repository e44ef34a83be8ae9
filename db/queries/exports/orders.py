"""The list of orders as it leaves the house."""

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from db.domain.order_filter import OrderFilter
from db.domain.orders import DeliveryMode, OrderStatus, Origin, PaymentMethod, PaymentState
from db.domain.viewer import Viewer
from db.models import Order, OrderAddress, Seller, StatusSetting
from db.models.orders import AddressKind
from db.queries.exports.columns import (
    Condition,
    ExportColumn,
    ExportList,
    count,
    day,
    instant,
    label_of,
    money,
    text,
    words,
)
from db.queries.order_conditions import where
from db.queries.order_words import orders_with_words

_Billing, _Delivery = aliased(OrderAddress), aliased(OrderAddress)

#: As Réglages › Statuts calls it.
_STATUS = sa.func.coalesce(StatusSetting.label, label_of(Order.status, OrderStatus))


def order_conditions(session: Session, viewer: Viewer, wanted: OrderFilter, today: dt.date) -> Sequence[Condition]:
    """Return the conditions of the grid's filter; whose orders a seller sees is part of them."""
    matching = where(viewer, wanted, today)
    if wanted.has_text:
        return [Order.id.in_(orders_with_words(session, wanted, matching))]
    return matching.columns


def _address(prefix: str, title: str, address: type[OrderAddress], *, usual: bool) -> tuple[ExportColumn, ...]:
    return (
        text(f"{prefix}_name", f"{title}\u00a0: nom", address.name, 24, usual=usual),
        text(f"{prefix}_company", f"{title}\u00a0: société", address.company, 20, usual=False),
        text(f"{prefix}_street", f"{title}\u00a0: rue", address.street, 28, usual=usual),
        text(f"{prefix}_street_extra", f"{title}\u00a0: complément", address.street_extra, 20, usual=False),
        text(f"{prefix}_postcode", f"{title}\u00a0: code postal", address.postcode, 12, usual=usual),
        text(f"{prefix}_city", f"{title}\u00a0: ville", address.city, 20, usual=usual),
        text(f"{prefix}_country", f"{title}\u00a0: pays", address.country_code, 8, usual=usual),
        text(f"{prefix}_phone", f"{title}\u00a0: téléphone", address.phone, 18, usual=False),
    )


#: What tells whose and which order it is; the list of articles begins with the same.
HEAD = (
    text("number", "Commande", Order.number, 26),
    instant("placed_at", "Passée le", Order.placed_at),
    text("status", "Statut", _STATUS, 22),
    text("seller", "Vendeur", Seller.name, 24),
    text("customer", "Client", Order.customer_name, 24),
)

ORDERS = ExportList(
    filter_type=OrderFilter,
    source=sa.join(Order, Seller, Seller.id == Order.seller_id)
    .outerjoin(StatusSetting, StatusSetting.status == Order.status)
    .outerjoin(_Billing, sa.and_(_Billing.order_id == Order.id, _Billing.kind == AddressKind.BILLING))
    .outerjoin(_Delivery, sa.and_(_Delivery.order_id == Order.id, _Delivery.kind == AddressKind.DELIVERY)),
    columns=(
        *HEAD,
        text("customer_email", "E-mail", Order.customer_email, 28),
        text("customer_phone", "Téléphone", Order.customer_phone, 18, usual=False),
        text("summary", "Articles", Order.summary, 32),
        count("item_count", "Nombre d’articles", Order.item_count),
        money("items", "Articles TTC", Order.items_cents, usual=False),
        money("discount", "Dont remises", Order.discount_cents, usual=False),
        money("shipping", "Livraison TTC", Order.shipping_cents, usual=False),
        money("total", "Total TTC", Order.total_cents),
        text("currency", "Devise", Order.currency, 8),
        words("payment_method", "Paiement", label_of(Order.payment_method, PaymentMethod), 16),
        words("payment_state", "État du paiement", label_of(Order.payment_state, PaymentState), 20),
        money("paid", "Encaissé", Order.paid_cents, usual=False),
        money("refunded", "Remboursé", Order.refunded_cents, usual=False),
        instant("paid_at", "Payée le", Order.paid_at, usual=False),
        text("invoice", "Facture", Order.invoice_number, 24),
        words("delivery_mode", "Livraison", label_of(Order.delivery_mode, DeliveryMode), 16),
        text("carrier", "Transporteur", Order.carrier, 16, usual=False),
        day("ship_by", "À expédier avant le", Order.ship_by),
        day("expected_on", "Livraison prévue le", Order.expected_delivery_on, usual=False),
        instant("delivered_at", "Livrée le", Order.delivered_at, usual=False),
        instant("received_at", "Réception confirmée le", Order.received_at, usual=False),
        words("origin", "Origine", label_of(Order.origin, Origin), 14),
        count("weight_g", "Poids (g)", Order.weight_g, usual=False),
        *_address("delivery", "Adresse de livraison", _Delivery, usual=True),
        *_address("billing", "Adresse de facturation", _Billing, usual=False),
        text("external_ref", "Référence externe", Order.external_ref, 24, usual=False),
        text("source", "Source", Order.source, 12, usual=False),
    ),
    conditions=order_conditions,
    order=lambda _wanted: (Order.placed_at.desc(), Order.id.desc()),
    currency=Order.currency,
)
