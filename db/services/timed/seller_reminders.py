"""A seller who leaves a paid order alone for some hours is reminded, once, with a copy to us."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM
from db.domain.mail import EmailTemplate
from db.domain.orders import HistoryEvent, OrderStatus
from db.domain.timed import LOOK_BACK, TimedValues, Unit, latest_start
from db.models import Order, OrderHistory
from db.services.history import Entry, record_all
from db.services.order_facts import load_facts
from db.services.outbox import address_book, letters_for, queue
from db.services.timed.letters import IS_TOLD, Candidate, has_status

EVENT = "seller_reminder"


def candidates(values: TimedValues, now: dt.datetime) -> sa.Select[int, dt.datetime | None]:
    """Return the orders that have been paid for long enough and that nobody has touched since."""
    latest = latest_start(now, values.delay, Unit.HOURS)
    was_reminded = sa.exists().where(
        OrderHistory.order_id == Order.id, OrderHistory.event == HistoryEvent.SELLER_REMINDED
    )
    return sa.select(Order.id, Order.paid_at.label("since")).where(
        has_status(OrderStatus.PAID),
        Order.paid_at.between(latest - LOOK_BACK, latest),
        ~was_reminded,
        IS_TOLD,
    )


def due(session: Session, found: Sequence[Candidate], values: TimedValues, now: dt.datetime) -> list[int]:  # noqa: ARG001  all rules are called alike
    """Return them all: hours are hours."""
    return [each.id for each in found]


def act(session: Session, order_ids: Sequence[int], values: TimedValues, now: dt.datetime) -> int:  # noqa: ARG001  all rules are called alike
    """Remind the sellers; return how many orders that concerned. One without an address is noted all the same."""
    facts = load_facts(session, SYSTEM, order_ids)
    book = address_book(session, (order.seller_id for order in facts.values()))
    entries = [Entry(order_id, HistoryEvent.SELLER_REMINDED) for order_id in facts]
    rows = dict(zip(facts, record_all(session, SYSTEM, entries, now), strict=True))
    letters = [
        replace(letter, event=f"{EVENT}:{order.id}", history_id=rows[order.id])
        for order in facts.values()
        for letter in letters_for(order, EmailTemplate.SELLER_REMINDER, book, {"status": order.status.value})
    ]
    queue(session, SYSTEM, letters, now)
    return len(facts)
