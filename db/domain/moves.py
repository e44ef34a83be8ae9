"""The moves of an order as one table: what may follow what, who may do it, and what it does. DOMAIN.md, « Orders ».

``decide`` is the one computation behind a button, a dry run and the act itself: it returns the effects of a move on
one order, or raises the refusal that says why not. It reads facts and writes nothing.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from db.domain.errors import MarketplaceError, NotAllowedError
from db.domain.money import divide_half_up
from db.domain.orders import COLLECTED_MODES, DeliveryMode, OrderStatus, PaymentMethod, PaymentState
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


def claim_of(total_cents: int, quantity: int, cancelled: int, settled_cents: int) -> int:
    """Return what a sale still asks for an article.

    Args:
        total_cents: The price of all its units, discount taken off.
        quantity: Its units, one at least.
        cancelled: Units that were cancelled.
        settled_cents: What settlements took off, cancelled units aside.
    """
    return max(0, divide_half_up(total_cents * (quantity - cancelled), quantity) - settled_cents)


def still_due(total_cents: int, claim_cents: int, paid_cents: int, given_back_cents: int) -> int:
    """Return what a customer still owes; negative where they paid too much.

    Money that was given back for what was taken off the sale is no payment any more. Money that a shop gave back beyond
    that was a gift, and is not asked for again.

    Args:
        total_cents: The sale as it was.
        claim_cents: What is asked for it now; nothing once it is cancelled.
        paid_cents: All that was received.
        given_back_cents: All that was given back, or is promised.
    """
    return claim_cents - paid_cents + min(given_back_cents, total_cents - claim_cents)


@dataclass(frozen=True, slots=True)
class LineFacts:
    """What a move needs to know of an article."""

    id: int
    product_id: int | None
    quantity: int
    quantity_shipped: int
    quantity_cancelled: int
    #: Of the whole quantity, discount taken off.
    total_cents: int
    quantity_returned: int = 0
    #: What settlements took off the sale, cancelled units aside.
    settled_cents: int = 0
    #: Of units that were given back: what of their price was kept.
    withheld_cents: int = 0

    @property
    def quantity_left(self) -> int:
        """Return how many units are neither shipped nor cancelled."""
        return self.quantity - self.quantity_shipped - self.quantity_cancelled

    @property
    def quantity_kept(self) -> int:
        """Return how many units have left and were not given back."""
        return self.quantity_shipped - self.quantity_returned

    @property
    def claim_cents(self) -> int:
        """Return what the sale still asks for the article: its price, less cancelled units, less what was settled."""
        return claim_of(self.total_cents, self.quantity, self.quantity_cancelled, self.settled_cents)

    def cancelling(self, units: int) -> "LineFacts":
        """Return the article with so many more of its units cancelled."""
        return replace(self, quantity_cancelled=self.quantity_cancelled + units)

    def worth_of(self, units: int) -> int:
        """Return what is left of the price of some of the units that are left; the last of them take all of it.

        What was kept of units that came back damaged is no part of it.
        """
        left = self.quantity - self.quantity_cancelled - self.quantity_returned
        price = max(0, self.claim_cents - self.withheld_cents)
        return price - divide_half_up(price * (left - units), left) if units else 0

    def given_back_for(self, units: int) -> int:
        """Return what is given back for units that have not left and never will."""
        if self.settled_cents or self.withheld_cents:
            return self.worth_of(units)
        return self.claim_cents - self.cancelling(units).claim_cents

    def settling_for(self, cancelled: int, given_cents: int | None = None) -> int:
        """Return by how much ``settled_cents`` changes as units are cancelled and just so much is given back.

        What cancelled units cost follows from their number; where a gesture came before, the two together would take
        off more than is given, and the article would be asked less for than the rest of it costs.

        Args:
            cancelled: Units that have not left and never will.
            given_cents: What is given back in all; None: what those units are worth.
        """
        given = self.given_back_for(cancelled) if given_cents is None else given_cents
        sold = self.quantity - self.quantity_cancelled - cancelled
        return divide_half_up(self.total_cents * sold, self.quantity) - (self.claim_cents - given) - self.settled_cents


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """What a move needs to know of an order. Amounts are cents of ``currency``."""

    id: int
    number: str
    version: int
    status: OrderStatus
    status_before_error: OrderStatus | None
    seller_id: int
    customer_name: str
    customer_email: str
    payment_method: PaymentMethod
    payment_state: PaymentState
    currency: str
    total_cents: int
    paid_cents: int
    refunded_cents: int
    #: Refunds that are under way: promised, not given back yet.
    owed_back_cents: int = 0
    shipping_cents: int = 0
    #: Of the shipping: what settlements took off the sale.
    shipping_settled_cents: int = 0
    #: What its invoices still claim after their credit notes; 0 where a new invoice may be issued.
    invoiced_cents: int = 0
    #: The number of an invoice that is not in our books: an earlier programme's.
    foreign_invoice: str = ""
    delivery_mode: DeliveryMode = DeliveryMode.HOME
    carrier: str = ""
    expected_delivery_on: dt.date | None = None
    pickup_code: str = ""
    lines: tuple[LineFacts, ...] = ()

    @property
    def due_cents(self) -> int:
        """Return what the customer still owes; negative where they paid too much."""
        given_back = self.refunded_cents + self.owed_back_cents
        return still_due(self.total_cents, self.claim_cents, self.paid_cents, given_back)

    @property
    def given_back_cents(self) -> int:
        """Return what was taken off the sale of an order that is not cancelled: cancelled articles, settlements."""
        articles = sum(line.total_cents - line.claim_cents for line in self.lines)
        return articles + self.shipping_settled_cents

    @property
    def claim_cents(self) -> int:
        """Return what the sale still asks for, whatever was paid of it: nothing once it is cancelled."""
        return 0 if self.is_cancelled else max(0, self.total_cents - self.given_back_cents)

    @property
    def shipping_claim_cents(self) -> int:
        """Return what the sale still asks for the shipping."""
        return 0 if self.is_cancelled else self.shipping_cents - self.shipping_settled_cents

    @property
    def overpaid_cents(self) -> int:
        """Return what was received and is neither asked for, nor given back, nor promised."""
        return max(0, self.refundable_cents - self.claim_cents)

    @property
    def is_cancelled(self) -> bool:
        """Tell whether it is cancelled, or was when the system put it in error."""
        return OrderStatus.CANCELLED in {self.status, self.status_before_error}

    @property
    def is_collected(self) -> bool:
        """Tell whether the customer comes for the goods."""
        return self.delivery_mode in COLLECTED_MODES

    @property
    def is_to_invoice(self) -> bool:
        """Tell whether being paid gives it an invoice: it costs something, and none claims it already."""
        return self.total_cents > 0 and not self.invoiced_cents and not self.foreign_invoice

    @property
    def refundable_cents(self) -> int:
        """Return what was received and neither given back nor promised; a refund never exceeds it."""
        return max(0, self.paid_cents - self.refunded_cents - self.owed_back_cents)


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
