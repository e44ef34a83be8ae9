"""What the page says first: where the order is, and what comes next."""

import datetime as dt
from dataclasses import dataclass

from db.domain import formats
from db.domain.orders import COLLECTED_MODES, OrderStatus
from db.queries.order_details import OrderDetails

_S = OrderStatus

_TITLES = {
    _S.AWAITING_PAYMENT: "Nous attendons votre règlement",
    _S.PAID: "Votre commande est bien enregistrée",
    _S.CONFIRMING: "Votre commande est en cours de confirmation",
    _S.PREPARING: "Votre commande est en préparation",
    _S.READY: "Votre commande est prête à partir",
    _S.PARTLY_SHIPPED: "Une partie de votre commande est en route",
    _S.SHIPPED: "Votre commande est en route",
    _S.DELIVERED: "Votre commande est livrée",
    _S.RECEIVED: "Votre commande est bien arrivée",
    _S.COMPLETED: "Votre commande est terminée",
    _S.CANCELLED: "Votre commande est annulée",
}
#: Where the customer comes for it.
_COLLECTED_TITLES = {
    _S.PARTLY_SHIPPED: "Une partie de votre commande vous attend",
    _S.READY: "Votre commande vous attend",
    _S.SHIPPED: "Votre commande vous attend",
    _S.DELIVERED: "Votre commande a été remise",
    _S.RECEIVED: "Vous avez retiré votre commande",
}
#: What comes next.
_SELLER = "{vendeur}"
_NEXT = {
    _S.AWAITING_PAYMENT: f"{_SELLER} la prépare dès que votre règlement nous parvient.",
    _S.PAID: f"{_SELLER} va la préparer. Nous vous écrirons à chaque étape.",
    _S.CONFIRMING: f"{_SELLER} vérifie que tous vos articles sont disponibles.",
    _S.PREPARING: f"{_SELLER} rassemble vos articles.",
    _S.READY: "Nous vous écrirons dès son départ.",
    _S.PARTLY_SHIPPED: "Le reste suit\u00a0: nous vous écrirons dès son départ.",
    _S.DELIVERED: "Dites-nous si tout est bien arrivé.",
    _S.RECEIVED: "Merci de votre confiance.",
    _S.COMPLETED: "Merci de votre confiance.",
}
_COLLECTED_NEXT = {
    _S.PARTLY_SHIPPED: "Le reste suit\u00a0: nous vous écrirons dès qu’il sera prêt.",
    _S.READY: "Venez la chercher quand vous voulez, aux heures d’ouverture.",
    _S.SHIPPED: "Venez la chercher quand vous voulez, aux heures d’ouverture.",
}
_PARTLY_ARRIVED = "Une partie de votre commande est arrivée"

_ON_THE_WAY = frozenset({_S.PAID, _S.CONFIRMING, _S.PREPARING, _S.READY, _S.PARTLY_SHIPPED, _S.SHIPPED})


@dataclass(frozen=True, slots=True)
class Headline:
    """A title and one or two sentences below it."""

    title: str
    sentences: tuple[str, ...]


def headline(order: OrderDetails, today: dt.date) -> Headline:
    """Return what to say first of an order."""
    status, is_collected = order.told_status, order.delivery_mode in COLLECTED_MODES
    title = _COLLECTED_TITLES.get(status, _TITLES[status]) if is_collected else _TITLES[status]
    if status is _S.PARTLY_SHIPPED and all(each.delivered_at or each.received_at for each in order.shipments):
        title = _PARTLY_ARRIVED if order.shipments else title
    sentences = (_next(order, is_collected=is_collected), _when(order, today, is_collected=is_collected))
    return Headline(title, tuple(each for each in sentences if each))


def _next(order: OrderDetails, *, is_collected: bool) -> str:
    if order.told_status is _S.CANCELLED:
        return _refund(order)
    sentence = _NEXT.get(order.told_status, "")
    if is_collected:
        sentence = _COLLECTED_NEXT.get(order.told_status, sentence)
    return sentence.replace(_SELLER, order.seller_name)


def _when(order: OrderDetails, today: dt.date, *, is_collected: bool) -> str:
    day = order.expected_delivery_on
    # Parcels say by themselves when each of them arrives.
    if day is None or order.told_status not in _ON_THE_WAY or order.shipments:
        return ""
    if is_collected and order.told_status in {_S.READY, _S.SHIPPED}:
        return ""
    what = "Retrait possible" if is_collected else "Arrivée prévue"
    if day >= today:
        return f"{what} le {formats.long_date(day)}."
    return (
        f"Nous l’avions annoncée pour le {formats.long_date(day)}\u00a0: elle a pris du retard, et nous vous prions de "
        "nous en excuser."
    )


def _refund(order: OrderDetails) -> str:
    to_come = order.paid_cents - order.refunded_cents
    if to_come > 0:
        return f"Le remboursement de {formats.money(to_come, order.currency)} est en cours."
    if order.refunded_cents:
        return f"Nous vous avons remboursé {formats.money(order.refunded_cents, order.currency)}."
    return "Vous n’avez rien à régler."
