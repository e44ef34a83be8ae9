"""The moves of an order as one table: what may follow what, who may do it, and what it does. DOMAIN.md, « Orders ».

``decide`` is the one computation behind a button, a dry run and the act itself: it returns the effects of a move on
one order, or raises the refusal that says why not. It reads facts and writes nothing.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from db.domain.errors import MarketplaceError, NotAllowedError
from db.domain.order_facts import OrderFacts
from db.domain.orders import OrderStatus
from db.domain.permissions import Permission

_S = OrderStatus

#: The life of an order. ``error`` is not in it: the system alone puts an order there, from anywhere, and only an
#: administrator takes it out, back to where it was.
MOVES: Mapping[OrderStatus, tuple[OrderStatus, ...]] = {
    _S.AWAITING_PAYMENT: (_S.PAID, _S.PREPARING, _S.CANCELLED),
    _S.PAID: (_S.PREPARING, _S.CONFIRMING, _S.READY, _S.SHIPPED, _S.COMPLETED, _S.CANCELLED),
    _S.CONFIRMING: (_S.PREPARING, _S.READY, _S.COMPLETED, _S.CANCELLED),
    _S.PREPARING: (_S.SHIPPED, _S.READY, _S.COMPLETED, _S.CANCELLED),
    _S.READY: (_S.SHIPPED, _S.COMPLETED, _S.CANCELLED),
    _S.PARTLY_SHIPPED: (_S.SHIPPED,),
    _S.SHIPPED: (_S.DELIVERED, _S.RECEIVED, _S.COMPLETED),
    _S.DELIVERED: (_S.RECEIVED, _S.COMPLETED),
    _S.RECEIVED: (_S.COMPLETED,),
    _S.COMPLETED: (),
    _S.CANCELLED: (),
    _S.ERROR: (),
}

#: What a button says; the status an order already has is never offered.
MOVE_VERBS: Mapping[OrderStatus, str] = {
    _S.PAID: "Paiement reçu",
    _S.CONFIRMING: "Demander confirmation",
    _S.PREPARING: "Mettre en préparation",
    _S.READY: "Marquer prête",
    _S.SHIPPED: "Expédier",
    _S.DELIVERED: "Marquer livrée",
    _S.RECEIVED: "Marquer reçue",
    _S.COMPLETED: "Terminer",
    _S.CANCELLED: "Annuler la commande",
}


class CancelReason(StrEnum):
    """Why an order is cancelled; a free text goes with it."""

    CUSTOMER_REQUEST = "customer_request"
    OUT_OF_STOCK = "out_of_stock"
    UNPAID = "unpaid"
    DUPLICATE = "duplicate"
    WRONG_ADDRESS = "wrong_address"
    SUSPECTED_FRAUD = "suspected_fraud"
    OTHER = "other"

    @property
    def label(self) -> str:
        """Return the label on the screen."""
        return CANCEL_REASON_LABELS[self]


CANCEL_REASON_LABELS = {
    CancelReason.CUSTOMER_REQUEST: "À la demande du client",
    CancelReason.OUT_OF_STOCK: "Rupture de stock",
    CancelReason.UNPAID: "Commande non réglée",
    CancelReason.DUPLICATE: "Commande en double",
    CancelReason.WRONG_ADDRESS: "Adresse inexacte",
    CancelReason.SUSPECTED_FRAUD: "Suspicion de fraude",
    CancelReason.OTHER: "Autre raison",
}


class Rest(StrEnum):
    """What becomes of the articles a partly shipped order still holds when it moves to shipped."""

    SHIP = "ship"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True)
class Move:
    """What is asked: the target and what goes with it. Fields that the target does not use are ignored."""

    target: OrderStatus
    #: Why, in words: required for a derogation, free elsewhere; kept in the history.
    note: str = ""
    #: For the customer, in the e-mail of the new status.
    message: str = ""
    #: Required to cancel.
    cancel_reason: CancelReason | None = None
    carrier: str = ""
    tracking_number: str = ""
    tracking_url: str = ""
    #: Line id → units in this parcel; None: all that is left.
    units: Mapping[int, int] | None = None
    #: Order id → the number of its parcel, where many orders leave at once; over ``tracking_number``.
    tracking_numbers: Mapping[int, str] = field(default_factory=dict)
    #: The day the parcel left or arrived, where that is not today.
    happened_on: dt.date | None = None
    rest: Rest = Rest.SHIP
    #: The customer came for everything that is left and said this code; without the right one, ``note`` says why.
    handed_over: bool = False
    pickup_code: str = ""
    #: False for « ne pas prévenir cette fois ».
    notifies: bool = True

    def tracking_number_of(self, order_id: int) -> str:
        """Return the number of an order's parcel."""
        return self.tracking_numbers.get(order_id, self.tracking_number).strip()


