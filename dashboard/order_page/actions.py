"""What may be done with an order now, as data: drawn from the table of moves, for this person's role."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from dashboard.badges import STATUS_BADGES
from db.domain.moves import MOVE_VERBS, Rest, is_derogation, possible_moves
from db.domain.orders import OrderStatus, ReturnStatus
from db.domain.permissions import Permission
from db.domain.viewer import Viewer
from db.models.orders import AddressKind
from db.queries.order_rows import OrderHeader, ShipmentRow
from db.services.edits import is_editable
from db.services.parcels import ON_ITS_WAY


class Kind(StrEnum):
    """What sort of thing is done: each has its dialog."""

    MOVE = "move"
    SHIP = "ship"
    HAND_OVER = "hand_over"
    CORRECT_PARCEL = "correct_parcel"
    RECALL_PARCEL = "recall_parcel"
    DELIVER_PARCEL = "deliver_parcel"
    PAYMENT = "payment"
    REPAIR = "repair"
    NOTE = "note"
    CONTACT = "contact"
    ADDRESS = "address"
    DELIVERY = "delivery"
    MESSAGE = "message"
    CONFIRMATION = "confirmation"
    REMINDER = "reminder"
    FOLLOW_UP_LINK = "follow_up_link"
    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    SEND_DOCUMENT = "send_document"
    SETTLE = "settle"
    CREDIT_SETTLEMENT = "credit_settlement"
    REQUEST_RETURN = "request_return"
    MOVE_RETURN = "move_return"
    INSPECT_RETURN = "inspect_return"
    HOLD_PAYOUT = "hold_payout"
    RELEASE_PAYOUT = "release_payout"


@dataclass(frozen=True, slots=True)
class Action:
    """One thing to do, as its button says it."""

    kind: Kind
    label: str
    icon: str
    #: Of a move.
    target: OrderStatus | None = None
    rest: Rest = Rest.SHIP
    #: Of an address.
    address: AddressKind | None = None
    #: Of a parcel.
    parcel_id: int | None = None
    #: Of an invoice or a credit note.
    document_id: int | None = None
    #: Of something that was given back.
    settlement_id: int | None = None
    #: Of what keeps its seller from being paid for the order.
    hold_id: int | None = None
    #: Of a return, and where it goes.
    return_id: int | None = None
    return_target: ReturnStatus | None = None
    #: Of a return that is settled: what came of each order line, and which lines are not to be sold again.
    units_back: tuple[tuple[int, int], ...] = ()
    unsaleable: tuple[int, ...] = ()

    @property
    def key(self) -> str:
        """Return what tells it from every other action on the order."""
        parts = (self.kind, self.target, self.rest if self.target else None, self.address, self.return_target)
        words = [part.value for part in parts if part]
        ids = (self.parcel_id, self.document_id, self.settlement_id, self.hold_id, self.return_id)
        return "_".join([*words, *(str(each) for each in ids if each)])


ADD_NOTE = Action(Kind.NOTE, "Ajouter une note", "sticky_note_2")


@dataclass(frozen=True, slots=True)
class Choices:
    """The usual next step, and everything else that is possible."""

    primary: Action | None
    others: tuple[Action, ...]


def choices(header: OrderHeader, viewer: Viewer) -> Choices:
    """Return what the person may do with the order now; a seller may do nothing."""
    if viewer.seller_id is not None:
        return Choices(None, ())
    steps = [*_steps(header, viewer)]
    primary = next((step for step in steps if _leads_on(header, step)), None)
    others = [step for step in steps if step is not primary]
    return Choices(primary, (*others, *_letters(header, viewer), *_link(viewer), ADD_NOTE))


def edits(header: OrderHeader, viewer: Viewer) -> dict[str, Action]:
    """Return what may be corrected of the order, by the part of the page that shows it."""
    is_allowed = viewer.may(Permission.ACT_ON_ORDERS)
    if not is_allowed or not is_editable(header.status, header.status_before_error):
        return {}
    return {
        "contact": Action(Kind.CONTACT, "Modifier le contact", "edit"),
        "delivery_address": Action(Kind.ADDRESS, "Livraison", "edit", address=AddressKind.DELIVERY),
        "billing_address": Action(Kind.ADDRESS, "Facturation", "edit", address=AddressKind.BILLING),
        "delivery": Action(Kind.DELIVERY, "Modifier la livraison", "edit"),
    }


def parcel_actions(header: OrderHeader, parcel: ShipmentRow, viewer: Viewer) -> list[Action]:
    """Return what may be done with a parcel now; one that arrived or was called back stays as it is."""
    if viewer.seller_id is not None or not parcel.is_under_way or header.status not in ON_ITS_WAY:
        return []
    possible = (
        (Permission.ACT_ON_ORDERS, Action(Kind.DELIVER_PARCEL, "Noter la livraison", "home", parcel_id=parcel.id)),
        (Permission.SHIP, Action(Kind.CORRECT_PARCEL, "Corriger", "edit", parcel_id=parcel.id)),
        (Permission.SHIP, Action(Kind.RECALL_PARCEL, "Annuler ce colis", "undo", parcel_id=parcel.id)),
    )
    return [action for permission, action in possible if viewer.may(permission)]


def _steps(header: OrderHeader, viewer: Viewer) -> Iterator[Action]:
    if header.status is OrderStatus.ERROR and header.status_before_error and viewer.may(Permission.REPAIR_ORDERS):
        yield Action(Kind.REPAIR, "Réparer", "build")
    for target in _targets(header, viewer):
        # « Payée » follows from the payments; an order of nothing has none to wait for.
        if target is not OrderStatus.PAID or header.due_cents <= 0:
            yield from _moves(header, target)
        else:
            yield _payment(header)
    if _may_be_paid_besides(header) and viewer.may(Permission.RECORD_PAYMENTS):
        yield _payment(header)


def _targets(header: OrderHeader, viewer: Viewer) -> list[OrderStatus]:
    """Return where the order may go, the usual next step first: what is collected is ready before it is handed over."""
    prepared = header.is_collected and header.status is OrderStatus.PREPARING
    targets = possible_moves(header.status, viewer.may)
    return sorted(targets, key=lambda target: not (prepared and target is OrderStatus.READY))


def _moves(header: OrderHeader, target: OrderStatus) -> Iterator[Action]:
    icon = STATUS_BADGES[target].icon
    if target is OrderStatus.SHIPPED:
        yield _leaving(header)
    if header.status is OrderStatus.PARTLY_SHIPPED:
        yield Action(Kind.MOVE, "Annuler le reste", STATUS_BADGES[OrderStatus.CANCELLED].icon, target, Rest.CANCEL)
    elif is_derogation(header.status, target):
        yield Action(Kind.MOVE, "Mettre en préparation sans paiement", icon, target)
    elif target is not OrderStatus.SHIPPED:
        yield Action(Kind.MOVE, MOVE_VERBS[target], icon, target)


def _leaving(header: OrderHeader) -> Action:
    """Return how the goods leave: in a parcel, or in the hands of the customer who came for them."""
    is_rest = header.status is OrderStatus.PARTLY_SHIPPED
    if header.is_collected:
        label = "Remettre le reste au client" if is_rest else "Remettre au client"
        return Action(Kind.HAND_OVER, label, "handshake", OrderStatus.SHIPPED)
    label = "Expédier le reste" if is_rest else MOVE_VERBS[OrderStatus.SHIPPED]
    return Action(Kind.SHIP, label, STATUS_BADGES[OrderStatus.SHIPPED].icon, OrderStatus.SHIPPED)


def _letters(header: OrderHeader, viewer: Viewer) -> Iterator[Action]:
    if not viewer.may(Permission.MESSAGE_CUSTOMERS) or not header.customer_email.strip():
        return
    yield Action(Kind.MESSAGE, "Écrire au client", "edit_square")
    if header.status is OrderStatus.AWAITING_PAYMENT and header.due_cents > 0:
        yield Action(Kind.REMINDER, "Relancer le client", "notification_important")
    yield Action(Kind.CONFIRMATION, "Renvoyer la confirmation", "forward_to_inbox")


def _link(viewer: Viewer) -> Iterator[Action]:
    if viewer.may(Permission.MESSAGE_CUSTOMERS):
        yield Action(Kind.FOLLOW_UP_LINK, "Lien de suivi", "link")


def _payment(header: OrderHeader) -> Action:
    label = MOVE_VERBS[OrderStatus.PAID] if header.due_cents > 0 else "Enregistrer un autre paiement"
    return Action(Kind.PAYMENT, label, "payments")


def _may_be_paid_besides(header: OrderHeader) -> bool:
    """Tell whether money may still arrive where no status waits for it: after a derogation, or twice."""
    return header.status not in {OrderStatus.AWAITING_PAYMENT, OrderStatus.CANCELLED, OrderStatus.ERROR}


def _leads_on(header: OrderHeader, step: Action) -> bool:
    """Tell whether a step is the usual way on: neither the end of the order nor an exception."""
    if step.kind is Kind.PAYMENT:
        return header.due_cents > 0
    if step.target is None:
        return step.kind is Kind.REPAIR
    is_exception = is_derogation(header.status, step.target) or step.rest is Rest.CANCEL
    return step.target is not OrderStatus.CANCELLED and not is_exception
