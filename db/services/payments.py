"""Money received: by staff's « Paiement reçu », or by rows that the shop wrote when a card or PayPal paid."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM, Actor
from db.domain.errors import InvalidInputError, MarketplaceError, OrderNotFoundError
from db.domain.moves import Move, OrderFacts
from db.domain.orders import (
    HistoryEvent,
    OrderStatus,
    PaymentKind,
    PaymentRecordState,
    payment_state,
)
from db.domain.payments import NothingDueError, Receipt, ReceiptOutcome, outcome_of
from db.domain.permissions import Permission
from db.domain.text import is_storable
from db.domain.time import PARIS, local_day
from db.models import Order, Payment
from db.services.history import Entry, record
from db.services.moves import PlannedMove, Refused, move_order, plan_move
from db.services.order_facts import changed_meanwhile, load_facts, locked_order

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


@dataclass(frozen=True, slots=True)
class ReceiptPlan:
    """What « tout est payé » would do to some orders: the due amount of each, and the refusals."""

    planned: tuple[tuple[OrderFacts, ReceiptOutcome], ...]
    refused: tuple[Refused, ...]


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
    outcome = _outcome(order, receipt, now)
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


def plan_payments(
    session: Session, actor: Actor, order_ids: Sequence[int], receipt: Receipt, today: dt.date
) -> ReceiptPlan:
    """Return what paying each order's due amount would do; the receipt's own amount is not used."""
    actor.require(Permission.RECORD_PAYMENTS)
    facts = load_facts(session, actor, order_ids)
    planned, refused = [], [Refused(key, "", OrderNotFoundError(str(key))) for key in order_ids if key not in facts]
    for order in facts.values():
        try:
            planned.append((order, outcome_of(order, _due_of(order, receipt), today)))
        except MarketplaceError as error:
            refused.append(Refused(order.id, order.number, error))
    return ReceiptPlan(tuple(planned), tuple(refused))


def record_payments(
    session: Session,
    actor: Actor,
    order_ids: Sequence[int],
    receipt: Receipt,
    now: dt.datetime,
    *,
    versions: Mapping[int, int],
) -> tuple[dict[int, int], tuple[Refused, ...]]:
    """Record that each order's due amount arrived; return order id → history row, and the refusals."""
    actor.require(Permission.RECORD_PAYMENTS)
    facts = load_facts(session, actor, order_ids, locked=True)
    history_ids: dict[int, int] = {}
    refused = [Refused(key, "", OrderNotFoundError(str(key))) for key in order_ids if key not in facts]
    for order in facts.values():
        try:
            if versions.get(order.id, order.version) != order.version:
                raise changed_meanwhile(session, [order])[order.id]
            history_ids[order.id] = _record(session, actor, order, _due_of(order, receipt), now).history_id
        except MarketplaceError as error:
            refused.append(Refused(order.id, order.number, error))
    return history_ids, tuple(refused)


def _due_of(order: OrderFacts, receipt: Receipt) -> Receipt:
    if order.due_cents <= 0:
        raise NothingDueError(order)
    return Receipt(receipt.received_on, order.due_cents, receipt.method, receipt.reference)


def _outcome(order: OrderFacts, receipt: Receipt, now: dt.datetime) -> ReceiptOutcome:
    if len(receipt.reference) > MAX_REFERENCE or not is_storable(receipt.reference):
        raise InvalidInputError(f"La référence est illisible ou dépasse {MAX_REFERENCE} caractères. Abrégez-la.")
    return outcome_of(order, receipt, local_day(now))


def _record(
    session: Session, actor: Actor, order: OrderFacts, receipt: Receipt, now: dt.datetime, *, notifies: bool = True
) -> Recorded:
    outcome = _outcome(order, receipt, now)
    reference = receipt.reference.strip()
    payment_id = session.scalars(
        sa.insert(Payment).returning(Payment.id),
        [
            {
                "order_id": order.id,
                "kind": PaymentKind.PAYMENT,
                "method": receipt.method,
                "state": PaymentRecordState.CAPTURED,
                "amount_cents": receipt.amount_cents,
                "currency": order.currency,
                "reference": reference,
                "received_at": _instant_of(receipt.received_on, now),
                "created_at": now,
                "booked_at": now,
            }
        ],
    ).one()
    words = {"method": receipt.method.value} | ({"reference": reference} if reference else {})
    booked = _book(session, actor, order, [payment_id], receipt.amount_cents, now, words=words, notifies=notifies)
    return Recorded(booked, outcome)


def _instant_of(day: dt.date, now: dt.datetime) -> dt.datetime:
    """Return noon of a past day, the present instant today: cheques arrive on days, not at instants."""
    if day == local_day(now):
        return now
    return dt.datetime.combine(day, dt.time(12), PARIS).astimezone(dt.UTC)


def recount_payments(session: Session, order_id: int, now: dt.datetime) -> tuple[int, int]:
    """Derive an order's paid and refunded sums and its payment state from its payment rows; raise its version."""
    captured = sa.select(
        sa.cast(
            sa.func.coalesce(sa.func.sum(Payment.amount_cents).filter(Payment.kind == PaymentKind.PAYMENT), 0),
            sa.BigInteger,
        ),
        sa.cast(
            sa.func.coalesce(sa.func.sum(Payment.amount_cents).filter(Payment.kind == PaymentKind.REFUND), 0),
            sa.BigInteger,
        ),
    ).where(Payment.order_id == order_id, Payment.state == PaymentRecordState.CAPTURED)
    paid, refunded = session.execute(captured).one()
    total = session.scalar(sa.select(Order.total_cents).where(Order.id == order_id)) or 0
    session.execute(
        sa.update(Order)
        .where(Order.id == order_id)
        .values(
            paid_cents=paid,
            refunded_cents=refunded,
            payment_state=payment_state(total, paid, refunded),
            version=Order.version + 1,
            updated_at=now,
        )
        .execution_options(synchronize_session=False)
    )
    return paid, refunded


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
    paid, _ = recount_payments(session, order.id, now)
    history_id = record(
        session,
        actor,
        Entry(
            order.id,
            HistoryEvent.PAYMENT_RECORDED if amount_cents else HistoryEvent.REFUND_RECORDED,
            before={"paid_cents": order.paid_cents},
            after={"paid_cents": paid, "amount_cents": amount_cents, "payment_ids": list(payment_ids), **words},
        ),
        now,
    )
    if order.status is OrderStatus.AWAITING_PAYMENT and paid >= order.total_cents:
        return move_order(session, actor, order.id, Move(OrderStatus.PAID, notifies=notifies), now)
    return history_id


_TO_BOOK = (Payment.booked_at.is_(None), Payment.state == PaymentRecordState.CAPTURED)


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
            _owe_back(session, order, received, now)
    return len(facts)


def _owe_back(session: Session, order: OrderFacts, cents: int, now: dt.datetime) -> None:
    session.add(
        Payment(
            order_id=order.id,
            kind=PaymentKind.REFUND,
            method=order.payment_method,
            state=PaymentRecordState.PENDING,
            amount_cents=cents,
            currency=order.currency,
            created_at=now,
        )
    )
    session.flush()
