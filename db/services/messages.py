"""What staff writes to customers: messages of their own, past e-mails once more, reminders of a payment.

Each is a row of the order's history and an e-mail that is held for the undo window. ``plan_…`` computes who would be
written to and writes nothing; the act computes the very same plan on locked orders. One order that refuses never
stops the others.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.errors import MarketplaceError, OrderNotFoundError
from db.domain.mail import WAITING_STATES, EmailTemplate, OutboxState, RecipientKind
from db.domain.order_facts import OrderFacts
from db.domain.orders import HistoryEvent, OrderStatus, PaymentState
from db.domain.permissions import Permission
from db.emails.messages import MessageText, fill_messages
from db.emails.types import RenderingError
from db.models import OutboxMessage
from db.queries.plans import not_indexed
from db.services.history import Entry, record_all
from db.services.message_text import checked_text
from db.services.moves import Moved, Refused
from db.services.order_facts import load_facts
from db.services.outbox import Letter, queue

#: An order is reminded at most once in this time: a second click, or a colleague who had the same idea.
REMINDER_PAUSE = dt.timedelta(hours=1)

_REMINDER = "payment_reminder"
_STILL_TO_PAY = frozenset({PaymentState.UNPAID, PaymentState.PARTLY_PAID})
_AT_ONCE = 500


class NotWrittenError(MarketplaceError):
    """The customer of this order is not written to; the sentence says why."""

    def __init__(self, order: OrderFacts, reason: str) -> None:
        self.order = order
        super().__init__(reason)


class NoAddressError(NotWrittenError):
    """Nobody knows where to write."""

    def __init__(self, order: OrderFacts) -> None:
        super().__init__(order, "Aucune adresse e-mail n’est connue pour ce client. Ajoutez-en une à la commande.")


class AlreadyWaitingError(NotWrittenError):
    """The very same is about to leave: a second click, or a colleague who had the same idea."""

    def __init__(self, order: OrderFacts) -> None:
        super().__init__(order, "Ce même message attend déjà de partir. Il n’est pas envoyé deux fois.")


class EmptyMessageError(NotWrittenError):
    """Nothing is left of the message once its variables are filled in for this order."""

    def __init__(self, order: OrderFacts) -> None:
        super().__init__(order, "Pour cette commande, ce message serait vide\u00a0: ses variables n’ont rien à dire.")


class NothingToRemindError(NotWrittenError):
    """The customer owes nothing for this order, or it does not wait for a payment."""

    def __init__(self, order: OrderFacts) -> None:
        if order.status is OrderStatus.AWAITING_PAYMENT:
            super().__init__(order, "Il ne reste rien à payer sur cette commande.")
        else:
            super().__init__(order, f"Cette commande n’attend pas de paiement\u00a0: « {order.status.label} ».")


class RemindedLatelyError(NotWrittenError):
    """A reminder has just been sent."""

    def __init__(self, order: OrderFacts) -> None:
        super().__init__(order, "Déjà relancée il y a moins d’une heure. Laissez au client le temps de répondre.")


@dataclass(frozen=True, slots=True)
class LetterPlan:
    """Who would be written to: one letter per order, and the refusals."""

    letters: tuple[Letter, ...]
    refused: tuple[Refused, ...]


@dataclass(frozen=True, slots=True)
class _Past:
    """An e-mail of the outbox, as far as it decides whether another may follow."""

    event: str
    variables: Mapping[str, Any]
    state: OutboxState
    created_at: dt.datetime


def plan_messages(session: Session, actor: Actor, order_ids: Sequence[int], subject: str, body: str) -> LetterPlan:
    """Return whom a message would be written to; nothing is written.

    Raises:
        NotAllowedError: The actor may not write to customers.
        InvalidInputError: The text cannot be sent to anybody.
    """
    actor.require(Permission.MESSAGE_CUSTOMERS)
    return _plan_messages(session, actor, order_ids, checked_text(subject, body), locked=False)


def write_to_customers(
    session: Session,
    actor: Actor,
    order_ids: Sequence[int],
    subject: str,
    body: str,
    now: dt.datetime,
    *,
    task_id: int | None = None,
) -> Moved:
    """Write the same message to the customers of some orders, its variables filled in for each.

    Returns:
        Order id → history row, and why others are not written to.

    Raises:
        NotAllowedError: The actor may not write to customers.
        InvalidInputError: The text cannot be sent to anybody.
    """
    actor.require(Permission.MESSAGE_CUSTOMERS)
    text = checked_text(subject, body)
    plan = _plan_messages(session, actor, order_ids, text, locked=True)
    return _write(session, actor, plan, HistoryEvent.MESSAGE_SENT, now, task_id)


def write_to_customer(session: Session, actor: Actor, order_id: int, subject: str, body: str, now: dt.datetime) -> int:
    """Write to the customer of one order; return the history row.

    Raises:
        MarketplaceError: Nothing is sent; the sentence says why.
    """
    return _only(write_to_customers(session, actor, [order_id], subject, body, now))


def plan_reminders(session: Session, actor: Actor, order_ids: Sequence[int], now: dt.datetime) -> LetterPlan:
    """Return whose customer would be reminded of a payment; nothing is written."""
    actor.require(Permission.MESSAGE_CUSTOMERS)
    return _plan_reminders(session, actor, order_ids, now, locked=False)


def remind(
    session: Session, actor: Actor, order_ids: Sequence[int], now: dt.datetime, *, task_id: int | None = None
) -> Moved:
    """Remind the customers who have not paid, with the link that resumes the payment.

    Returns:
        Order id → history row, and why others are not reminded.

    Raises:
        NotAllowedError: The actor may not write to customers.
    """
    actor.require(Permission.MESSAGE_CUSTOMERS)
    plan = _plan_reminders(session, actor, order_ids, now, locked=True)
    return _write(session, actor, plan, HistoryEvent.REMINDED, now, task_id)


def _plan_messages(
    session: Session, actor: Actor, order_ids: Sequence[int], text: MessageText, *, locked: bool
) -> LetterPlan:
    facts = load_facts(session, actor, order_ids, locked=locked)
    filled = fill_messages(session, list(facts), text)

    def letter(order: OrderFacts, past: Sequence[_Past]) -> Letter:
        said = filled[order.id]
        if isinstance(said, RenderingError):
            raise said
        if not said.subject or not said.body:
            raise EmptyMessageError(order)
        variables = {"subject": said.subject, "body": said.body}
        if any(mail.state in WAITING_STATES and mail.variables == variables for mail in past):
            raise AlreadyWaitingError(order)
        return _letter(order, EmailTemplate.MESSAGE, variables)

    return _plan(session, order_ids, facts, letter)


def _plan_reminders(
    session: Session, actor: Actor, order_ids: Sequence[int], now: dt.datetime, *, locked: bool
) -> LetterPlan:
    def letter(order: OrderFacts, past: Sequence[_Past]) -> Letter:
        if order.status is not OrderStatus.AWAITING_PAYMENT or order.payment_state not in _STILL_TO_PAY:
            raise NothingToRemindError(order)
        reminders = [mail for mail in past if mail.event.startswith(f"{_REMINDER}:")]
        sent = [mail for mail in reminders if mail.state is not OutboxState.CANCELLED]
        if any(now - mail.created_at < REMINDER_PAUSE for mail in sent):
            raise RemindedLatelyError(order)
        key = f"{_REMINDER}:{order.id}:{len(reminders) + 1}"
        return replace(_letter(order, EmailTemplate.PAYMENT_REMINDER, {}), event=key)

    return _plan(session, order_ids, load_facts(session, actor, order_ids, locked=locked), letter)


def _plan(
    session: Session,
    order_ids: Sequence[int],
    facts: Mapping[int, OrderFacts],
    letter: Callable[[OrderFacts, Sequence[_Past]], Letter],
) -> LetterPlan:
    """Make each order's letter. Where the orders are locked, two people never make the same one."""
    refused = [Refused(key, "", OrderNotFoundError(str(key))) for key in dict.fromkeys(order_ids) if key not in facts]
    past = _past(session, list(facts))
    letters = []
    for order in facts.values():
        try:
            letters.append(letter(order, past.get(order.id, ())))
        except MarketplaceError as error:
            refused.append(Refused(order.id, order.number, error))
    return LetterPlan(tuple(letters), tuple(refused))


