"""Orders that nobody pays are cancelled, some days after an e-mail that says so."""

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM
from db.domain.mail import EmailTemplate, OutboxState, RecipientKind
from db.domain.moves import CancelReason, Move
from db.domain.order_facts import OrderFacts
from db.domain.orders import HistoryEvent, OrderStatus, PaymentState
from db.domain.time import local_day
from db.domain.timed import LOOK_BACK, TimedValues, Unit, due_after, latest_start
from db.models import Order, OutboxMessage
from db.queries.plans import not_indexed
from db.services.moves import move_orders
from db.services.order_facts import load_facts
from db.services.outbox import Letter
from db.services.timed.letters import IS_TOLD, Candidate, write
from db.services.timed.payment_reminders import has_money_coming

EVENT = "unpaid_warning"
_ARRIVED = frozenset({OutboxState.SENT, OutboxState.DELIVERED, OutboxState.OPENED})


def candidates(values: TimedValues, now: dt.datetime) -> sa.Select[int, dt.datetime]:
    """Return the unpaid orders that are old enough for a warning. A part that was paid is a matter for staff."""
    latest = latest_start(now, _days_to_warning(values), Unit.DAYS)
    return sa.select(Order.id, Order.placed_at.label("since")).where(
        Order.status == OrderStatus.AWAITING_PAYMENT,
        Order.placed_at.between(latest - LOOK_BACK - dt.timedelta(days=values.extra), latest),
        not_indexed(Order.payment_state == PaymentState.UNPAID),
        Order.customer_email != "",
        ~has_money_coming(now),
        IS_TOLD,
    )


def due(session: Session, found: Sequence[Candidate], values: TimedValues, now: dt.datetime) -> list[int]:
    """Return those to warn now, and those whose notice is over."""
    warnings = _warnings(session, [each.id for each in found])

    def is_due(each: Candidate) -> bool:
        if each.id not in warnings:
            return due_after(each.since, _days_to_warning(values), Unit.DAYS) <= now
        told_at = warnings[each.id]
        return told_at is not None and _cancelled_at(each.since, told_at, values) <= now

    return [each.id for each in found if is_due(each)]


def act(session: Session, order_ids: Sequence[int], values: TimedValues, now: dt.datetime) -> int:
    """Warn those that were not warned, cancel the others; return how many."""
    warnings = _warnings(session, order_ids)
    new = [order_id for order_id in order_ids if order_id not in warnings]
    _warn(session, new, values, now)
    overdue = [order_id for order_id in order_ids if order_id in warnings]
    note = f"Non réglée {values.delay} jours après la commande."
    move = Move(OrderStatus.CANCELLED, cancel_reason=CancelReason.UNPAID, note=note)
    return len(new) + len(move_orders(session, SYSTEM, overdue, move, now).history_ids)


def _warnings(session: Session, order_ids: Sequence[int]) -> dict[int, dt.datetime | None]:
    """Return when the warned customers were told; None while the warning waits, or where it did not arrive.

    Of those, staff decides: nobody loses an order by an e-mail that they never had.
    """
    found = sa.select(OutboxMessage.order_id, OutboxMessage.state, OutboxMessage.sent_at).where(
        OutboxMessage.order_id.in_(order_ids), OutboxMessage.event.startswith(f"{EVENT}:", autoescape=True)
    )
    return {
        row.order_id: row.sent_at if row.state in _ARRIVED else None
        for row in session.execute(found)
        if row.order_id is not None
    }


def _warn(session: Session, order_ids: Sequence[int], values: TimedValues, now: dt.datetime) -> None:
    placed = sa.select(Order.id, Order.placed_at).where(Order.id.in_(order_ids))
    days = {row.id: local_day(_cancelled_at(row.placed_at, now, values)) for row in session.execute(placed)}
    facts = load_facts(session, SYSTEM, order_ids)
    letters = [_letter(facts[order_id], days[order_id]) for order_id in order_ids]
    write(session, letters, HistoryEvent.REMINDED, now)


def _letter(order: OrderFacts, cancelled_on: dt.date) -> Letter:
    return Letter(
        order.id,
        EmailTemplate.UNPAID_WARNING,
        RecipientKind.CUSTOMER,
        order.customer_email.strip(),
        order.customer_name,
        {"cancelled_on": cancelled_on.isoformat()},
        event=f"{EVENT}:{order.id}",
    )


def _days_to_warning(values: TimedValues) -> int:
    return max(0, values.delay - values.extra)


def _cancelled_at(placed_at: dt.datetime, warned_at: dt.datetime, values: TimedValues) -> dt.datetime:
    """Return when an order is cancelled: never sooner after the warning than it says, however late that was."""
    return max(
        due_after(placed_at, values.delay, Unit.DAYS),
        due_after(warned_at, values.extra, Unit.DAYS),
    )
