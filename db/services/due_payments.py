"""« Paiement reçu » for many orders at once: what each still owes has arrived."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.bulk import DuePayment
from db.domain.errors import MarketplaceError, OrderNotFoundError
from db.domain.moves import Move
from db.domain.order_facts import OrderFacts
from db.domain.orders import OrderStatus
from db.domain.payments import NothingDueError, Receipt
from db.domain.permissions import Permission
from db.services.accounts import reconcile
from db.services.documents.due import owe
from db.services.history import record_all
from db.services.moves import Moved, MovePlan, Refused, move_orders, plan_described
from db.services.order_facts import changed_meanwhile, load_facts
from db.services.outbox import Letter
from db.services.payments import (
    checked_outcome,
    insert_receipts,
    invoices_owed,
    receipt_entry,
    recount_payments,
    words_of,
)


@dataclass(frozen=True, slots=True)
class DuePaymentPlan:
    """What each order is paid, the moves that makes, and the refusals."""

    receipts: tuple[tuple[OrderFacts, Receipt], ...]
    moves: MovePlan
    refused: tuple[Refused, ...]

    @property
    def versions(self) -> dict[int, int]:
        """Return the version each paid order was seen at; the act refuses those that changed since."""
        return {order.id: order.version for order, _ in self.receipts}

    @property
    def letters(self) -> tuple[Letter, ...]:
        """Return the e-mails it sends."""
        return self.moves.letters


def plan_due_payments(
    session: Session, actor: Actor, order_ids: Sequence[int], payment: DuePayment, now: dt.datetime
) -> DuePaymentPlan:
    """Return what paying each order's due amount would do; nothing is written.

    Raises:
        NotAllowedError: The actor may not record payments.
    """
    actor.require(Permission.RECORD_PAYMENTS)
    return _plan(session, actor, order_ids, load_facts(session, actor, order_ids), payment, now)


def record_due_payments(
    session: Session,
    actor: Actor,
    payment: DuePayment,
    now: dt.datetime,
    *,
    versions: Mapping[int, int],
    task_id: int | None = None,
) -> Moved:
    """Record that the due amounts of some orders arrived; those that are paid with it become « Payée ».

    Args:
        session: The caller's transaction.
        actor: Who records them.
        payment: The day, the method and the reference that all have in common.
        now: The instant of the act.
        versions: Order id → the version the actor saw; an order at another one is refused.
        task_id: The bulk action this belongs to.

    Returns:
        Order id → the last history row, and the refusals.

    Raises:
        NotAllowedError: The actor may not record payments.
    """
    actor.require(Permission.RECORD_PAYMENTS)
    facts = load_facts(session, actor, list(versions), locked=True)
    plan = _plan(session, actor, list(versions), facts, payment, now, versions)
    if not plan.receipts:
        return Moved({}, plan.refused)
    payment_ids = insert_receipts(session, plan.receipts, now)
    paid = recount_payments(session, list(plan.versions), now)
    entries = [
        receipt_entry(order, paid[order.id], [payment_id], receipt.amount_cents, words_of(receipt))
        for payment_id, (order, receipt) in zip(payment_ids, plan.receipts, strict=True)
    ]
    history_ids = dict(zip(plan.versions, record_all(session, actor, entries, now), strict=True))
    booked = [(order, paid[order.id], history_ids[order.id]) for order, _ in plan.receipts]
    owe(session, actor, invoices_owed(booked), now, task_id=task_id)
    moved = move_orders(session, actor, list(plan.moves.versions), plan.moves.move, now, task_id=task_id)
    if moved.refused:
        raise moved.refused[0].error
    reconcile(session, actor, history_ids, now, selling=history_ids, task_id=task_id)
    return Moved(history_ids | dict(moved.history_ids), plan.refused, moved.emails)


def _plan(
    session: Session,
    actor: Actor,
    order_ids: Sequence[int],
    facts: Mapping[int, OrderFacts],
    payment: DuePayment,
    now: dt.datetime,
    versions: Mapping[int, int] | None = None,
) -> DuePaymentPlan:
    refused = [Refused(key, "", OrderNotFoundError(str(key))) for key in dict.fromkeys(order_ids) if key not in facts]
    changed = [order for order in facts.values() if versions and versions[order.id] != order.version]
    errors: dict[int, MarketplaceError] = {**changed_meanwhile(session, changed)} if changed else {}
    receipts, paid = [], []
    for order in facts.values():
        try:
            if order.id in errors:
                raise errors[order.id]
            receipt = _receipt(order, payment)
            if checked_outcome(order, receipt, now).pays:
                paid.append(replace(order, paid_cents=order.paid_cents + receipt.amount_cents))
            receipts.append((order, receipt))
        except MarketplaceError as error:
            refused.append(Refused(order.id, order.number, error))
    moves = plan_described(session, actor, paid, Move(OrderStatus.PAID, notifies=payment.notifies))
    return DuePaymentPlan(tuple(receipts), moves, tuple(refused))


def _receipt(order: OrderFacts, payment: DuePayment) -> Receipt:
    if order.due_cents <= 0:
        raise NothingDueError(order)
    return Receipt(payment.received_on, order.due_cents, payment.method, payment.reference)