def _past(session: Session, order_ids: Sequence[int]) -> dict[int, list[_Past]]:
    """Return the messages and reminders that the orders' customers were sent, or are about to be."""
    found: dict[int, list[_Past]] = {}
    ours = not_indexed(OutboxMessage.template.in_([EmailTemplate.MESSAGE, EmailTemplate.PAYMENT_REMINDER]))
    for start in range(0, len(order_ids), _AT_ONCE):
        rows = session.execute(
            sa.select(
                OutboxMessage.order_id,
                OutboxMessage.event,
                OutboxMessage.variables,
                OutboxMessage.state,
                OutboxMessage.created_at,
            ).where(OutboxMessage.order_id.in_(order_ids[start : start + _AT_ONCE]), ours)
        )
        for row in rows:
            facts = row._asdict()
            found.setdefault(facts.pop("order_id"), []).append(_Past(**facts))
    return found


def _letter(order: OrderFacts, template: EmailTemplate, variables: Mapping[str, Any]) -> Letter:
    address = order.customer_email.strip()
    if not address:
        raise NoAddressError(order)
    return Letter(order.id, template, RecipientKind.CUSTOMER, address, order.customer_name, variables)


def _write(
    session: Session,
    actor: Actor,
    plan: LetterPlan,
    event: HistoryEvent,
    now: dt.datetime,
    task_id: int | None,
) -> Moved:
    entries = [
        Entry(letter.order_id, event, after={"recipient": letter.recipient} | dict(letter.variables))
        for letter in plan.letters
    ]
    ids = record_all(session, actor, entries, now)
    letters = [
        replace(letter, event=letter.event or f"message:{history_id}", history_id=history_id)
        for letter, history_id in zip(plan.letters, ids, strict=True)
    ]
    emails = queue(session, actor, letters, now, task_id=task_id)
    return Moved({letter.order_id: key for letter, key in zip(letters, ids, strict=True)}, plan.refused, emails)


def _only(done: Moved) -> int:
    if done.refused:
        raise done.refused[0].error
    return next(iter(done.history_ids.values()))
