"""Queue e-mails and SMS in the transaction of their cause; the worker delivers them.

The unique key (order, event, template, recipient) makes queuing idempotent: what is queued twice leaves once.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.enclosures import CURRENT_INVOICE
from db.domain.mail import COPIED_TEMPLATES, Channel, EmailTemplate, OutboxState, RecipientKind
from db.domain.order_facts import OrderFacts
from db.domain.orders import ActorKind
from db.domain.undo import DEFAULT_UNDO_WINDOW
from db.models import Marketplace, OutboxMessage, Seller
from db.queries.sms import quiet_hours
from db.services.sms import Mobiles, mobiles
from db.services.upsert import insert_for
from db.services.wake import wake

DELIVER = "deliver-emails"
#: When the e-mails of a bulk action may leave, until it is over and says so: a date that never comes.
MAIL_WAITS_FOR_ITS_TASK = dt.datetime(9999, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class Letter:
    """One e-mail or SMS to one recipient, before it is queued. ``event`` and ``history_id`` come with its cause."""

    order_id: int
    template: EmailTemplate
    recipient_kind: RecipientKind
    recipient: str
    recipient_name: str
    variables: Mapping[str, Any] = field(default_factory=dict)
    event: str = ""
    history_id: int | None = None
    #: What goes with it, as the outbox keeps it (``db/domain/enclosures.py``).
    attachments: Sequence[Mapping[str, str]] | None = None
    channel: Channel = Channel.EMAIL


@dataclass(frozen=True, slots=True)
class AccountLetter:
    """One e-mail to a customer or seller that is about no order. Its ``event`` is its own: it is queued once only."""

    event: str
    template: EmailTemplate
    recipient: str
    recipient_name: str
    variables: Mapping[str, Any] = field(default_factory=dict)
    recipient_kind: RecipientKind = RecipientKind.CUSTOMER
    attachments: Sequence[Mapping[str, str]] | None = None
    order_id: None = None
    history_id: None = None
    channel: Channel = Channel.EMAIL


@dataclass(frozen=True, slots=True)
class AddressBook:
    """Whom letters go to beside the customer's address: the orders' sellers, our copy address, mobiles."""

    sellers: Mapping[int, tuple[str, str]]
    copy_email: str
    marketplace_name: str
    mobiles: Mobiles


def address_book(session: Session, seller_ids: Iterable[int], *, texted_orders: Iterable[int] = ()) -> AddressBook:
    """Read the addresses that the letters of some orders may need.

    Args:
        session: The caller's.
        seller_ids: Their sellers.
        texted_orders: Those whose customers may get an SMS, too.
    """
    wanted = sorted(set(seller_ids))
    sellers = session.execute(sa.select(Seller.id, Seller.email, Seller.name).where(Seller.id.in_(wanted)))
    ours = session.execute(sa.select(Marketplace.copy_email, Marketplace.name)).one_or_none()
    return AddressBook(
        sellers={row.id: (row.email, row.name) for row in sellers},
        copy_email=ours.copy_email if ours else "",
        marketplace_name=ours.name if ours else "",
        mobiles=mobiles(session, wanted, list(texted_orders)),
    )


def letters_for(
    order: OrderFacts, template: EmailTemplate, book: AddressBook, variables: Mapping[str, Any]
) -> tuple[Letter, ...]:
    """Return who is told about an order: its customer or seller where known, by SMS too, and our copy address.

    The order's invoice goes with the e-mail that tells of its payment.
    """
    if template.recipient_kind is RecipientKind.SELLER:
        email, name = book.sellers.get(order.seller_id, ("", ""))
    else:
        email, name = order.customer_email, order.customer_name
    kind = template.recipient_kind
    recipients = [(Channel.EMAIL, kind, email, name)]
    if template in COPIED_TEMPLATES:
        recipients.append((Channel.EMAIL, RecipientKind.MARKETPLACE, book.copy_email, book.marketplace_name))
    recipients.append((Channel.SMS, kind, book.mobiles.number_for(order, template), name))
    invoice = [CURRENT_INVOICE] if template is EmailTemplate.PAYMENT_RECEIVED else None
    return tuple(
        Letter(
            order.id,
            template,
            kind,
            address.strip(),
            name,
            variables,
            attachments=invoice if channel is Channel.EMAIL else None,
            channel=channel,
        )
        for channel, kind, address, name in recipients
        if address.strip()
    )


def queue(
    session: Session,
    actor: Actor,
    letters: Sequence[Letter | AccountLetter],
    now: dt.datetime,
    *,
    task_id: int | None = None,
) -> int:
    """Write letters into the outbox; return how many were not there yet.

    A person's are held for the undo window; those of a bulk action until ``reschedule_mail_of`` says when it is over.
    SMS wait for the end of the night.
    """
    if not letters:
        return 0
    is_held = actor.kind is ActorKind.PERSON
    due_at = now + undo_window(session) if is_held else now
    if task_id is not None:
        due_at = MAIL_WAITS_FOR_ITS_TASK
    texts_due_at = _by_day(session, due_at) if any(letter.channel is Channel.SMS for letter in letters) else due_at
    common = {
        "state": OutboxState.HELD if is_held else OutboxState.QUEUED,
        "created_at": now,
        "person_id": actor.person_id,
        "task_id": task_id,
    }
    rows = [
        {
            "order_id": letter.order_id,
            "history_id": letter.history_id,
            "channel": letter.channel,
            "due_at": texts_due_at if letter.channel is Channel.SMS else due_at,
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
    new_ones = insert_for(session, OutboxMessage).on_conflict_do_nothing().execution_options(preserve_rowcount=True)
    # On the connection: one batch, which the session would cut into single rows.
    queued = session.connection().execute(new_ones, rows).rowcount
    if task_id is None:
        for at in {due_at, texts_due_at}:
            wake(session, DELIVER, at=at)
    return queued


def reschedule_mail_of(session: Session, task_id: int, due_at: dt.datetime) -> int:
    """Have what a bulk action still holds leave at another time, SMS by day; return how much there is."""
    held = sa.update(OutboxMessage).where(OutboxMessage.task_id == task_id, OutboxMessage.state == OutboxState.HELD)
    count = session.connection().execute(held.values(due_at=due_at)).rowcount
    if not count or due_at == MAIL_WAITS_FOR_ITS_TASK:
        return count
    wake(session, DELIVER, at=due_at)
    texts_due_at = _by_day(session, due_at)
    if texts_due_at != due_at:
        texts = held.where(OutboxMessage.channel == Channel.SMS).values(due_at=texts_due_at)
        if session.connection().execute(texts).rowcount:
            wake(session, DELIVER, at=texts_due_at)
    return count


def _by_day(session: Session, due_at: dt.datetime) -> dt.datetime:
    """Return when an SMS that could leave then does."""
    return due_at if due_at == MAIL_WAITS_FOR_ITS_TASK else quiet_hours(session).earliest(due_at)


def undo_window(session: Session) -> dt.timedelta:
    """Return for how long an action can be taken back."""
    seconds = session.scalar(sa.select(Marketplace.undo_window_s))
    return DEFAULT_UNDO_WINDOW if seconds is None else dt.timedelta(seconds=seconds)
