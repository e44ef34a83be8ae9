"""Money received: by staff's « Paiement reçu », or by rows that the shop wrote when a card or PayPal paid."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM, Actor
from db.domain.documents import DocumentKind
from db.domain.errors import InvalidInputError, OrderNotFoundError
from db.domain.moves import Move
from db.domain.order_facts import OrderFacts
from db.domain.orders import (
    HistoryEvent,
    OrderStatus,
    PaymentKind,
    PaymentRecordState,
    payment_state,
)
from db.domain.payments import Receipt, ReceiptOutcome, outcome_of
from db.domain.permissions import Permission
from db.domain.text import is_storable
from db.domain.time import instant_of, local_day
from db.models import Order, Payment
from db.services.accounts import reconcile
from db.services.documents.due import Owed, owe
from db.services.history import Entry, record
from db.services.moves import PlannedMove, move_order, plan_move
from db.services.order_facts import load_facts, locked_order
from db.services.refund_rows import promise_by_means

MAX_REFERENCE = 140


@dataclass(frozen=True, slots=True)
class Recorded:
    """A recorded payment: its last history row (what an undo takes back) and what it made of the order."""

    history_id: int
    outcome: ReceiptOutcome


@dataclass(frozen=True, slots=True)
class PlannedReceipt:
    """What recording a payment would do: to what is due, and the move it makes, if any."""

    order: OrderFacts
    outcome: ReceiptOutcome
    move: PlannedMove | None


def plan_payment(
    session: Session, actor: Actor, order_id: int, receipt: Receipt, now: dt.datetime, *, notifies: bool = True
) -> PlannedReceipt:
    """Return what recording this payment would do; nothing is written.

    Raises:
        NotAllowedError: The actor may not record payments.
        InvalidInputError: The amount, the day or the reference cannot be.
        CancelledOrderPaidError: The order is cancelled.
        OrderNotFoundError: There is no such order for this actor.
    """
    actor.require(Permission.RECORD_PAYMENTS)
    order = load_facts(session, actor, [order_id]).get(order_id)
    if order is None:
        raise OrderNotFoundError(str(order_id))
    outcome = checked_outcome(order, receipt, now)
    if not outcome.pays:
        return PlannedReceipt(order, outcome, None)
    paid = replace(order, paid_cents=order.paid_cents + receipt.amount_cents)
    return PlannedReceipt(order, outcome, plan_move(session, actor, paid, Move(OrderStatus.PAID, notifies=notifies)))


def record_payment(
    session: Session,
    actor: Actor,
    order_id: int,
    version: int,
    receipt: Receipt,
    now: dt.datetime,
    *,
    notifies: bool = True,
) -> Recorded:
    """Record money received for an order; one that is paid with it becomes « Payée », told unless not ``notifies``.

    Raises:
        NotAllowedError: The actor may not record payments.
        InvalidInputError: The amount, the day or the reference cannot be.
        CancelledOrderPaidError: The order is cancelled.
        ChangedMeanwhileError: The order is not at ``version`` any more.
        OrderNotFoundError: There is no such order for this actor.
    """
    actor.require(Permission.RECORD_PAYMENTS)
    order = locked_order(session, actor, order_id, version)
    return _record(session, actor, order, receipt, now, notifies=notifies)


def checked_outcome(order: OrderFacts, receipt: Receipt, now: dt.datetime) -> ReceiptOutcome:
    """Return what recording the receipt would do.

    Raises:
        InvalidInputError: The amount, the day or the reference cannot be.
        CancelledOrderPaidError: The order is cancelled.
    """
    if len(receipt.reference) > MAX_REFERENCE or not is_storable(receipt.reference):
        raise InvalidInputError(f"La référence est illisible ou dépasse {MAX_REFERENCE} caractères. Abrégez-la.")
    return outcome_of(order, receipt, local_day(now))


def _record(
    session: Session, actor: Actor, order: OrderFacts, receipt: Receipt, now: dt.datetime, *, notifies: bool = True
) -> Recorded:
    outcome = checked_outcome(order, receipt, now)
    (payment_id,) = insert_receipts(session, [(order, receipt)], now)
    words = words_of(receipt)
    booked = _book(session, actor, order, [payment_id], receipt.amount_cents, now, words=words, notifies=notifies)
    return Recorded(booked, outcome)


def insert_receipts(session: Session, receipts: Sequence[tuple[OrderFacts, Receipt]], now: dt.datetime) -> list[int]:
    """Write what was received for some orders; return the ids of the payments, in the same order."""
    rows = [
        {
            "order_id": order.id,
            "kind": PaymentKind.PAYMENT,
            "method": receipt.method,
            "state": PaymentRecordState.CAPTURED,
            "amount_cents": receipt.amount_cents,
            "currency": order.currency,
            "reference": receipt.reference.strip(),
            "received_at": instant_of(receipt.received_on, now),
            "created_at": now,
            "booked_at": now,
        }
        for order, receipt in receipts
    ]
    inserted = sa.insert(Payment).returning(Payment.id, sort_by_parameter_order=True)
    return list(session.scalars(inserted, rows))


def words_of(receipt: Receipt) -> dict[str, str]:
    """Return what the history says of a receipt beside its amount."""
    reference = receipt.reference.strip()
    return {"method": receipt.method.value} | ({"reference": reference} if reference else {})


def recount_payments(session: Session, order_ids: Sequence[int], now: dt.datetime) -> dict[int, int]:
    """Derive the sums and payment states of some orders from their payment rows, and raise the orders' versions.

    Returns:
        Order id → what was paid.
    """

    def captured(kind: PaymentKind) -> sa.ColumnElement[int]:
        amounts = sa.func.sum(Payment.amount_cents).filter(Payment.kind == kind)
        return sa.cast(sa.func.coalesce(amounts, 0), sa.BigInteger)

    is_captured = sa.and_(Payment.order_id == Order.id, Payment.state == PaymentRecordState.CAPTURED)
    sums = session.execute(
        sa.select(Order.id, captured(PaymentKind.PAYMENT), captured(PaymentKind.REFUND))
        .join(Payment, is_captured, isouter=True)
        .where(Order.id.in_(order_ids))
        .group_by(Order.id)
    ).all()
    recounted = (
        sa.update(Order)
        .where(Order.id == sa.bindparam("order_id"))
        .values(
            paid_cents=sa.bindparam("paid"),
            refunded_cents=sa.bindparam("refunded"),
            payment_state=sa.bindparam("new_state"),
            version=Order.version + 1,
            updated_at=now,
        )
    )
    orders = load_facts(session, SYSTEM, order_ids)
    rows = [
        {
            "order_id": order_id,
            "paid": paid,
            "refunded": refunded,
            "new_state": payment_state(_asked(orders[order_id], paid), paid, refunded),
        }
        for order_id, paid, refunded in sums
    ]
    # The connection, not the session: the session's own bulk update takes absolute values only.
    session.connection().execute(recounted, rows)
    return {order_id: paid for order_id, paid, _ in sums}


def _asked(order: OrderFacts, paid_cents: int) -> int:
    """Return what makes a payment whole: the total, or what is left to ask for of an order that was paid after that."""
    if order.is_cancelled:
        return order.total_cents
    return min(order.total_cents, max(order.claim_cents, paid_cents))


def _book(
    session: Session,
    actor: Actor,
    order: OrderFacts,
    payment_ids: Sequence[int],
    amount_cents: int,
    now: dt.datetime,
    *,
    words: Mapping[str, str] = MappingProxyType({}),
    notifies: bool = True,
) -> int:
    """Take captured payments into the order; return the last history row that this wrote."""
    paid = recount_payments(session, [order.id], now)[order.id]
    history_id = record(session, actor, receipt_entry(order, paid, payment_ids, amount_cents, words), now)
    if order.status is OrderStatus.AWAITING_PAYMENT and paid >= order.claim_cents:
        return move_order(session, actor, order.id, Move(OrderStatus.PAID, notifies=notifies), now)
    owe(session, actor, invoices_owed([(order, paid, history_id)]), now)
    reconcile(session, actor, {order.id: history_id}, now, selling=[order.id])
    return history_id


def invoices_owed(booked: Iterable[tuple[OrderFacts, int, int]]) -> list[Owed]:
    """Return the invoices of orders that are paid at last, and not by the move that invoices all others.

    Args:
        booked: Each order as it was before, what is paid of it now, and the history row that says so.
    """
    return [
        Owed(order.id, DocumentKind.INVOICE, history_id)
        for order, paid, history_id in booked
        if order.status is not OrderStatus.AWAITING_PAYMENT
        and not order.is_cancelled
        and order.is_to_invoice
        and order.due_cents > 0
        and paid >= order.claim_cents
    ]


def receipt_entry(
    order: OrderFacts, paid_cents: int, payment_ids: Sequence[int], amount_cents: int, words: Mapping[str, str]
) -> Entry:
    """Return the history's row of payments that were taken into an order: an undo reads it."""
    return Entry(
        order.id,
        HistoryEvent.PAYMENT_RECORDED if amount_cents else HistoryEvent.REFUND_RECORDED,
        before={"paid_cents": order.paid_cents},
        after={"paid_cents": paid_cents, "amount_cents": amount_cents, "payment_ids": list(payment_ids), **words},
    )


