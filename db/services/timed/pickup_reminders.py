"""Customers who do not come for what is ready are reminded, so many times at most."""

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM
from db.domain.mail import EmailTemplate, RecipientKind
from db.domain.orders import COLLECTED_MODES, HistoryEvent, OrderStatus
from db.domain.timed import LOOK_BACK, TimedValues, Unit, latest_start
from db.models import Order, OutboxMessage
from db.queries.plans import not_indexed
from db.services.order_facts import load_facts
from db.services.outbox import Letter
from db.services.timed.letters import Candidate, due_again, earlier, has_status, past_of, write

EVENT = "pickup_reminder"


def candidates(values: TimedValues, now: dt.datetime) -> sa.Select[int, dt.datetime | None]:
    """Return the orders that have waited for their customer for about long enough."""
    latest = latest_start(now, values.delay, Unit.DAYS)
    earliest = latest - LOOK_BACK - dt.timedelta(days=values.delay * values.extra)
    # A second « Commande prête » begins anew.
    sent = (*earlier(EVENT), OutboxMessage.created_at >= Order.ready_at)
    return sa.select(Order.id, Order.ready_at.label("since")).where(
        has_status(OrderStatus.READY),
        Order.ready_at.between(earliest, latest),
        not_indexed(Order.delivery_mode.in_(sorted(COLLECTED_MODES))),
        Order.customer_email != "",
        sa.select(sa.func.count()).select_from(OutboxMessage).where(*sent).scalar_subquery() < values.extra,
        ~sa.exists().where(*sent, OutboxMessage.created_at > latest),
    )


def due(session: Session, found: Sequence[Candidate], values: TimedValues, now: dt.datetime) -> list[int]:
    """Return those whose days since they are ready, or since the last reminder, are over."""
    return due_again(session, found, EVENT, values, now)


def act(session: Session, order_ids: Sequence[int], values: TimedValues, now: dt.datetime) -> int:  # noqa: ARG001  all rules are called alike
    """Remind them; return how many."""
    facts = load_facts(session, SYSTEM, order_ids)
    past = past_of(session, order_ids, EVENT)
    letters = [
        Letter(
            order.id,
            EmailTemplate.PICKUP_REMINDER,
            RecipientKind.CUSTOMER,
            order.customer_email.strip(),
            order.customer_name,
            event=f"{EVENT}:{order.id}:{past[order.id].count + 1 if order.id in past else 1}",
        )
        for order in facts.values()
    ]
    write(session, letters, HistoryEvent.REMINDED, now)
    return len(letters)
