"""What a return would send, said before it is done: as it will be queued, and queued nowhere."""

import datetime as dt

from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.errors import OrderNotFoundError
from db.domain.mail import EmailTemplate
from db.domain.orders import ReturnStatus
from db.domain.permissions import Permission
from db.domain.returns import ReturnMove, ReturnNotFoundError, ReturnRequest
from db.models import Return
from db.services.order_facts import load_facts
from db.services.outbox import Letter
from db.services.parcel_effects import as_json
from db.services.returns.letters import RETURN_TEMPLATES, letters_about
from db.services.returns.moves import apply_move


def plan_letters(
    session: Session, actor: Actor, return_id: int, move: ReturnMove, now: dt.datetime
) -> tuple[Letter, ...]:
    """Return whom a move writes to: the customer, and the seller to whom an accepted parcel comes back.

    Args:
        session: An open session.
        actor: Who would move it.
        return_id: The return.
        move: Where it would go, and what would be written to the customer.
        now: The instant it is looked at.

    Raises:
        NotAllowedError: The person does not handle returns.
        ReturnNotFoundError: There is no such return for this actor.
    """
    actor.require(Permission.HANDLE_RETURNS)
    row = session.get(Return, return_id)
    order = load_facts(session, actor, [row.order_id]).get(row.order_id) if row else None
    if row is None or order is None:
        raise ReturnNotFoundError
    session.expunge(row)  # What is written on it now is only looked at.
    apply_move(row, move, now)
    letters = letters_about(session, order, row, RETURN_TEMPLATES[move.target], {"message": move.message.strip()})
    if move.target is ReturnStatus.AWAITING_PARCEL:
        letters += letters_about(session, order, row, EmailTemplate.SELLER_RETURN, {})
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
    return letters_about(session, order, row, EmailTemplate.RETURN_REQUESTED, {"lines": as_json(wanted.units)})