@dataclass(frozen=True, slots=True)
class Effects:
    """What a move does to one order, computed before anything is written."""

    status: OrderStatus
    #: Line id → units.
    shipped: Mapping[int, int] = field(default_factory=dict)
    #: Line id → units; they go back into stock.
    cancelled: Mapping[int, int] = field(default_factory=dict)
    #: Line id → what its cancelled units are given back for, where the order lives on.
    cancelled_cents: Mapping[int, int] = field(default_factory=dict)
    #: To give back to the customer; recorded as « à faire ».
    refund_cents: int = 0
    is_derogation: bool = False
    is_handed_over: bool = False
    #: Whether an invoice follows.
    invoices: bool = False
    #: The credit note that follows, VAT included: of the whole invoice, or of the cancelled articles.
    credited_cents: int = 0


class MoveRefusedError(MarketplaceError):
    """A move that the order does not allow now."""

    def __init__(self, order: OrderFacts, target: OrderStatus, reason: str) -> None:
        self.order = order
        self.target = target
        self.reason = reason
        super().__init__(reason)


class AlreadyThereError(MoveRefusedError):
    """The order already has the status that was asked for."""

    def __init__(self, order: OrderFacts, target: OrderStatus) -> None:
        super().__init__(order, target, f"Déjà au statut « {target.label} ».")


class IllegalMoveError(MoveRefusedError):
    """The table of moves has no such arrow."""

    def __init__(self, order: OrderFacts, target: OrderStatus) -> None:
        super().__init__(order, target, f"Pas de passage de « {order.status.label} » à « {target.label} ».")


class MissingReasonError(MoveRefusedError):
    """The move asks for a reason and none was given."""

    def __init__(self, order: OrderFacts, target: OrderStatus) -> None:
        super().__init__(order, target, "Indiquez la raison : elle est gardée dans l’historique.")


class NotPaidError(MoveRefusedError):
    """« Payée » follows from the payments; it is not chosen."""

    def __init__(self, order: OrderFacts, target: OrderStatus) -> None:
        super().__init__(order, target, "Le règlement n’est pas complet : enregistrez d’abord le paiement reçu.")


class InErrorError(MoveRefusedError):
    """The order waits for an administrator's repair."""

    def __init__(self, order: OrderFacts, target: OrderStatus) -> None:
        super().__init__(order, target, "Commande en erreur : un administrateur doit d’abord la réparer.")


class NotThatManyError(MoveRefusedError):
    """More units are asked for than are left to ship."""

    def __init__(self, order: OrderFacts, target: OrderStatus, left: int) -> None:
        self.left = left
        super().__init__(order, target, f"Il ne reste que {left} à expédier sur l’un des articles choisis.")


class NotCollectedError(MoveRefusedError):
    """The order is sent, not collected."""

    def __init__(self, order: OrderFacts, target: OrderStatus) -> None:
        super().__init__(order, target, "Cette commande est à expédier\u00a0: le client ne vient pas la chercher.")


class WrongPickupCodeError(MoveRefusedError):
    """The code that the customer said is not the one of the e-mail, and no reason was given to do without."""

    def __init__(self, order: OrderFacts, target: OrderStatus) -> None:
        super().__init__(
            order,
            target,
            "Ce n’est pas le code de retrait de cette commande. Vérifiez-le, ou indiquez comment vous avez reconnu "
            "le client.",
        )


class NothingToShipError(MoveRefusedError):
    """Nothing is left that could leave in a parcel."""

    def __init__(self, order: OrderFacts, target: OrderStatus) -> None:
        super().__init__(order, target, "Il ne reste aucun article à expédier.")


def permission_for(status: OrderStatus, target: OrderStatus) -> Permission:
    """Return what a person must be allowed to do to make this move."""
    if target is OrderStatus.PAID:
        return Permission.RECORD_PAYMENTS
    if is_derogation(status, target):
        return Permission.DEROGATE
    return Permission.SHIP if target is OrderStatus.SHIPPED else Permission.ACT_ON_ORDERS


