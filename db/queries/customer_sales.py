"""What a customer's data says of their orders (``customer_data.py``): a select each, in French names."""

from typing import Any

import sqlalchemy as sa

from db.models import (
    Address,
    Order,
    OrderAddress,
    OrderHistory,
    OrderLine,
    Payment,
    Return,
    ReturnLine,
    ReturnMessage,
    Seller,
    Settlement,
    Shipment,
)
from db.queries.erasure import orders_of, returns_of


def written(address: type[Address | OrderAddress]) -> list[sa.Label[Any]]:
    """Return what an address states."""
    return [
        address.name.label("nom"),
        address.company.label("societe"),
        address.street.label("rue"),
        address.street_extra.label("complement"),
        address.postcode.label("code_postal"),
        address.city.label("ville"),
        address.country_code.label("pays"),
        address.phone.label("telephone"),
    ]


def orders(customer_id: int) -> sa.Select[*tuple[Any, ...]]:
    """Return the orders themselves."""
    return (
        sa.select(
            Order.number.label("numero"),
            Seller.name.label("vendeur"),
            Order.placed_at.label("passee_le"),
            Order.status.label("statut"),
            Order.customer_name.label("nom"),
            Order.customer_email.label("email"),
            Order.customer_phone.label("telephone"),
            Order.payment_method.label("moyen_de_paiement"),
            Order.payment_state.label("etat_du_paiement"),
            Order.delivery_mode.label("livraison"),
            Order.pickup_address.label("point_de_retrait"),
            Order.currency.label("devise"),
            Order.items_cents.label("articles_centimes"),
            Order.shipping_cents.label("port_centimes"),
            Order.total_cents.label("total_centimes"),
            Order.paid_cents.label("paye_centimes"),
            Order.refunded_cents.label("rembourse_centimes"),
            Order.origin.label("origine"),
            Order.terms_accepted_at.label("conditions_acceptees_le"),
        )
        .join(Seller, Seller.id == Order.seller_id)
        .where(Order.customer_id == customer_id)
        .order_by(Order.placed_at, Order.id)
    )


def of_orders(customer_id: int, table: type[Any], *said: sa.SQLColumnExpression[Any]) -> sa.Select[*tuple[Any, ...]]:
    """Return the rows of a table that hangs on the customer's orders, each with its order's number."""
    return (
        sa.select(Order.number.label("commande"), *said)
        .join_from(table, Order, Order.id == table.order_id)
        .where(table.order_id.in_(orders_of(customer_id)))
    )


def lines(customer_id: int) -> sa.Select[*tuple[Any, ...]]:
    """Return what was bought."""
    return of_orders(
        customer_id,
        OrderLine,
        OrderLine.name.label("article"),
        OrderLine.sku.label("reference"),
        OrderLine.quantity.label("quantite"),
        OrderLine.unit_price_cents.label("prix_unitaire_centimes"),
        OrderLine.discount_cents.label("remise_centimes"),
        OrderLine.total_cents.label("total_centimes"),
        OrderLine.vat_rate_bp.label("tva_points_de_base"),
    ).order_by(OrderLine.order_id, OrderLine.position)


def order_addresses(customer_id: int) -> sa.Select[*tuple[Any, ...]]:
    """Return the addresses as the orders copied them."""
    kind = OrderAddress.kind.label("usage")
    return of_orders(customer_id, OrderAddress, kind, *written(OrderAddress)).order_by(OrderAddress.order_id, kind)


def payments(customer_id: int) -> sa.Select[*tuple[Any, ...]]:
    """Return what was paid and given back."""
    return of_orders(
        customer_id,
        Payment,
        Payment.kind.label("sens"),
        Payment.method.label("moyen"),
        Payment.state.label("etat"),
        Payment.amount_cents.label("montant_centimes"),
        Payment.currency.label("devise"),
        Payment.reference,
        Payment.iban,
        Payment.created_at.label("le"),
    ).order_by(Payment.order_id, Payment.id)


def parcels(customer_id: int) -> sa.Select[*tuple[Any, ...]]:
    """Return what left."""
    return of_orders(
        customer_id,
        Shipment,
        Shipment.carrier.label("transporteur"),
        Shipment.tracking_number.label("numero_de_suivi"),
        Shipment.message,
        Shipment.shipped_at.label("expedie_le"),
        Shipment.delivered_at.label("livre_le"),
        Shipment.received_at.label("recu_le"),
        Shipment.received_from.label("reception_confirmee_depuis"),
        Shipment.cancelled_at.label("annule_le"),
    ).order_by(Shipment.order_id, Shipment.id)


def history(customer_id: int) -> sa.Select[*tuple[Any, ...]]:
    """Return what happened to the orders."""
    return of_orders(
        customer_id,
        OrderHistory,
        OrderHistory.at.label("le"),
        OrderHistory.actor_kind.label("par"),
        OrderHistory.event.label("evenement"),
        OrderHistory.before.label("avant"),
        OrderHistory.after.label("apres"),
        OrderHistory.note,
    ).order_by(OrderHistory.order_id, OrderHistory.at, OrderHistory.id)


def returns(customer_id: int) -> sa.Select[*tuple[Any, ...]]:
    """Return the return requests."""
    return of_orders(
        customer_id,
        Return,
        Return.id.label("retour"),
        Return.requested_at.label("demande_le"),
        Return.status.label("statut"),
        Return.reason.label("motif"),
        Return.explanation.label("explication"),
        Return.decision,
        Return.gesture_reason.label("geste_commercial"),
        Return.inspection.label("constat"),
    ).order_by(Return.order_id, Return.id)


def return_lines(customer_id: int) -> sa.Select[*tuple[Any, ...]]:
    """Return what was sent back."""
    return (
        sa.select(
            ReturnLine.return_id.label("retour"),
            OrderLine.name.label("article"),
            ReturnLine.quantity.label("quantite_annoncee"),
            ReturnLine.quantity_received.label("quantite_recue"),
            ReturnLine.condition.label("etat"),
            ReturnLine.remark.label("remarque"),
        )
        .join(OrderLine, OrderLine.id == ReturnLine.order_line_id)
        .where(ReturnLine.return_id.in_(returns_of(customer_id)))
        .order_by(ReturnLine.return_id, OrderLine.position)
    )


def return_messages(customer_id: int) -> sa.Select[*tuple[Any, ...]]:
    """Return what was said about returns."""
    return (
        sa.select(
            ReturnMessage.return_id.label("retour"),
            ReturnMessage.at.label("le"),
            ReturnMessage.author_kind.label("par"),
            ReturnMessage.body.label("message"),
        )
        .where(ReturnMessage.return_id.in_(returns_of(customer_id)))
        .order_by(ReturnMessage.return_id, ReturnMessage.at, ReturnMessage.id)
    )


def settlements(customer_id: int) -> sa.Select[*tuple[Any, ...]]:
    """Return what was decided to give back."""
    return of_orders(
        customer_id,
        Settlement,
        Settlement.settled_at.label("le"),
        Settlement.total_cents.label("deduit_de_la_vente_centimes"),
        Settlement.refund_cents.label("rembourse_centimes"),
        Settlement.voucher_cents.label("en_bon_centimes"),
        Settlement.reason.label("motif"),
        Settlement.deduction_reason.label("motif_de_la_retenue"),
    ).order_by(Settlement.order_id, Settlement.id)
