"""Take an action back while its window lasts and nothing irreversible happened.

Held e-mails are dropped, the status, articles, stock, parcel and refund are as before, and the history tells both. A
message is taken back while its e-mail is held, whatever else happened to the order since.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from db.domain.actor import Actor
from db.domain.errors import MarketplaceError, NotAllowedError
from db.domain.mail import WAITING_STATES, OutboxState
from db.domain.order_facts import OrderFacts
from db.domain.orders import HistoryEvent, OrderStatus, PaymentRecordState
from db.domain.permissions import Permission
from db.domain.undo import HARMLESS_EVENTS, LETTER_EVENTS, UNDOABLE_EVENTS, is_for_good
from db.models import Order, OrderHistory, OutboxMessage, Payment
from db.services import move_effects, parcel_effects
from db.services.accounts import reconcile
from db.services.documents.due import bring_forward, forget
from db.services.history import Entry, record_all
from db.services.move_effects import Reversal
from db.services.order_facts import load_facts
from db.services.outbox import undo_window
from db.services.payments import recount_payments
from db.services.returns.moves import take_back_move
from db.services.returns.thread import take_back_message
from db.services.tags import set_tag
from db.services.versions import raise_versions

_PAYMENT = HistoryEvent.PAYMENT_RECORDED


class NotUndoableError(MarketplaceError):
    """The action cannot be taken back any more; the sentence says why."""


class TooLateError(NotUndoableError):
    """The window has passed."""

    def __init__(self) -> None:
        super().__init__("Le délai d’annulation est passé. Corrigez la commande par une nouvelle action.")


class MailLeftError(NotUndoableError):
    """The customer already reads it."""

    def __init__(self) -> None:
        super().__init__("Un e-mail est déjà parti : cette action ne peut plus être annulée.")


class OvertakenError(NotUndoableError):
    """Something else happened to the order since."""

    def __init__(self) -> None:
        super().__init__("La commande a changé depuis : cette action ne peut plus être annulée.")


class AlreadyUndoneError(NotUndoableError):
    """It was taken back already."""

    def __init__(self) -> None:
        super().__init__("Cette action est déjà annulée.")


@dataclass(frozen=True, slots=True)
class Undone:
    """What an undo did."""

    history_id: int
    status: OrderStatus
    emails_dropped: int


def undo(session: Session, actor: Actor, history_id: int, now: dt.datetime) -> Undone:
    """Take back what one history row tells, while its window lasts.

    Args:
        session: The caller's transaction.
        actor: The person who did it, or an administrator.
        history_id: The last row that the action wrote on the order.
        now: The instant of the undo.

    Raises:
        NotUndoableError: It cannot be taken back; the subclass and the sentence say why.
        NotAllowedError: Somebody else did it.
    """
    done_at = session.scalar(sa.select(OrderHistory.at).where(OrderHistory.id == history_id))
    if done_at is not None and now > done_at + undo_window(session):
        raise TooLateError
    undone, refused = take_back(session, actor, [history_id], now)
    if refused:
        raise refused[history_id]
    return undone[history_id]


def take_back(
    session: Session, actor: Actor, history_ids: Sequence[int], now: dt.datetime
) -> tuple[dict[int, Undone], dict[int, MarketplaceError]]:
    """Take back what some history rows tell, each of another order; that it is not too late is the caller's to know.

    Returns:
        What was done, and why the others cannot be taken back, both by history row.
    """
    known = _read(session, actor, history_ids)
    going: list[OrderHistory] = []
    refused: dict[int, MarketplaceError] = {}
    for history_id in history_ids:
        try:
            going.append(_checked(actor, known, history_id))
        except MarketplaceError as error:
            refused[history_id] = error
    if not going:
        return {}, refused
    _drop_mail(session, [row.id for row in going])
    acts = [*going, *_payments_of(session, going)]
    forget(session, [row.id for row in acts])
    _revert(session, actor, known.orders, acts, now)
    bring_forward(session, actor, [row.order_id for row in going], now)
    undone = _record(session, actor, known, going, now)
    before = {order_id: order.claim_cents for order_id, order in known.orders.items()}
    causes = {row.order_id: undone[row.id].history_id for row in going}
    reconcile(session, actor, causes, now, claims_before=before)
    return undone, refused


@dataclass(frozen=True, slots=True)
class _Known:
    """What decides whether actions can be taken back, read at once for all of them."""

    rows: Mapping[int, OrderHistory]
    #: By order, locked.
    orders: Mapping[int, OrderFacts]
    #: By order: what its history tells beside and since, as (row, event, the row it took back).
    events: Mapping[int, Sequence[tuple[int, HistoryEvent, int | None]]]
    #: By history row; the lock waits for a worker that is just taking one of them.
    mails: Mapping[int, Sequence[OutboxState]]

    def dropped(self, history_id: int) -> int:
        """Return how many e-mails of an action have not left."""
        return sum(state in WAITING_STATES for state in self.mails.get(history_id, ()))


def _read(session: Session, actor: Actor, history_ids: Sequence[int]) -> _Known:
    rows = {row.id: row for row in session.scalars(sa.select(OrderHistory).where(OrderHistory.id.in_(history_ids)))}
    orders = load_facts(session, actor, [row.order_id for row in rows.values()], locked=True)
    undone = aliased(OrderHistory)
    # What an undo took back tells whether it stands in the way: a message that was, does not.
    what = sa.func.coalesce(undone.event, OrderHistory.event, type_=OrderHistory.event.type).label("event")
    events = defaultdict(list)
    for row in session.execute(
        sa.select(OrderHistory.order_id, OrderHistory.id, what, OrderHistory.undoes_id)
        .outerjoin(undone, undone.id == OrderHistory.undoes_id)
        .where(OrderHistory.order_id.in_(orders))
    ):
        events[row.order_id].append((row.id, row.event, row.undoes_id))
    mails = defaultdict(list)
    for mail in session.execute(
        sa.select(OutboxMessage.history_id, OutboxMessage.state)
        .where(OutboxMessage.history_id.in_(history_ids))
        .order_by(OutboxMessage.id)
        .with_for_update()
    ):
        mails[mail.history_id].append(mail.state)
    return _Known(rows, orders, events, mails)


def _checked(actor: Actor, known: _Known, history_id: int) -> OrderHistory:
    """Return the row of an action that can be taken back."""
    row = known.rows.get(history_id)
    if row is None or row.order_id not in known.orders or row.event not in UNDOABLE_EVENTS or row.person_id is None:
        raise NotUndoableError("Cette action ne peut pas être annulée.")
    if row.person_id != actor.person_id and not actor.may(Permission.REPAIR_ORDERS):
        raise NotAllowedError(Permission.REPAIR_ORDERS)
    later = [(event, undoes_id) for place, event, undoes_id in known.events[row.order_id] if place > row.id]
    if any(undoes_id == row.id for _, undoes_id in later):
        raise AlreadyUndoneError
    if row.event not in HARMLESS_EVENTS and any(event not in HARMLESS_EVENTS for event, _ in later):
        raise OvertakenError
    if any(state not in WAITING_STATES | {OutboxState.CANCELLED} for state in known.mails.get(row.id, ())):
        raise MailLeftError
    if row.event in LETTER_EVENTS and not known.dropped(row.id):
        raise NotUndoableError("Cet e-mail n’attend plus\u00a0: il n’y a rien à annuler.")
    if is_for_good(row.event, row.after):
        raise NotUndoableError("Ce retour est clos par son remboursement\u00a0: il ne se rouvre pas.")
    return row


def _drop_mail(session: Session, history_ids: Sequence[int]) -> None:
    held = sa.update(OutboxMessage).where(OutboxMessage.history_id.in_(history_ids))
    session.execute(held.values(state=OutboxState.CANCELLED).execution_options(synchronize_session=False))


def _payments_of(session: Session, moves: Sequence[OrderHistory]) -> list[OrderHistory]:
    """Return the payments that made some of the moves: a payment and the move it made are one act."""
    acts = {(row.order_id, row.at, row.person_id): row.id for row in moves if row.event is HistoryEvent.STATUS_CHANGED}
    payments = session.scalars(
        sa.select(OrderHistory)
        .where(
            OrderHistory.order_id.in_({order_id for order_id, _, _ in acts}),
            OrderHistory.event == _PAYMENT,
        )
        .order_by(OrderHistory.id)
    )
    found: dict[int, OrderHistory] = {}
    for payment in payments:
        if payment.id < acts.get((payment.order_id, payment.at, payment.person_id), 0):
            found[payment.order_id] = payment  # The newest before the move.
    return list(found.values())


def _revert(
    session: Session, actor: Actor, orders: Mapping[int, OrderFacts], rows: Sequence[OrderHistory], now: dt.datetime
) -> None:
    """Take back what the rows tell, except e-mails: to drop them is all there is to a message."""
    moves = [
        Reversal(orders[row.order_id], OrderStatus((row.before or {})["status"]), row.after or {})
        for row in rows
        if row.event is HistoryEvent.STATUS_CHANGED
    ]
    move_effects.revert(session, actor, moves, now)
    noted = [row for row in rows if row.event is HistoryEvent.PARCEL_DELIVERED]
    if noted:
        parcel_effects.forget_arrivals(session, [row.after or {} for row in noted])
        raise_versions(session, [row.order_id for row in noted], now)
    payments = {row.order_id: (row.after or {})["payment_ids"] for row in rows if row.event is _PAYMENT}
    if payments:
        cancelled = sa.update(Payment).where(Payment.id.in_([key for keys in payments.values() for key in keys]))
        values = cancelled.values(state=PaymentRecordState.CANCELLED)
        session.execute(values.execution_options(synchronize_session=False))
        recount_payments(session, list(payments), now)
    for row in rows:
        _revert_small(session, row, now)


def _revert_small(session: Session, row: OrderHistory, now: dt.datetime) -> None:
    """Take back what concerns no article, parcel or payment: a tag, a return's step, a message of its thread."""
    match row.event:
        case HistoryEvent.TAGGED if row.after:
            set_tag(session, [row.order_id], row.after["tag_id"], on=row.after["tag"] is None)
        case HistoryEvent.RETURN_MOVED if row.before:
            take_back_move(session, row.before)
            if message_id := (row.after or {}).get("message_id"):
                take_back_message(session, message_id)
            raise_versions(session, [row.order_id], now)
        case HistoryEvent.RETURN_MESSAGE if row.after:
            take_back_message(session, row.after["message_id"])


def _record(
    session: Session, actor: Actor, known: _Known, rows: Sequence[OrderHistory], now: dt.datetime
) -> dict[int, Undone]:
    """Write that the actions were taken back; return what each undo did."""
    found = sa.select(Order.id, Order.status, Order.paid_cents).where(Order.id.in_([row.order_id for row in rows]))
    present = {order.id: order for order in session.execute(found)}
    entries = []
    for row in rows:
        was, order = known.orders[row.order_id], present[row.order_id]
        before: dict[str, Any] | None = None
        after: dict[str, Any] = {"emails_dropped": known.dropped(row.id)}
        if row.event not in HARMLESS_EVENTS:
            before = {"status": was.status.value, "paid_cents": was.paid_cents}
            after |= {"status": order.status.value, "paid_cents": order.paid_cents}
        entries.append(Entry(row.order_id, HistoryEvent.UNDONE, before, after, undoes_id=row.id))
    ids = record_all(session, actor, entries, now)
    return {
        row.id: Undone(history_id, present[row.order_id].status, known.dropped(row.id))
        for row, history_id in zip(rows, ids, strict=True)
    }
