"""``error``: the system puts an inconsistent order aside; an administrator takes it back to where it was."""

import datetime as dt

from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM, Actor
from db.domain.errors import InvalidInputError, OrderNotFoundError
from db.domain.moves import Move, OrderFacts
from db.domain.orders import HistoryEvent, OrderStatus
from db.domain.permissions import Permission
from db.services.history import Entry, record
from db.services.move_effects import set_status
from db.services.moves import move_order
from db.services.order_facts import load_facts, locked_order


def put_in_error(session: Session, actor: Actor, order_id: int, reason: str, now: dt.datetime) -> int | None:
    """Put an order aside; return the history row, or None where it is aside already.

    Raises:
        OrderNotFoundError: There is no such order.
        ValueError: A person asks; the system alone does so.
    """
    if actor.viewer is not None:
        raise ValueError("the system alone puts an order in error")
    order = load_facts(session, actor, [order_id], locked=True).get(order_id)
    if order is None:
        raise OrderNotFoundError(str(order_id))
    if order.status is OrderStatus.ERROR:
        return None
    set_status(session, [order_id], OrderStatus.ERROR, now, status_before_error=order.status)
    return _record(session, actor, order, OrderStatus.ERROR, reason, now)


def repair(session: Session, actor: Actor, order_id: int, version: int, reason: str, now: dt.datetime) -> int:
    """Take an order out of error, back to where it was; return the history row.

    Raises:
        NotAllowedError: The person is no administrator.
        InvalidInputError: There is no reason, or nothing to repair.
        ChangedMeanwhileError: The order changed since it was shown.
    """
    actor.require(Permission.REPAIR_ORDERS)
    if not reason.strip():
        raise InvalidInputError("Indiquez ce qui a été réparé : la raison est gardée dans l’historique.")
    order = locked_order(session, actor, order_id, version)
    if order.status is not OrderStatus.ERROR or order.status_before_error is None:
        raise InvalidInputError("Cette commande n’est pas en erreur : il n’y a rien à réparer.")
    set_status(session, [order_id], order.status_before_error, now)
    history_id = _record(session, actor, order, order.status_before_error, reason.strip(), now)
    if order.status_before_error is OrderStatus.AWAITING_PAYMENT and order.due_cents <= 0:
        move_order(session, SYSTEM, order_id, Move(OrderStatus.PAID), now)  # It was paid while it lay aside.
    return history_id


def _record(session: Session, actor: Actor, order: OrderFacts, status: OrderStatus, note: str, now: dt.datetime) -> int:
    entry = Entry(
        order.id,
        HistoryEvent.STATUS_CHANGED,
        before={"status": order.status.value},
        after={"status": status.value},
        note=note,
    )
    return record(session, actor, entry, now)
