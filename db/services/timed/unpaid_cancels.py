"""Orders that nobody pays are cancelled, some days after an e-mail that says so."""

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM
from db.domain.mail import EmailTemplate, RecipientKind
from db.domain.moves import CancelReason, Move, OrderFacts
from db.domain.orders import HistoryEvent, OrderStatus, PaymentState
from db.domain.time import local_day
from db.domain.timed import LOOK_BACK, TimedValues, Unit, due_after, latest_start
from db.models import Order
from db.queries.plans import not_indexed
from db.services.moves import move_orders
from db.services.order_facts import load_facts
from db.services.outbox import Letter
from db.services.timed.letters import IS_TOLD, Candidate, past_of, write
from db.services.timed.payment_reminders import HAS_MONEY_COMING

EVENT = "unpaid_warning"


def candidates(values: TimedValues, now: dt.datetime) -> sa.Select[int, dt.datetime]:
    """Return the unpaid orders that are old enough for a warning. A part that was paid is a matter for staff."""
    latest = latest_start(now, _days_to_warning(values), Unit.DAYS)
    return sa.select(Order.id, Order.placed_at.label("since")).where(
        Order.status == OrderStatus.AWAITING_PAYMENT,
        Order.placed_at.between(latest - LOOK_BACK - dt.timedelta(days=values.extra), latest),
        not_indexed(Order.payment_state == PaymentState.UNPAID),
        Order.customer_email != "",
        ~HAS_MONEY_COMING,
        IS_TOLD,
    )


def due(session: Session, found: Sequence[Candidate], values: TimedValues, now: dt.datetime) -> list[int]:
    """Return those to warn now, and those whose notice is over."""
    warned = past_of(session, [each.id for each in found], EVENT)

    def is_due(each: Candidate) -> bool:
        if each.id not in warned:
            return due_after(each.since, _days_to_warning(values), Unit.DAYS) <= now
        return _cancelled_at(each.since, warned[each.id].last, values) <= now

    return [each.id for each in found if is_due(each)]


def act(session: Session, order_ids: Sequence[int], values: TimedValues, now: dt.datetime) -> int:
    """Warn those that were not warned, cancel the others; return how many."""
    warned = past_of(session, order_ids, EVENT)
    _warn(session, [order_id for order_id in order_ids if order_id not in warned], values, now)
    overdue = [order_id for order_id in order_ids if order_id in warned]
    note = f"Non réglée {values.delay} jours après la commande."
    if overdue:
        move_orders(
            session, SYSTEM, overdue, Move(OrderStatus.CANCELLED, cancel_reason=CancelReason.UNPAID, note=note), now
        )
    return len(order_ids)


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
