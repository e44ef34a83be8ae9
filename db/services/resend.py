"""Send an e-mail or SMS once more: a new row of the outbox, of the same template and variables, under its own key."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.access import email_address
from db.domain.actor import Actor
from db.domain.enclosures import as_asked
from db.domain.errors import InvalidInputError, MarketplaceError, NotFoundError, OrderNotFoundError
from db.domain.mail import TROUBLED_STATES, WAITING_STATES, Channel, EmailTemplate, OutboxState, RecipientKind
from db.domain.order_facts import OrderFacts
from db.domain.orders import HistoryEvent
from db.domain.permissions import Permission
from db.domain.sms import mobile_number, shown_number
from db.models import OutboxMessage
from db.queries.plans import not_indexed
from db.queries.sms import opted_out
from db.services.history import Entry, record
from db.services.messages import AlreadyWaitingError, NoAddressError
from db.services.order_facts import load_facts
from db.services.outbox import Letter, queue

_KEY = "resend"


class NotResendableError(MarketplaceError):
    """This message is not one to send again; the sentence says why."""


@dataclass(frozen=True, slots=True)
class _Message:
    """A row of the outbox, as far as sending it again needs it."""

    id: int
    order_id: int | None
    channel: Channel
    template: EmailTemplate
    recipient_kind: RecipientKind
    recipient: str
    recipient_name: str
    variables: dict[str, Any]
    attachments: Sequence[dict[str, str]] | None
    state: OutboxState


def resend(session: Session, actor: Actor, outbox_id: int, now: dt.datetime, *, to: str = "") -> int:
    """Queue a past e-mail once more, held for the undo window; return the history row.

    What had gone wrong with the first is dealt with by that: it no longer asks for somebody.

    Args:
        session: The caller's transaction.
        actor: Who does it.
        outbox_id: The past e-mail.
        now: The instant.
        to: Another address or number than the one it had; the order keeps its own.

    Raises:
        NotAllowedError: The actor may not write to customers.
        NotFoundError: There is no such e-mail, or it is about no order the actor reaches.
        NotResendableError: It has not left yet, or is no e-mail of an order.
        AlreadyWaitingError: It is about to be sent again already.
        InvalidInputError: ``to`` is no e-mail address, or no mobile number that takes SMS.
    """
    actor.require(Permission.MESSAGE_CUSTOMERS)
    message, order = _locked(session, actor, outbox_id)
    letter = Letter(
        order.id,
        message.template,
        message.recipient_kind,
        _recipient(session, message, to),
        message.recipient_name,
        message.variables,
        attachments=as_asked(message.attachments),
        channel=message.channel,
    )
    history_id = _send(session, actor, order, letter, now, resent=message.id)
    if message.state in TROUBLED_STATES:
        session.execute(
            sa.update(OutboxMessage)
            .where(OutboxMessage.id == message.id)
            .values(state=OutboxState.CANCELLED, due_at=now, claimed_by=None, claimed_until=None)
            .execution_options(synchronize_session=False)
        )
    return history_id


def resend_confirmation(session: Session, actor: Actor, order_id: int, now: dt.datetime) -> int:
    """Send the customer the order's confirmation again, or for the first time; return the history row.

    Raises:
        NotAllowedError: The actor may not write to customers.
        OrderNotFoundError: There is no such order for this actor.
        NoAddressError: Nobody knows where to write.
        AlreadyWaitingError: It is about to be sent again already.
    """
    actor.require(Permission.MESSAGE_CUSTOMERS)
    order = load_facts(session, actor, [order_id], locked=True).get(order_id)
    if order is None:
        raise OrderNotFoundError(str(order_id))
    address = order.customer_email.strip()
    if not address:
        raise NoAddressError(order)
    template, kind = EmailTemplate.ORDER_CONFIRMATION, RecipientKind.CUSTOMER
    return _send(session, actor, order, Letter(order.id, template, kind, address, order.customer_name), now)


def _locked(session: Session, actor: Actor, outbox_id: int) -> tuple[_Message, OrderFacts]:
    # The order first, then its e-mail: the way everybody takes them.
    order_id = session.scalar(sa.select(OutboxMessage.order_id).where(OutboxMessage.id == outbox_id))
    order = load_facts(session, actor, [order_id], locked=True).get(order_id) if order_id else None
    columns = [getattr(OutboxMessage, name) for name in _Message.__slots__]
    row = session.execute(sa.select(*columns).where(OutboxMessage.id == outbox_id).with_for_update()).one_or_none()
    if row is None or (order_id and order is None):
        raise NotFoundError("Ce message n’existe plus, ou ne vous est pas accessible.")
    message = _Message(**row._asdict())
    if order is None:
        raise NotResendableError("Seuls les messages d’une commande se renvoient d’ici.")
    if message.state in WAITING_STATES or message.state is OutboxState.SENDING:
        raise NotResendableError("Ce message n’est pas encore parti\u00a0: il n’y a rien à renvoyer.")
    return message, order


def _recipient(session: Session, message: _Message, typed: str) -> str:
    """Return where it goes: as typed, or as before."""
    if message.channel is Channel.EMAIL:
        return email_address(typed) if typed.strip() else message.recipient
    number = mobile_number(typed) if typed.strip() else message.recipient
    if not number:
        raise InvalidInputError("Saisissez un numéro de mobile, comme 06 12 34 56 78.")
    if opted_out(session, [number]):
        raise InvalidInputError(f"Le {shown_number(number)} ne veut plus recevoir de SMS (Réglages › SMS).")
    return number


def _send(
    session: Session, actor: Actor, order: OrderFacts, letter: Letter, now: dt.datetime, resent: int | None = None
) -> int:
    """Record it and queue it, unless the same is about to leave already; the order is locked."""
    same = (
        OutboxMessage.template == letter.template,
        OutboxMessage.recipient == letter.recipient,
        OutboxMessage.state.in_(sorted(WAITING_STATES)),
    )
    waiting = sa.select(OutboxMessage.event, OutboxMessage.variables).where(
        OutboxMessage.order_id == order.id, *map(not_indexed, same)
    )
    if any(mail.variables == letter.variables for mail in session.execute(waiting)):
        raise AlreadyWaitingError(order)
    after: dict[str, Any] = {"template": letter.template.value, "recipient": letter.recipient}
    if resent is not None:
        after["outbox_id"] = resent
    history_id = record(session, actor, Entry(order.id, HistoryEvent.EMAIL_RESENT, after=after), now)
    queue(session, actor, [replace(letter, event=f"{_KEY}:{history_id}", history_id=history_id)], now)
    return history_id
