"""Queue e-mails in the transaction of their cause; the worker delivers them.

The unique key (order, event, template, recipient) makes queuing idempotent: what is queued twice leaves once.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.mail import COPIED_TEMPLATES, EmailTemplate, OutboxState, RecipientKind
from db.domain.moves import OrderFacts
from db.domain.orders import ActorKind
from db.domain.undo import DEFAULT_UNDO_WINDOW
from db.models import Marketplace, OutboxMessage, Seller
from db.services.wake import wake

DELIVER = "deliver-emails"
#: When the e-mails of a bulk action may leave, until it is over and says so: a date that never comes.
MAIL_WAITS_FOR_ITS_TASK = dt.datetime(9999, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class Letter:
    """One e-mail to one recipient, before it is queued. ``event`` and ``history_id`` come with its cause."""

    order_id: int
    template: EmailTemplate
    recipient_kind: RecipientKind
    recipient: str
    recipient_name: str
    variables: Mapping[str, Any] = field(default_factory=dict)
    event: str = ""
    history_id: int | None = None
    #: References of stored files, as the outbox keeps them.
    attachments: Sequence[Mapping[str, str]] | None = None


@dataclass(frozen=True, slots=True)
class AddressBook:
    """Whom letters go to beside the customer: the orders' sellers and the marketplace's copy address."""

    sellers: Mapping[int, tuple[str, str]]
    copy_email: str
    marketplace_name: str


def address_book(session: Session, seller_ids: Iterable[int]) -> AddressBook:
    """Read the addresses that the letters of some orders may need."""
    wanted = sorted(set(seller_ids))
    sellers = session.execute(sa.select(Seller.id, Seller.email, Seller.name).where(Seller.id.in_(wanted)))
    ours = session.execute(sa.select(Marketplace.copy_email, Marketplace.name)).one_or_none()
    return AddressBook(
        sellers={row.id: (row.email, row.name) for row in sellers},
        copy_email=ours.copy_email if ours else "",
        marketplace_name=ours.name if ours else "",
    )


def letters_for(
    order: OrderFacts, template: EmailTemplate, book: AddressBook, variables: Mapping[str, Any]
) -> tuple[Letter, ...]:
    """Return who gets an e-mail about an order: its customer or seller where an address is known, and our copy."""
    if template.recipient_kind is RecipientKind.SELLER:
        email, name = book.sellers.get(order.seller_id, ("", ""))
        kind = RecipientKind.SELLER
    else:
        email, name, kind = order.customer_email, order.customer_name, RecipientKind.CUSTOMER
    recipients = [(kind, email, name)]
    if template in COPIED_TEMPLATES:
        recipients.append((RecipientKind.MARKETPLACE, book.copy_email, book.marketplace_name))
    return tuple(
        Letter(order.id, template, kind, email.strip(), name, variables)
        for kind, email, name in recipients
        if email.strip()
    )


def queue(
    session: Session, actor: Actor, letters: Sequence[Letter], now: dt.datetime, *, task_id: int | None = None
) -> int:
    """Write letters into the outbox; return how many were not there yet.

    A person's are held for the undo window; those of a bulk action until ``reschedule_mail_of`` says when it is over.
    """
    if not letters:
        return 0
    is_held = actor.kind is ActorKind.PERSON
    due_at = now + undo_window(session) if is_held else now
    if task_id is not None:
        due_at = MAIL_WAITS_FOR_ITS_TASK
    common = {
        "state": OutboxState.HELD if is_held else OutboxState.QUEUED,
        "due_at": due_at,
        "created_at": now,
        "person_id": actor.person_id,
        "task_id": task_id,
    }
    rows = [
        {
            "order_id": letter.order_id,
            "history_id": letter.history_id,
            "event": letter.event,
            "template": letter.template,
            "recipient_kind": letter.recipient_kind,
            "recipient": letter.recipient,
            "recipient_name": letter.recipient_name,
            "variables": dict(letter.variables),
            "attachments": letter.attachments,
        }
        | common
        for letter in letters
    ]
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    new_ones = insert(OutboxMessage).on_conflict_do_nothing().execution_options(preserve_rowcount=True)
    # On the connection: one batch, which the session would cut into single rows.
    queued = session.connection().execute(new_ones, rows).rowcount
    if task_id is None:
        wake(session, DELIVER, at=due_at)
    return queued


def reschedule_mail_of(session: Session, task_id: int, due_at: dt.datetime) -> int:
    """Have the e-mails that a bulk action still holds leave at another time; return how many there are."""
    held = sa.update(OutboxMessage).where(OutboxMessage.task_id == task_id, OutboxMessage.state == OutboxState.HELD)
    count = session.connection().execute(held.values(due_at=due_at)).rowcount
    if count and due_at != MAIL_WAITS_FOR_ITS_TASK:
        wake(session, DELIVER, at=due_at)
    return count


def undo_window(session: Session) -> dt.timedelta:
    """Return for how long an action can be taken back."""
    seconds = session.scalar(sa.select(Marketplace.undo_window_s))
    return DEFAULT_UNDO_WINDOW if seconds is None else dt.timedelta(seconds=seconds)
