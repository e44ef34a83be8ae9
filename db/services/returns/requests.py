"""A return is asked for: by the customer on the follow-up page, by staff on the order. The shop's are taken in."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.errors import InvalidInputError, OrderNotFoundError
from db.domain.mail import EmailTemplate
from db.domain.orders import HistoryEvent
from db.domain.permissions import Permission
from db.domain.return_rules import OutsideRulesError, check_request
from db.domain.returns import MAX_GESTURE, ReturnRequest
from db.domain.text import is_storable
from db.domain.time import local_day
from db.models import OrderHistory, Return, ReturnLine
from db.queries.plans import not_indexed
from db.queries.returnable import returnable
from db.services.history import Entry, record
from db.services.order_facts import load_facts
from db.services.parcel_effects import as_json
from db.services.returns.letters import tell
from db.services.versions import raise_versions


def request_return(
    session: Session,
    actor: Actor,
    order_id: int,
    wanted: ReturnRequest,
    now: dt.datetime,
    *,
    gesture_reason: str = "",
    key: str = "",
    notifies: bool = True,
) -> int:
    """Ask for a return; return its id.

    Args:
        session: The caller's transaction.
        actor: The customer, or staff in their place.
        order_id: The order.
        wanted: The units, why, and what the customer says of it.
        now: The instant of the request.
        gesture_reason: Why staff accept it although the rules refuse it; of no account where they do not.
        key: Drawn when the form opens: a second click, or a second try, finds the first one's return.
        notifies: Whether the customer gets the e-mail that acknowledges it.

    Raises:
        NotAllowedError: The person does not handle returns.
        OrderNotFoundError: There is no such order for this actor.
        OutsideRulesError: The rules refuse it, and nobody said why it is accepted all the same.
        ReturnRefusedError: It asks for more than there is.
        InvalidInputError: The reason of the gesture cannot be kept.
    """
    actor.require(Permission.HANDLE_RETURNS)
    order = load_facts(session, actor, [order_id], locked=True).get(order_id)
    facts = returnable(session, order_id)
    if order is None or facts is None:
        raise OrderNotFoundError(str(order_id))
    if key and (known := _made_with(session, order_id, key)) is not None:
        return known
    gesture = _checked_gesture(gesture_reason) if actor.viewer else ""
    units = check_request(facts, wanted)
    broken = facts.broken_rules(wanted, local_day(now))
    if broken and not gesture:
        raise OutsideRulesError(broken)
    row = Return(
        order_id=order_id,
        reason=wanted.reason,
        explanation=wanted.explanation.strip(),
        requested_by=actor.kind,
        requested_at=now,
        gesture_reason=gesture if broken else "",
        taken_in_at=now,
    )
    session.add(row)
    session.flush()
    session.add_all(
        ReturnLine(return_id=row.id, order_line_id=line_id, quantity=count) for line_id, count in units.items()
    )
    session.flush()
    raise_versions(session, [order_id], now)
    after = {"return_id": row.id, "units": as_json(units), "reason": wanted.reason.value, "key": key}
    history_id = record(
        session, actor, Entry(order_id, HistoryEvent.RETURN_REQUESTED, after=after, note=row.gesture_reason), now
    )
    if notifies:
        tell(session, actor, order, row, EmailTemplate.RETURN_REQUESTED, history_id, now)
    return row.id


def _made_with(session: Session, order_id: int, key: str) -> int | None:
    """Return the return that was asked for with a key; the caller holds the order."""
    asked = sa.select(OrderHistory.after).where(
        OrderHistory.order_id == order_id, not_indexed(OrderHistory.event == HistoryEvent.RETURN_REQUESTED)
    )
    return next((after["return_id"] for after in session.scalars(asked) if after and after.get("key") == key), None)


def _checked_gesture(reason: str) -> str:
    gesture = reason.strip()
    if len(gesture) > MAX_GESTURE or not is_storable(gesture):
        raise InvalidInputError(f"La raison du geste est illisible ou dépasse {MAX_GESTURE} caractères. Abrégez-la.")
    return gesture
