"""Take an action back while its window lasts and nothing irreversible happened.

Held e-mails are dropped, the status, articles, stock, parcel and refund are as before, and the history tells both. A
message is taken back while its e-mail is held, whatever else happened to the order since.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from db.domain.actor import Actor
from db.domain.errors import MarketplaceError, NotAllowedError
from db.domain.mail import WAITING_STATES, OutboxState
from db.domain.moves import OrderFacts
from db.domain.orders import HistoryEvent, OrderStatus, PaymentRecordState
from db.domain.permissions import Permission
from db.domain.undo import HARMLESS_EVENTS, LETTER_EVENTS, UNDOABLE_EVENTS
from db.models import Order, OrderHistory, OutboxMessage, Payment
from db.services import move_effects
from db.services.history import Entry, record
from db.services.order_facts import load_facts
from db.services.outbox import undo_window
from db.services.payments import recount_payments
from db.services.tags import set_tag


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
    return take_back(session, actor, history_id, now)


def take_back(session: Session, actor: Actor, history_id: int, now: dt.datetime) -> Undone:
    """Take back what one history row tells; that it is not too late is the caller's to know.

    Raises:
        NotUndoableError: It cannot be taken back; the subclass and the sentence say why.
        NotAllowedError: Somebody else did it.
    """
    row = session.get(OrderHistory, history_id)
    order = None if row is None else load_facts(session, actor, [row.order_id], locked=True).get(row.order_id)
    if row is None or order is None or row.event not in UNDOABLE_EVENTS or row.person_id is None:
        raise NotUndoableError("Cette action ne peut pas être annulée.")
    _check_person(actor, row)
    _check_latest(session, row)
    dropped = _drop_held_mail(session, row.id)
    if row.event in LETTER_EVENTS and not dropped:
        raise NotUndoableError("Cet e-mail n’attend plus\u00a0: il n’y a rien à annuler.")
    for each in _rows_of_the_action(session, row):
        _take_back(session, order, each, now)
    status = session.scalars(sa.select(Order.status).where(Order.id == order.id)).one()
    before: dict[str, Any] | None = None
    after: dict[str, Any] = {"emails_dropped": dropped}
    if row.event not in HARMLESS_EVENTS:
        before = {"status": order.status.value, "paid_cents": order.paid_cents}
        after |= {"status": status.value, "paid_cents": _paid_cents(session, order.id)}
    entry = Entry(order.id, HistoryEvent.UNDONE, before, after, undoes_id=row.id)
    return Undone(record(session, actor, entry, now), status, dropped)


def _check_person(actor: Actor, row: OrderHistory) -> None:
    if row.person_id != actor.person_id and not actor.may(Permission.REPAIR_ORDERS):
        raise NotAllowedError(Permission.REPAIR_ORDERS)


def _check_latest(session: Session, row: OrderHistory) -> None:
    undone = aliased(OrderHistory)
    # What an undo took back tells whether it stands in the way: a message that was, does not.
    what = sa.func.coalesce(undone.event, OrderHistory.event, type_=OrderHistory.event.type).label("event")
    later = session.execute(
        sa.select(what, OrderHistory.undoes_id)
        .outerjoin(undone, undone.id == OrderHistory.undoes_id)
        .where(OrderHistory.order_id == row.order_id, OrderHistory.id > row.id)
    ).all()
    if any(each.undoes_id == row.id for each in later):
        raise AlreadyUndoneError
    if row.event not in HARMLESS_EVENTS and any(each.event not in HARMLESS_EVENTS for each in later):
        raise OvertakenError


def _drop_held_mail(session: Session, history_id: int) -> int:
    """Drop the e-mails the action caused; the lock waits for a worker that is just taking one."""
    mails = session.execute(
        sa.select(OutboxMessage.id, OutboxMessage.state)
        .where(OutboxMessage.history_id == history_id)
        .order_by(OutboxMessage.id)
        .with_for_update()
    ).all()
    if any(mail.state not in WAITING_STATES | {OutboxState.CANCELLED} for mail in mails):
        raise MailLeftError
    session.execute(
        sa.update(OutboxMessage)
        .where(OutboxMessage.id.in_([mail.id for mail in mails]))
        .values(state=OutboxState.CANCELLED)
        .execution_options(synchronize_session=False)
    )
    return sum(mail.state in WAITING_STATES for mail in mails)


def _rows_of_the_action(session: Session, last: OrderHistory) -> Sequence[OrderHistory]:
    """Return the rows that one act wrote on the order, newest first: a payment and the move it made are one act."""
    if last.event is not HistoryEvent.STATUS_CHANGED:
        return [last]
    payment = session.scalars(
        sa.select(OrderHistory)
        .where(
            OrderHistory.order_id == last.order_id,
            OrderHistory.event == HistoryEvent.PAYMENT_RECORDED,
            OrderHistory.at == last.at,
            OrderHistory.person_id == last.person_id,
            OrderHistory.id < last.id,
        )
        .order_by(OrderHistory.id.desc())
        .limit(1)
    ).one_or_none()
    return [last] if payment is None else [last, payment]


def _take_back(session: Session, order: OrderFacts, row: OrderHistory, now: dt.datetime) -> None:
    if row.event in LETTER_EVENTS:
        return  # Its e-mail is dropped, and that is all it was.
    before, after = row.before or {}, row.after or {}
    if row.event is HistoryEvent.TAGGED:
        set_tag(session, [order.id], after["tag_id"], on=after["tag"] is None)
        return
    if row.event is HistoryEvent.STATUS_CHANGED:
        move_effects.revert(session, order, OrderStatus(before["status"]), after, now)
        return
    session.execute(
        sa.update(Payment)
        .where(Payment.id.in_(after["payment_ids"]))
        .values(state=PaymentRecordState.CANCELLED)
        .execution_options(synchronize_session=False)
    )
    recount_payments(session, [order.id], now)


def _paid_cents(session: Session, order_id: int) -> int:
    return session.scalars(sa.select(Order.paid_cents).where(Order.id == order_id)).one()
