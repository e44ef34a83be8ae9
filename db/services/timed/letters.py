"""What the rules share: earlier reminders of an order, and reminders written as history and e-mail."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM
from db.domain.mail import OutboxState
from db.domain.order_files import OrderFormat
from db.domain.orders import HistoryEvent, OrderStatus
from db.domain.timed import TimedValues, Unit, due_after
from db.models import Order, OutboxMessage
from db.queries.plans import literally, no_reason, not_indexed
from db.services import intake
from db.services.history import Entry, record_all
from db.services.outbox import Letter, queue


@dataclass(frozen=True, slots=True)
class Candidate:
    """An order that a rule may concern, and since when it waits."""

    id: int
    since: dt.datetime


def has_status(status: OrderStatus) -> sa.ColumnElement[bool]:
    """Return the condition of the status in the very words of its partial index, so that SQLite uses that."""
    return no_reason(Order.status.in_(literally([status])))


#: Whom we told of their order. Other platforms tell their customers themselves: an order that was imported without
#: telling anybody is not ours to chase.
IS_TOLD = sa.or_(
    not_indexed(Order.source.not_in(sorted({each.source for each in OrderFormat}))),
    sa.exists().where(OutboxMessage.order_id == Order.id, OutboxMessage.event == intake.EVENT),
)


def earlier(event: str) -> tuple[sa.ColumnElement[bool], ...]:
    """Return the conditions of an order's e-mails of one kind of event.

    One that staff gave up counts as sent: it was not to be. One that staff had written and took back does not.
    """
    return (
        OutboxMessage.order_id == Order.id,
        OutboxMessage.event.startswith(f"{event}:", autoescape=True),
        sa.or_(OutboxMessage.state != OutboxState.CANCELLED, OutboxMessage.person_id.is_(None)),
    )


@dataclass(frozen=True, slots=True)
class Past:
    """How often an order was written to about something, and when last."""

    count: int
    last: dt.datetime


def past_of(session: Session, order_ids: Sequence[int], event: str) -> dict[int, Past]:
    """Return the e-mails of one kind of event that each order had; orders without any are left out."""
    found = sa.select(Order.id, OutboxMessage.created_at).join(OutboxMessage, sa.and_(*earlier(event)))
    sent: dict[int, list[dt.datetime]] = {}
    for order_id, created_at in session.execute(found.where(Order.id.in_(order_ids))):
        sent.setdefault(order_id, []).append(created_at)
    return {order_id: Past(len(times), max(times)) for order_id, times in sent.items()}


def due_again(
    session: Session, found: Sequence[Candidate], event: str, values: TimedValues, now: dt.datetime
) -> list[int]:
    """Return the orders whose days are over: since they wait, or since they were last written to about it."""
    past = past_of(session, [each.id for each in found], event)

    def since(each: Candidate) -> dt.datetime:
        return max(each.since, past[each.id].last) if each.id in past else each.since

    return [each.id for each in found if due_after(since(each), values.delay, Unit.DAYS) <= now]


def write(session: Session, letters: Sequence[Letter], event: HistoryEvent, now: dt.datetime) -> None:
    """Tell the letters in the history of their orders, once each, and queue them."""
    by_order = {letter.order_id: letter for letter in letters}
    entries = [
        Entry(order_id, event, after={"recipient": letter.recipient, "template": letter.template.value})
        for order_id, letter in by_order.items()
    ]
    rows = dict(zip(by_order, record_all(session, SYSTEM, entries, now), strict=True))
    queue(session, SYSTEM, [replace(letter, history_id=rows[letter.order_id]) for letter in letters], now)
