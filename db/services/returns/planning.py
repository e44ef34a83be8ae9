"""What a return would send, said before it is done: as it will be queued, and queued nowhere."""

import datetime as dt
from typing import Any

from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.errors import OrderNotFoundError
from db.domain.mail import EmailTemplate
from db.domain.orders import ReturnStatus
from db.domain.permissions import Permission
from db.domain.returns import ReturnNotFoundError, ReturnRequest
from db.models import Return
from db.services.order_facts import load_facts
from db.services.outbox import Letter, address_book, letters_for
from db.services.parcel_effects import as_json
from db.services.returns.letters import RETURN_TEMPLATES, return_words


def plan_letters(
    session: Session, actor: Actor, return_id: int, target: ReturnStatus, message: str = ""
) -> tuple[Letter, ...]:
    """Return whom a move writes to: the customer, and the seller to whom an accepted parcel comes back.

    Args:
        session: An open session.
        actor: Who would move it.
        return_id: The return.
        target: Where it would go.
        message: What would be written to the customer.

    Raises:
        NotAllowedError: The person does not handle returns.
        ReturnNotFoundError: There is no such return for this actor.
    """
    actor.require(Permission.HANDLE_RETURNS)
    row = session.get(Return, return_id)
    order = load_facts(session, actor, [row.order_id]).get(row.order_id) if row else None
    if row is None or order is None:
        raise ReturnNotFoundError
    book = address_book(session, [order.seller_id])
    words: dict[str, Any] = return_words(session, row) | {"return_status": target.value}
    said = words | {"message": message.strip()} if message.strip() else words
    letters = letters_for(order, RETURN_TEMPLATES[target], book, said)
    if target is ReturnStatus.AWAITING_PARCEL:
        letters += letters_for(order, EmailTemplate.SELLER_RETURN, book, words)
    return letters


def plan_request_letters(
    session: Session, actor: Actor, order_id: int, wanted: ReturnRequest, now: dt.datetime
) -> tuple[Letter, ...]:
    """Return whom a request writes to: the customer, whose request is acknowledged.

    Raises:
        NotAllowedError: The person does not handle returns.
        OrderNotFoundError: There is no such order for this actor.
    """
    actor.require(Permission.HANDLE_RETURNS)
    order = load_facts(session, actor, [order_id]).get(order_id)
    if order is None:
        raise OrderNotFoundError(str(order_id))
    # The row that would be: it is of no session, and nothing writes it.
    row = Return(
        id=0,
        order_id=order_id,
        status=ReturnStatus.REQUESTED,
        reason=wanted.reason,
        explanation=wanted.explanation.strip(),
        requested_at=now,
    )
    words = return_words(session, row) | ({"lines": as_json(wanted.units)} if wanted.units else {})
    return letters_for(order, EmailTemplate.RETURN_REQUESTED, address_book(session, [order.seller_id]), words)