# An order that is not taken in yet waits: the first thing its history says is that it was placed.
_IS_TAKEN_IN = sa.exists().where(Order.id == Payment.order_id, Order.intake_at.is_not(None))
_TO_BOOK = (Payment.booked_at.is_(None), Payment.state == PaymentRecordState.CAPTURED, _IS_TAKEN_IN)


def has_captured_payments(session: Session) -> bool:
    """Tell whether ``book_captured_payments`` would find something to do."""
    return session.scalar(sa.select(Payment.id).where(*_TO_BOOK).limit(1)) is not None


def book_captured_payments(session: Session, now: dt.datetime, limit: int = 200) -> int:
    """Take in what card and PayPal payments the shop captured; return how many orders that concerned.

    An order that is paid with them becomes « Payée » by itself; what arrives for a cancelled one is noted as to be
    given back.
    """
    found = sa.select(Payment.order_id).where(*_TO_BOOK).order_by(Payment.id).limit(limit)
    order_ids = sorted(set(session.scalars(found.with_for_update(skip_locked=True))))
    facts = load_facts(session, SYSTEM, order_ids, locked=True)
    for order in facts.values():
        rows = session.execute(
            sa.update(Payment)
            .where(Payment.order_id == order.id, *_TO_BOOK)
            .values(booked_at=now)
            .returning(Payment.id, Payment.kind, Payment.amount_cents)
            .execution_options(synchronize_session=False)
        ).all()
        received = sum(row.amount_cents for row in rows if row.kind is PaymentKind.PAYMENT)
        _book(session, SYSTEM, order, [row.id for row in rows], received, now)
        if order.is_cancelled and received:
            _owe_back(session, order.id, received, now)
    return len(facts)


def _owe_back(session: Session, order_id: int, received_cents: int, now: dt.datetime) -> None:
    """Promise what arrived for a cancelled order and was not given back already, by the means it came by."""
    order = load_facts(session, SYSTEM, [order_id])[order_id]
    promise_by_means(session, [(order, min(received_cents, order.refundable_cents))], now)
