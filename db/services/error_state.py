"""``error``: the system puts an inconsistent order aside; an administrator takes it back to where it was."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM, Actor
from db.domain.errors import InvalidInputError, MarketplaceError, OrderNotFoundError
from db.domain.moves import Move
from db.domain.order_facts import OrderFacts
from db.domain.orders import HistoryEvent, OrderStatus
from db.domain.permissions import Permission
from db.models import Order
from db.services.consistency import what_to_mend
from db.services.history import Entry, record
from db.services.move_effects import set_status
from db.services.moves import follow_parcels, move_order
from db.services.order_facts import load_facts, locked_order
from db.services.stock import sell


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


class NotMendedError(MarketplaceError):
    """What put the order in error when it came in is still there."""

    def __init__(self, order_id: int, what: str) -> None:
        self.order_id = order_id
        super().__init__(f"Cette commande n’est pas encore corrigée. {what}")


def repair(
    session: Session,
    actor: Actor,
    order_id: int,
    version: int,
    reason: str,
    now: dt.datetime,
    *,
    as_it_is: bool = False,
) -> int:
    """Take an order out of error, back to where it was; return the history row.

    Args:
        session: The caller's transaction.
        actor: An administrator.
        order_id: The order.
        version: The version they saw.
        reason: What was repaired.
        now: The instant of the repair.
        as_it_is: Take it although it does not hold together, to cancel it for instance: nobody is told of it as new.

    Raises:
        NotAllowedError: The person is no administrator.
        InvalidInputError: There is no reason, or nothing to repair.
        NotMendedError: It came in with a fault that is still there.
        ChangedMeanwhileError: The order changed since it was shown.
    """
    actor.require(Permission.REPAIR_ORDERS)
    if not reason.strip():
        raise InvalidInputError("Indiquez ce qui a été réparé : la raison est gardée dans l’historique.")
    order = locked_order(session, actor, order_id, version)
    if order.status is not OrderStatus.ERROR or order.status_before_error is None:
        raise InvalidInputError("Cette commande n’est pas en erreur : il n’y a rien à réparer.")
    _check_mended(session, order_id, now, as_it_is=as_it_is)
    set_status(session, [order_id], order.status_before_error, now)
    history_id = _record(session, actor, order, order.status_before_error, reason.strip(), now)
    if order.status_before_error is OrderStatus.AWAITING_PAYMENT and order.due_cents <= 0:
        move_order(session, SYSTEM, order_id, Move(OrderStatus.PAID), now)  # It was paid while it lay aside.
    follow_parcels(session, SYSTEM, [order_id], now)  # They may have arrived meanwhile.
    return history_id


def _check_mended(session: Session, order_id: int, now: dt.datetime, *, as_it_is: bool) -> None:
    """Refuse what intake would put back in error at once; an order that was taken in has another story."""
    if session.scalar(sa.select(Order.intake_at).where(Order.id == order_id)) is not None:
        return
    faulty = what_to_mend(session, [order_id])
    if faulty and not as_it_is:
        raise NotMendedError(order_id, faulty[order_id])
    if faulty:
        sell(session, SYSTEM, [order_id], now)
        session.execute(sa.update(Order).where(Order.id == order_id).values(intake_at=now))


def _record(session: Session, actor: Actor, order: OrderFacts, status: OrderStatus, note: str, now: dt.datetime) -> int:
    entry = Entry(
        order.id,
        HistoryEvent.STATUS_CHANGED,
        before={"status": order.status.value},
        after={"status": status.value},
        note=note,
    )
    return record(session, actor, entry, now)
