"""The thread of a return: what the customer writes on the follow-up page, what staff answer there and by e-mail."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.errors import InvalidInputError
from db.domain.mail import EmailTemplate
from db.domain.orders import ActorKind, HistoryEvent
from db.domain.permissions import Permission
from db.domain.returns import MAX_MESSAGE
from db.domain.text import is_storable
from db.domain.viewer import Viewer
from db.models import OrderHistory, ReturnMessage
from db.queries.plans import not_indexed
from db.services.history import Entry, record
from db.services.returns.facts import locked_return
from db.services.returns.letters import Extra, tell


def write_message(session: Session, actor: Actor, return_id: int, text: str, now: dt.datetime, *, key: str = "") -> int:
    """Write one message into a return's thread; return its history row.

    What staff write goes to the customer by e-mail, too, and answers all that the customer wrote so far.

    Args:
        session: The caller's transaction.
        actor: The customer, or staff.
        return_id: The return; that it is the customer's is the caller's to know.
        text: As typed.
        now: The instant of the message.
        key: Drawn when the form opens: a second click finds the first one's message.

    Raises:
        NotAllowedError: The person does not handle returns.
        ReturnNotFoundError: There is no such return for this actor.
        InvalidInputError: The message is empty, too long or unreadable.
    """
    actor.require(Permission.HANDLE_RETURNS)
    body = _checked(text)
    order, row = locked_return(session, actor, return_id)
    if key and (known := _written_with(session, order.id, key)) is not None:
        return known
    after = {"return_id": return_id, "message_id": put_into_thread(session, actor, return_id, body, now), "key": key}
    history_id = record(session, actor, Entry(order.id, HistoryEvent.RETURN_MESSAGE, after=after), now)
    if actor.kind is ActorKind.PERSON:
        tell(session, actor, order, row, EmailTemplate.RETURN_STATUS, history_id, now, Extra({"message": body}))
    return history_id


def put_into_thread(session: Session, actor: Actor, return_id: int, body: str, now: dt.datetime) -> int:
    """Put a message into a return's thread, whatever else tells of it; return its id.

    What staff write answers all that the customer wrote so far.
    """
    message = ReturnMessage(
        return_id=return_id,
        author_kind=actor.kind,
        author_name=actor.name,
        person_id=actor.person_id,
        body=body,
        at=now,
    )
    session.add(message)
    session.flush()
    if actor.kind is ActorKind.PERSON:
        _mark_read(session, return_id, now)
    return message.id


def mark_read(session: Session, viewer: Viewer, return_id: int, now: dt.datetime) -> int:
    """Note that staff read what the customer wrote without an answer; return how many messages that were.

    Raises:
        NotAllowedError: The person does not handle returns: that they look settles nothing.
    """
    viewer.require(Permission.HANDLE_RETURNS)
    return _mark_read(session, return_id, now)


def take_back_message(session: Session, message_id: int) -> None:
    """Forget a message of staff whose e-mail has not left; what it answered waits for an answer again."""
    answer = session.get(ReturnMessage, message_id)
    if answer is None:
        return
    answered = sa.update(ReturnMessage).where(
        ReturnMessage.return_id == answer.return_id, ReturnMessage.read_at == answer.at
    )
    session.execute(answered.values(read_at=None).execution_options(synchronize_session=False))
    session.delete(answer)
    session.flush()


def _mark_read(session: Session, return_id: int, now: dt.datetime) -> int:
    waiting = (
        sa.update(ReturnMessage)
        .where(
            ReturnMessage.return_id == return_id,
            ReturnMessage.author_kind == ActorKind.CUSTOMER,
            ReturnMessage.read_at.is_(None),
        )
        .values(read_at=now)
        .execution_options(synchronize_session=False)
    )
    return session.connection().execute(waiting).rowcount


def _checked(text: str) -> str:
    body = text.replace("\r\n", "\n").strip()
    if not body:
        raise InvalidInputError("Écrivez le message avant de l’envoyer.")
    if len(body) > MAX_MESSAGE or not is_storable(body):
        raise InvalidInputError(f"Le message est illisible ou dépasse {MAX_MESSAGE} caractères. Abrégez-le.")
    return body


def _written_with(session: Session, order_id: int, key: str) -> int | None:
    """Return the history row of the message that was written with a key; the caller holds the order."""
    written = sa.select(OrderHistory.id, OrderHistory.after).where(
        OrderHistory.order_id == order_id, not_indexed(OrderHistory.event == HistoryEvent.RETURN_MESSAGE)
    )
    return next((row.id for row in session.execute(written) if row.after and row.after.get("key") == key), None)
