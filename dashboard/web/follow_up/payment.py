"""What is left to pay, and how: by the shop's link, or in the words of a cheque, a transfer or cash."""

from dataclasses import dataclass

from db.domain import formats
from db.domain.orders import COLLECTED_MODES, OrderStatus, PaymentMethod
from db.emails.links import payment_url
from db.queries.marketplace import MarketplaceRow
from db.queries.order_details import OrderDetails

_ONLINE = frozenset({PaymentMethod.CARD, PaymentMethod.PAYPAL})


@dataclass(frozen=True, slots=True)
class Payment:
    """What the customer still owes and what they do about it."""

    due: str
    #: What was received of it already; empty where nothing was.
    received: str
    sentence: str
    #: Where a cheque goes.
    address: tuple[str, ...]
    link: str
    link_label: str


def payment_of(order: OrderDetails, market: MarketplaceRow) -> Payment | None:
    """Return what is left to pay; None where nothing is, or nothing is asked for any more."""
    if not order.due_cents or order.told_status is OrderStatus.CANCELLED:
        return None
    due = formats.money(order.due_cents, order.currency)
    link = payment_url(market.payment_url_pattern, order.number)
    is_online = order.payment_method in _ONLINE
    return Payment(
        due=due,
        received=formats.money(order.paid_cents, order.currency) if order.paid_cents else "",
        sentence="" if is_online and link else _sentence(order, market, due),
        address=_postal_address(market) if order.payment_method is PaymentMethod.CHEQUE else (),
        link=link,
        link_label=f"Payer {due}" if is_online else "Payer plutôt en ligne",
    )


def _sentence(order: OrderDetails, market: MarketplaceRow, due: str) -> str:
    match order.payment_method:
        case PaymentMethod.CHEQUE:
            where = "à cette adresse\u00a0:" if market.street else "à l’adresse indiquée lors de la commande."
            payee = market.legal_name or market.name
            return f"Envoyez un chèque de {due} à l’ordre de {payee}, le numéro {order.number} écrit au dos, {where}"
        case PaymentMethod.TRANSFER:
            return (
                f"Faites un virement de {due} avec le libellé {order.number}, sur le compte indiqué lors de la "
                "commande. Vous ne retrouvez pas ses coordonnées\u00a0? Demandez-les-nous."
            )
        case PaymentMethod.CASH if order.delivery_mode in COLLECTED_MODES:
            return f"Vous réglez {due} en espèces en venant chercher votre commande."
        case PaymentMethod.CASH:
            return f"Vous réglez {due} en espèces à la livraison."
    return f"Reprenez le paiement depuis votre compte sur {market.name}, ou demandez-nous un lien pour payer."


def _postal_address(market: MarketplaceRow) -> tuple[str, ...]:
    if not market.street:
        return ()
    return market.legal_name or market.name, market.street, f"{market.postcode} {market.city}".strip()
