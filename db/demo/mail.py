"""The e-mails of the newest orders, as if a provider had sent them; and the prepared messages.

Only the subject is kept of each: what was said is rendered when somebody reads it, so the demo data loads at once.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.demo.message_texts import message_texts
from db.domain.mail import SILENT_STATUSES, STATUS_TEMPLATES, EmailTemplate, OutboxState, RecipientKind
from db.domain.orders import HistoryEvent, OrderStatus
from db.emails.texts import default_text
from db.models import MailEvent, Marketplace, MessageTemplate, Order, OrderHistory, OutboxMessage, Seller

_ORDERS = 120
_PROVIDER = "sendgrid"
_UNDO_WINDOW = dt.timedelta(seconds=60)
#: From the newest on: which e-mails went wrong, and how.
_TROUBLES = {
    4: (OutboxState.UNCERTAIN, "La réponse du fournisseur n’est jamais arrivée\u00a0: l’e-mail est peut-être parti."),
    11: (OutboxState.BOUNCED, "550 5.1.1 The email account that you tried to reach does not exist"),
    23: (OutboxState.BOUNCED, "552 5.2.2 Mailbox full"),
    38: (OutboxState.FAILED, "Le fournisseur a refusé l’e-mail\u00a0: adresse du destinataire incorrecte."),
    57: (OutboxState.BOUNCED, "550 5.7.1 Message rejected as spam"),
}
#: Of what was sent longer ago than an hour, this many in a hundred were opened; the rest was delivered.
_OPENED_PERCENT = 62


@dataclass(frozen=True, slots=True)
class _Sent:
    """One e-mail: what caused it, and to whom it went."""

    order_id: int
    number: str
    history_id: int
    at: dt.datetime
    template: EmailTemplate
    kind: RecipientKind
    recipient: str
    name: str
    status: OrderStatus


def add_message_templates(session: Session, now: dt.datetime) -> None:
    """Add the prepared messages, unless somebody has some already."""
    if session.scalar(sa.select(MessageTemplate.id).limit(1)) is None:
        session.add_all(
            MessageTemplate(name=name, subject=subject, body=body, created_at=now, updated_at=now)
            for name, subject, body in message_texts()
        )


def add_mail(session: Session, now: dt.datetime, seed: int) -> None:
    """Add the e-mails that the newest orders caused, oldest first, with what the provider told of them."""
    rng = Random(f"{seed}/mail")
    marketplace = session.scalar(sa.select(Marketplace.name)) or ""
    sent = sorted(_sent(session), key=lambda mail: (mail.at, mail.history_id, mail.recipient))
    messages = []
    for from_newest, mail in zip(reversed(range(len(sent))), sent, strict=True):
        state, error = _TROUBLES.get(from_newest, (_usual_state(rng, mail.at, now), ""))
        messages.append(_message(mail, state, error, marketplace, now))
    session.add_all(messages)
    session.flush()
    session.add_all(event for message in messages for event in _events(message))
    session.flush()


def _sent(session: Session) -> Iterator[_Sent]:
    newest = sa.select(Order.id).order_by(Order.placed_at.desc(), Order.id.desc()).limit(_ORDERS)
    rows = session.execute(
        sa.select(
            OrderHistory.id,
            OrderHistory.at,
            OrderHistory.event,
            OrderHistory.after,
            Order.id.label("order_id"),
            Order.number,
            Order.customer_email,
            Order.customer_name,
            Seller.email.label("seller_email"),
            Seller.name.label("seller_name"),
        )
        .join(Order, Order.id == OrderHistory.order_id)
        .join(Seller, Seller.id == Order.seller_id)
        .where(OrderHistory.order_id.in_(list(session.scalars(newest))))
        .where(OrderHistory.event.in_([HistoryEvent.CREATED, HistoryEvent.STATUS_CHANGED]))
    )
    for row in rows:
        for template, status in _templates(row.event, row.after or {}):
            kind = template.recipient_kind
            is_sellers = kind is RecipientKind.SELLER
            recipient = row.seller_email if is_sellers else row.customer_email
            name = row.seller_name if is_sellers else row.customer_name
            if recipient:
                yield _Sent(row.order_id, row.number, row.id, row.at, template, kind, recipient, name, status)


def _templates(event: HistoryEvent, after: dict[str, Any]) -> Sequence[tuple[EmailTemplate, OrderStatus]]:
    """Return the e-mails that one thing in an order's history caused."""
    if event is HistoryEvent.CREATED:
        status = OrderStatus.AWAITING_PAYMENT
        return (EmailTemplate.ORDER_CONFIRMATION, status), (EmailTemplate.SELLER_NEW_ORDER, status)
    status = OrderStatus(after["status"])
    return () if status in SILENT_STATUSES else ((STATUS_TEMPLATES[status], status),)


def _usual_state(rng: Random, at: dt.datetime, now: dt.datetime) -> OutboxState:
    if now - at < dt.timedelta(hours=1):
        return OutboxState.SENT
    return OutboxState.OPENED if rng.randrange(100) < _OPENED_PERCENT else OutboxState.DELIVERED


def _message(mail: _Sent, state: OutboxState, error: str, marketplace: str, now: dt.datetime) -> OutboxMessage:
    left_at = min(mail.at + _UNDO_WINDOW, now)
    has_left = state not in {OutboxState.UNCERTAIN, OutboxState.FAILED}
    subject = default_text(mail.template).subject
    return OutboxMessage(
        order_id=mail.order_id,
        history_id=mail.history_id,
        event=f"move:{mail.history_id}",
        template=mail.template,
        recipient_kind=mail.kind,
        recipient=mail.recipient,
        recipient_name=mail.name,
        variables={"status": mail.status.value},
        state=state,
        due_at=left_at,
        attempts=1,
        provider=_PROVIDER,
        provider_id=f"demo-{mail.history_id}-{mail.kind}" if has_left else None,
        error=error,
        subject=subject.replace("{{ marketplace }}", marketplace).replace("{{ numero }}", mail.number),
        created_at=mail.at,
        sent_at=left_at if has_left else None,
        settled_at=left_at if has_left else None,
    )


def _events(message: OutboxMessage) -> Iterator[MailEvent]:
    """Yield what the provider told of an e-mail, by the way it went."""
    told = {
        OutboxState.SENT: ["processed"],
        OutboxState.DELIVERED: ["processed", "delivered"],
        OutboxState.OPENED: ["processed", "delivered", "open"],
        OutboxState.BOUNCED: ["processed", "bounce"],
    }
    for minutes, kind in enumerate(told.get(message.state, [])):
        at = message.due_at + dt.timedelta(minutes=minutes)
        yield MailEvent(
            provider_event_id=f"demo-{message.id}-{kind}",
            outbox_id=message.id,
            kind=kind,
            at=at,
            reason=message.error if kind == "bounce" else "",
            received_at=at,
        )
