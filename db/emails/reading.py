"""An e-mail or SMS of the outbox as people read it: as it was sent, or as it would be if it left now."""

import datetime as dt
from dataclasses import dataclass, fields
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.enclosures import Enclosure, enclosures, to_kept
from db.domain.errors import NotFoundError
from db.domain.mail import Channel, EmailTemplate, OutboxState, RecipientKind
from db.domain.permissions import Permission
from db.domain.viewer import Viewer
from db.emails.rendering import render_batch, sender_address
from db.emails.sms import render_texts
from db.emails.types import Rendered, RenderingError
from db.models import MailEvent, Order, OutboxMessage, Person
from db.queries.enclosures import enclosings
from db.queries.mailbox import subject_known
from db.queries.marketplace import marketplace

_NOT_FOR_ALL = (
    "Ce résumé des ventes est réservé à qui peut lire les graphiques\u00a0: la direction et l’administration."
)


@dataclass(frozen=True, slots=True)
class EventRow:
    """One thing the provider told of it."""

    kind: str
    at: dt.datetime
    reason: str


@dataclass(frozen=True, slots=True)
class MailContent:
    """What its recipient reads."""

    subject: str
    html: str
    text: str
    from_email: str
    from_name: str
    #: False for a preview of what has not left yet.
    is_final: bool
    #: Why there is nothing to read; empty where there is.
    error: str = ""


@dataclass(frozen=True, slots=True)
class MailDetail:
    """A message of the outbox with everything known of it."""

    id: int
    order_id: int | None
    order_number: str | None
    channel: Channel
    template: EmailTemplate
    recipient_kind: RecipientKind
    recipient: str
    recipient_name: str
    state: OutboxState
    attempts: int
    provider: str
    error: str
    created_at: dt.datetime
    due_at: dt.datetime
    sent_at: dt.datetime | None
    #: Who wrote it or caused it; empty for the system.
    person_name: str
    #: What goes with it; of one that has not left, what would if it left now.
    enclosures: tuple[Enclosure, ...]
    #: Oldest first.
    events: tuple[EventRow, ...]
    content: MailContent


def read_mail(session: Session, viewer: Viewer, outbox_id: int, now: dt.datetime) -> MailDetail:
    """Return a message with what its recipient reads.

    Raises:
        NotAllowedError: The person may not read messages.
        NotFoundError: There is no such message.
    """
    viewer.require(Permission.READ_MESSAGES)
    found = session.execute(
        sa.select(OutboxMessage, Order.number, Person.name)
        .outerjoin(Order, Order.id == OutboxMessage.order_id)
        .outerjoin(Person, Person.id == OutboxMessage.person_id)
        .where(OutboxMessage.id == outbox_id)
    ).one_or_none()
    if found is None:
        raise NotFoundError("Ce message n’existe plus. Choisissez-en un autre dans la liste.")
    message, order_number, person_name = found
    if message.state.is_waiting:
        _look_up_enclosures(session, message, now)
    known: dict[str, Any] = {
        "order_number": order_number,
        "person_name": person_name or "",
        "enclosures": enclosures(message.attachments),
        "events": _events(session, outbox_id),
        "content": _content(session, viewer, message, now),
    }
    columns: dict[str, Any] = {
        field.name: getattr(message, field.name) for field in fields(MailDetail) if field.name not in known
    }
    return MailDetail(**columns, **known)


def _look_up_enclosures(session: Session, message: OutboxMessage, now: dt.datetime) -> None:
    """Show what would go with it now; the outbox itself keeps what was asked for."""
    found = enclosings(session, [message], now).get(message.id)
    if found is not None:
        session.expunge(message)
        message.attachments = to_kept(found.found)


def _events(session: Session, outbox_id: int) -> tuple[EventRow, ...]:
    events = sa.select(MailEvent.kind, MailEvent.at, MailEvent.reason).where(MailEvent.outbox_id == outbox_id)
    return tuple(EventRow(**row._asdict()) for row in session.execute(events.order_by(MailEvent.at, MailEvent.id)))


def _content(session: Session, viewer: Viewer, message: OutboxMessage, now: dt.datetime) -> MailContent:
    market = marketplace(session)
    address, name = sender_address(market), market.name
    if message.template is EmailTemplate.MANAGER_SUMMARY and not viewer.may(Permission.READ_CHARTS):
        return MailContent(message.template.label, "", "", address, name, is_final=False, error=_NOT_FOR_ALL)
    if message.channel is Channel.SMS:
        return _text_content(session, message, name, now)
    if message.html or message.text:
        return MailContent(message.subject, message.html, message.text, address, name, is_final=True)
    made = render_batch(session, [message], now)[message.id]
    if isinstance(made, Rendered):
        return MailContent(made.subject, made.html, made.text, made.from_email, made.from_name, is_final=False)
    return _unreadable(message, address, name, made)


def _text_content(session: Session, message: OutboxMessage, name: str, now: dt.datetime) -> MailContent:
    if message.text:
        return MailContent("", "", message.text, "", name, is_final=True)
    made = render_texts(session, [message], now)[message.id]
    if isinstance(made, Rendered):
        return MailContent("", "", made.text, "", name, is_final=False)
    return MailContent("", "", "", "", name, is_final=False, error=str(made))


def _unreadable(message: OutboxMessage, address: str, name: str, error: RenderingError) -> MailContent:
    subject = subject_known(message.template, message.variables)
    return MailContent(subject, "", "", address, name, is_final=False, error=str(error))
