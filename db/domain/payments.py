"""« Paiement reçu »: what staff records, what it makes of the order, and the refusals. Amounts are cents."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from db.domain.errors import InvalidInputError, MarketplaceError
from db.domain.order_facts import OrderFacts
from db.domain.orders import OrderStatus, PaymentMethod

#: No single payment of an order is larger: a slip of the finger, not a sale.
MAX_PAYMENT_CENTS = 1_000_000_00


@dataclass(frozen=True, slots=True)
class Receipt:
    """Money that arrived."""

    received_on: dt.date
    amount_cents: int
    method: PaymentMethod
    #: Cheque number, wording of the transfer…
    reference: str = ""


class Coverage(StrEnum):
    """How a payment compares with what is due."""

    LESS = "less"
    EXACT = "exact"
    MORE = "more"


@dataclass(frozen=True, slots=True)
class ReceiptOutcome:
    """What a receipt makes of the order, before it is recorded."""

    coverage: Coverage
    #: Still due after it (LESS), or too much (MORE); 0 where it is exact.
    difference_cents: int
    #: Whether the order becomes « Payée » with it.
    pays: bool


class CancelledOrderPaidError(MarketplaceError):
    """Money for a cancelled order is to be given back, not booked on it."""

    def __init__(self, order: OrderFacts) -> None:
        self.order = order
        super().__init__("Commande annulée : n’encaissez pas ce paiement, rendez-le au client.")


class NothingDueError(MarketplaceError):
    """A bulk receipt pays what is due, and nothing is."""

    def __init__(self, order: OrderFacts) -> None:
        self.order = order
        super().__init__("Rien à encaisser : la commande est déjà réglée.")


def outcome_of(order: OrderFacts, receipt: Receipt, today: dt.date) -> ReceiptOutcome:
    """Return what recording the receipt would do.

    Raises:
        InvalidInputError: The amount or the day cannot be.
        CancelledOrderPaidError: The order is cancelled.
    """
    if receipt.amount_cents <= 0:
        raise InvalidInputError("Saisissez un montant supérieur à zéro.")
    if receipt.amount_cents > MAX_PAYMENT_CENTS:
        raise InvalidInputError("Ce montant est trop grand : vérifiez-le.")
    if receipt.received_on > today:
        raise InvalidInputError("La date de réception est dans le futur. Choisissez aujourd’hui ou un jour passé.")
    if order.is_cancelled:
        raise CancelledOrderPaidError(order)
    left = order.due_cents - receipt.amount_cents
    coverage = Coverage.EXACT if left == 0 else Coverage.LESS if left > 0 else Coverage.MORE
    pays = left <= 0 and order.status is OrderStatus.AWAITING_PAYMENT
    return ReceiptOutcome(coverage, abs(left), pays)