def is_derogation(status: OrderStatus, target: OrderStatus) -> bool:
    """Tell whether the move prepares an order that is not paid: allowed by exception, with a reason."""
    return status is OrderStatus.AWAITING_PAYMENT and target is OrderStatus.PREPARING


def possible_moves(status: OrderStatus, may: Callable[[Permission], bool]) -> tuple[OrderStatus, ...]:
    """Return the targets a person may choose now, the usual next step first."""
    return tuple(target for target in MOVES[status] if may(permission_for(status, target)))


def decide(order: OrderFacts, move: Move, may: Callable[[Permission], bool]) -> Effects:
    """Return what the move does to the order.

    Args:
        order: The order as it is now.
        move: What is asked.
        may: Whether the one who asks has a permission; the system has them all.

    Raises:
        MoveRefusedError: The order does not allow the move; the subclass and the sentence say why.
        NotAllowedError: The person may not make it.
    """
    _check_arrow(order, move.target)
    permission = permission_for(order.status, move.target)
    if not may(permission):
        raise NotAllowedError(permission)
    if move.target is OrderStatus.PAID and order.due_cents > 0:
        raise NotPaidError(order, move.target)
    if move.target is OrderStatus.CANCELLED:
        return _cancelling(order, move)
    if move.target is OrderStatus.SHIPPED:
        return _shipping(order, move)
    derogates = is_derogation(order.status, move.target)
    if derogates and not move.note.strip():
        raise MissingReasonError(order, move.target)
    invoices = move.target is OrderStatus.PAID and order.is_to_invoice
    return Effects(move.target, is_derogation=derogates, invoices=invoices)


def _check_arrow(order: OrderFacts, target: OrderStatus) -> None:
    if order.status is target:
        raise AlreadyThereError(order, target)
    if order.status is OrderStatus.ERROR:
        raise InErrorError(order, target)
    if target not in MOVES[order.status]:
        raise IllegalMoveError(order, target)


def _cancelling(order: OrderFacts, move: Move) -> Effects:
    if move.cancel_reason is None or (move.cancel_reason is CancelReason.OTHER and not move.note.strip()):
        raise MissingReasonError(order, move.target)
    return Effects(
        OrderStatus.CANCELLED,
        cancelled=_left(order),
        refund_cents=order.refundable_cents,
        credited_cents=order.invoiced_cents,
    )


def _shipping(order: OrderFacts, move: Move) -> Effects:
    left = _left(order)
    if move.rest is Rest.CANCEL and order.status is OrderStatus.PARTLY_SHIPPED:
        given_back = {line.id: line.given_back_for(line.quantity_left) for line in order.lines}
        owed = sum(given_back.values())
        return Effects(
            OrderStatus.SHIPPED,
            cancelled=left,
            cancelled_cents={line_id: given_back[line_id] for line_id in left},
            refund_cents=min(owed, max(0, order.refundable_cents - order.claim_cents + owed)),
            credited_cents=min(owed, order.invoiced_cents),
        )
    # Orders imported without their articles still leave the house.
    if order.lines and not left:
        raise NothingToShipError(order, move.target)
    if move.handed_over:
        return _handing_over(order, move, left)
    shipped = left if move.units is None else _chosen(order, move)
    return Effects(OrderStatus.SHIPPED if shipped == left else OrderStatus.PARTLY_SHIPPED, shipped=shipped)


def _chosen(order: OrderFacts, move: Move) -> dict[int, int]:
    """Return the units of a parcel, as they were chosen."""
    left = _left(order)
    chosen = {line_id: units for line_id, units in (move.units or {}).items() if units}
    for line_id, units in chosen.items():
        if not 0 < units <= left.get(line_id, 0):
            raise NotThatManyError(order, move.target, left.get(line_id, 0))
    if not chosen:
        raise NothingToShipError(order, move.target)
    return chosen


def _handing_over(order: OrderFacts, move: Move, left: Mapping[int, int]) -> Effects:
    """Given to the customer in person: it leaves, arrives and is received in one, so the order is received."""
    if not order.is_collected:
        raise NotCollectedError(order, move.target)
    said = "".join(move.pickup_code.split())
    if not (order.pickup_code and said == order.pickup_code) and not move.note.strip():
        raise WrongPickupCodeError(order, move.target)
    return Effects(OrderStatus.RECEIVED, shipped=left, is_handed_over=True)


def _left(order: OrderFacts) -> dict[int, int]:
    return {line.id: line.quantity_left for line in order.lines if line.quantity_left}
