"""Customers who have not paid are reminded, so many times at most and never once they have."""

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM
from db.domain.orders import OrderStatus, PaymentKind, PaymentRecordState, PaymentState
from db.domain.timed import LOOK_BACK, TimedValues, Unit, latest_start
from db.models import Order, OutboxMessage, Payment
from db.queries.plans import not_indexed
from db.services.messages import remind
from db.services.timed.letters import IS_TOLD, Candidate, due_again, earlier

#: As ``messages.remind`` names it; the reminders that staff sends count, too.
EVENT = "payment_reminder"

#: A card or PayPal page that was opened so lately may still pay; later, « pending » is any unpaid order's.
_PAYING_NOW = dt.timedelta(days=1)


def has_money_coming(now: dt.datetime) -> sa.ColumnElement[bool]:
    """Return the condition that money is there and not booked yet, or being paid at this moment."""
    is_there = sa.and_(Payment.state == PaymentRecordState.CAPTURED, Payment.booked_at.is_(None))
    is_under_way = sa.and_(Payment.state == PaymentRecordState.PENDING, Payment.created_at > now - _PAYING_NOW)
    return sa.exists().where(
        Payment.order_id == Order.id, Payment.kind == PaymentKind.PAYMENT, sa.or_(is_there, is_under_way)
    )


def candidates(values: TimedValues, now: dt.datetime) -> sa.Select[int, dt.datetime]:
    """Return the unpaid orders whose customer was left alone for about long enough."""
    latest = latest_start(now, values.delay, Unit.DAYS)
    earliest = latest - LOOK_BACK - dt.timedelta(days=values.delay * values.extra)
    sent = sa.select(sa.func.count()).select_from(OutboxMessage).where(*earlier(EVENT))
    return sa.select(Order.id, Order.placed_at.label("since")).where(
        Order.status == OrderStatus.AWAITING_PAYMENT,
        Order.placed_at.between(earliest, latest),
        not_indexed(Order.payment_state.in_([PaymentState.UNPAID, PaymentState.PARTLY_PAID])),
        Order.customer_email != "",
        ~has_money_coming(now),
        IS_TOLD,
        sent.scalar_subquery() < values.extra,
        ~sa.exists().where(*earlier(EVENT), OutboxMessage.created_at > latest),
    )


def due(session: Session, found: Sequence[Candidate], values: TimedValues, now: dt.datetime) -> list[int]:
    """Return those whose days since the order, or since the last reminder, are over."""
    return due_again(session, found, EVENT, values, now)


def act(session: Session, order_ids: Sequence[int], values: TimedValues, now: dt.datetime) -> int:  # noqa: ARG001  all rules are called alike
    """Remind them; return how many."""
    return len(remind(session, SYSTEM, order_ids, now).history_ids)
