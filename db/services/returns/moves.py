"""A return moves on: accepted or denied, its parcel received, ended. Settling it closes it (``close_settled``)."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.errors import InvalidInputError, MarketplaceError
from db.domain.mail import EmailTemplate
from db.domain.move_words import check_day
from db.domain.order_facts import OrderFacts
from db.domain.orders import OPEN_RETURN_STATUSES, HistoryEvent, ReturnStatus
from db.domain.permissions import Permission
from db.domain.returns import EXPLAINED_STATUSES, MAX_MESSAGE, ReturnMove, return_moves
from db.domain.text import is_storable
from db.domain.time import instant_of
from db.models import Return
from db.services.history import Entry, record
from db.services.returns.facts import announced, locked_return, seen_return
from db.services.returns.letters import NOTHING_MORE, RETURN_TEMPLATES, Extra, given_back_words, tell
from db.services.returns.thread import put_into_thread
from db.services.versions import raise_versions

#: What a move writes on the return, and an undo writes back.
_MOMENTS = ("decided_at", "received_at", "completed_at")
_NOTHING_TOLD: Mapping[str, Any] = {}


class ReturnMoveRefusedError(MarketplaceError):
    """The return does not go there from where it is."""

    def __init__(self, row: Return, target: ReturnStatus) -> None:
        self.return_id = row.id
        if row.status is target:
            sentence = f"Ce retour est déjà « {target.label} »."
        else:
            sentence = f"De « {row.status.label} », un retour ne passe pas à « {target.label} »."
        super().__init__(sentence)


def move_return(
    session: Session, actor: Actor, return_id: int, version: int, move: ReturnMove, now: dt.datetime
) -> int:
    """Move a return; return the history row. The customer is told, and a seller whose parcel comes back.

    Raises:
        NotAllowedError: The person does not handle returns.
        ReturnNotFoundError: There is no such return for this actor.
        ReturnChangedError: It is not at ``version`` any more.
        ReturnMoveRefusedError: It does not go there.
        InvalidInputError: The words or the day cannot be used, or words are missing.
    """
    actor.require(Permission.HANDLE_RETURNS)
    _check_words(move, now)
    order, row = seen_return(session, actor, return_id, version)
    wanted = announced(session, return_id)
    has_something_left = any(line.quantity_kept for line in order.lines if line.id in wanted)
    if move.target not in return_moves(row.status, has_something_left=has_something_left):
        raise ReturnMoveRefusedError(row, move.target)
    message = move.message.strip()
    if move.target in EXPLAINED_STATUSES and not message:
        raise InvalidInputError("Dites au client pourquoi rien n’est remboursé\u00a0: la raison est gardée.")
    before = _state(row)
    apply_move(row, move, now)
    told = {}
    if message and move.notifies and move.target not in EXPLAINED_STATUSES:  # Those keep it as their decision.
        told = {"message_id": put_into_thread(session, actor, row.id, message, now)}
    history_id = _record(session, actor, order, row, before, now, note=message, told=told)
    if move.notifies:
        tell(session, actor, order, row, RETURN_TEMPLATES[row.status], history_id, now, Extra({"message": message}))
    if move.target is ReturnStatus.AWAITING_PARCEL:
        tell(session, actor, order, row, EmailTemplate.SELLER_RETURN, history_id, now)
    return history_id


def apply_move(row: Return, move: ReturnMove, now: dt.datetime) -> None:
    """Write a move on a return, whether it is kept or only looked at."""
    row.status = move.target
    match move.target:
        case ReturnStatus.AWAITING_PARCEL:
            row.decided_at = now
        case ReturnStatus.PARCEL_RECEIVED:
            row.received_at = instant_of(move.received_on, now)
        case _:
            row.decided_at = row.decided_at or now
            row.completed_at, row.decision = now, move.message.strip()


def close_settled(
    session: Session,
    actor: Actor,
    return_id: int,
    now: dt.datetime,
    *,
    notifies: bool = True,
    extra: Extra = NOTHING_MORE,
) -> int | None:
    """Complete a return in the transaction of what is given back for it; return the history row, None where it is over.

    Args:
        session: The settlement's transaction.
        actor: Who settles; what they may is the settlement's to check.
        return_id: The return.
        now: The instant of the settlement.
        notifies: Whether the customer gets the e-mail « Retour terminé ».
        extra: What it says of the money (``amount_cents``, ``code``, ``expires_on``, ``message``), the credit note.

    Raises:
        ReturnNotFoundError: There is no such return for this actor.
    """
    order, row = locked_return(session, actor, return_id)
    if row.status not in OPEN_RETURN_STATUSES:
        return None
    before = _state(row)
    row.status = ReturnStatus.COMPLETED
    row.decided_at, row.completed_at = row.decided_at or now, now
    history_id = _record(session, actor, order, row, before, now, told={"is_settled": True})
    if notifies:
        extra = replace(extra, words={"given_back": given_back_words(session, return_id), **extra.words})
        tell(session, actor, order, row, RETURN_TEMPLATES[row.status], history_id, now, extra)
    return history_id


def take_back_move(session: Session, before: Mapping[str, Any]) -> None:
    """Put a return back to where it was before a move: ``before`` is what the move's history row says."""
    row = session.get_one(Return, before["return_id"], populate_existing=True, with_for_update=True)
    row.status, row.decision = ReturnStatus(before["status"]), before["decision"]
    for name in _MOMENTS:
        text = before[name]
        setattr(row, name, dt.datetime.fromisoformat(text) if text else None)
    row.version += 1
    session.flush()


def _state(row: Return) -> dict[str, Any]:
    moments = {name: getattr(row, name) for name in _MOMENTS}
    said = {name: moment.isoformat() if moment else None for name, moment in moments.items()}
    return {"return_id": row.id, "status": row.status.value, "decision": row.decision} | said


def _record(
    session: Session,
    actor: Actor,
    order: OrderFacts,
    row: Return,
    before: Mapping[str, Any],
    now: dt.datetime,
    *,
    note: str = "",
    told: Mapping[str, Any] = _NOTHING_TOLD,
) -> int:
    row.version += 1
    session.flush()
    raise_versions(session, [order.id], now)
    after = {"return_id": row.id, "status": row.status.value, **told}
    return record(session, actor, Entry(order.id, HistoryEvent.RETURN_MOVED, before, after, note=note), now)


def _check_words(move: ReturnMove, now: dt.datetime) -> None:
    if len(move.message) > MAX_MESSAGE or not is_storable(move.message):
        raise InvalidInputError(f"Le message est illisible ou dépasse {MAX_MESSAGE} caractères. Abrégez.")
    check_day(move.received_on, now)
