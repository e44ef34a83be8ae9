"""What people put in the way of paying: a seller as a whole, or one order of it; and how they take it away again."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.bank_details import SellerSubject
from db.domain.errors import InvalidInputError, OrderNotFoundError
from db.domain.ledger import LedgerKind
from db.domain.order_facts import OrderFacts
from db.domain.orders import HistoryEvent
from db.domain.payout_acts import OrderSettledError, checked_note, joined_notes
from db.domain.payouts import (
    CANCELLABLE_STATES,
    CLOSED_PAYOUT_STATES,
    HoldReason,
    PayoutEvent,
    PayoutRefusedError,
    PayoutState,
)
from db.domain.permissions import Permission
from db.models import LedgerEntry, Payout, PayoutEntry, PayoutHold
from db.queries.plans import literally
from db.services.history import Entry, record
from db.services.order_facts import load_facts
from db.services.payouts.acts import give_back
from db.services.payouts.cancelling import take_back
from db.services.payouts.preparing import judge
from db.services.payouts.rows import held_by, locked_payouts, open_payouts, tell, write_totals
from db.services.seller_changes import note_change
from db.services.seller_lock import lock_seller
from db.services.versions import raise_versions

#: What keeps one order out; a suspension is of the seller.
ORDER_HOLD_REASONS = (HoldReason.DISPUTE, HoldReason.MANUAL)
SELLER_HOLD_REASONS = (HoldReason.SUSPENDED, HoldReason.DISPUTE, HoldReason.MANUAL)


def hold_seller(session: Session, actor: Actor, seller_id: int, reason: HoldReason, note: str, now: dt.datetime) -> int:
    """Keep a seller from being paid until somebody lifts it; return the hold's id.

    What is open is held at once; what is approved stays so, and is refused when it is to be transmitted.

    Args:
        session: The caller's transaction.
        actor: Who does it.
        seller_id: Which seller.
        reason: Suspended, in dispute, or another one.
        note: Why, in words.
        now: The instant.

    Raises:
        NotAllowedError: The actor may not prepare payouts.
        NotFoundError: There is no such seller.
        PayoutRefusedError: It is held already.
        InvalidInputError: There is no note, or one that is too long.
    """
    actor.require(Permission.PREPARE_PAYOUTS)
    why = _checked(reason, SELLER_HOLD_REASONS, note)
    lock_seller(session, seller_id)
    is_on = (PayoutHold.seller_id == seller_id, PayoutHold.order_id.is_(None), PayoutHold.released_at.is_(None))
    if session.scalar(sa.select(sa.exists().where(*is_on))):
        raise PayoutRefusedError("Ce vendeur est déjà retenu. Levez cette retenue d’abord, pour en changer la raison.")
    hold_id = _write(session, actor, seller_id, None, reason, why, now)
    note_change(session, actor, seller_id, SellerSubject.HOLD, "", joined_notes(reason.label, why), now)
    _judge_anew(session, actor, seller_id, why, now)
    return hold_id


def hold_order(session: Session, actor: Actor, order_id: int, reason: HoldReason, note: str, now: dt.datetime) -> int:
    """Keep one order out of what its seller is paid until somebody lifts it; return the hold's id.

    It is taken out of the open payout, which is cancelled where nothing is left to pay.

    Args:
        session: The caller's transaction.
        actor: Who does it.
        order_id: Which order.
        reason: In dispute, or another one.
        note: Why, in words.
        now: The instant.

    Raises:
        NotAllowedError: The actor may not prepare payouts.
        NotFoundError: There is no such order for this actor.
        PayoutRefusedError: It is held already, or its sale is approved or paid.
        InvalidInputError: There is no note, one that is too long, or an order is not held for that reason.
    """
    actor.require(Permission.PREPARE_PAYOUTS)
    why = _checked(reason, ORDER_HOLD_REASONS, note)
    order = _locked_order(session, actor, order_id)
    lock_seller(session, order.seller_id)
    is_on = (PayoutHold.order_id == order_id, PayoutHold.released_at.is_(None))
    if session.scalar(sa.select(sa.exists().where(*is_on))):
        raise PayoutRefusedError(f"La commande {order.number} est déjà retenue.")
    _lock_cancellable(session, actor, order.seller_id)
    _check_not_settled(session, order_id, order.number)
    hold_id = _write(session, actor, order.seller_id, order_id, reason, why, now)
    _tell_order(session, actor, order_id, HistoryEvent.PAYOUT_HELD, joined_notes(reason.label, why), now)
    _take_out(session, actor, order, f"commande {order.number} retirée\u00a0: {why}", now)
    return hold_id


def lift_hold(session: Session, actor: Actor, hold_id: int, note: str, now: dt.datetime) -> None:
    """Let a seller, or an order, be paid again: what is open is judged anew, an order comes at the next run.

    Args:
        session: The caller's transaction.
        actor: Who does it.
        hold_id: What was put in the way.
        note: Why, in words; may be empty.
        now: The instant.

    Raises:
        NotAllowedError: The actor may not prepare payouts.
        PayoutRefusedError: There is no such hold, or it was lifted before.
        InvalidInputError: The note is too long.
    """
    actor.require(Permission.PREPARE_PAYOUTS)
    why = checked_note(note, "Lever une retenue", is_required=False)
    hold = _locked_hold(session, actor, hold_id)
    hold.released_at, hold.released_by_name, hold.release_note = now, actor.name, why
    session.flush()
    if hold.order_id is None:
        note_change(session, actor, hold.seller_id, SellerSubject.HOLD, hold.reason.label, why, now)
        _judge_anew(session, actor, hold.seller_id, why, now)
    else:
        _tell_order(session, actor, hold.order_id, HistoryEvent.PAYOUT_RELEASED, why, now)


def _checked(reason: HoldReason, allowed: tuple[HoldReason, ...], note: str) -> str:
    if reason not in allowed:
        labels = " ou ".join(f"« {each.label} »" for each in allowed)
        raise InvalidInputError(f"Choisissez la raison de la retenue\u00a0: {labels}.")
    return checked_note(note, "Retenir")


def _locked_order(session: Session, actor: Actor, order_id: int) -> OrderFacts:
    order = load_facts(session, actor, [order_id], locked=True).get(order_id)
    if order is None:
        raise OrderNotFoundError(str(order_id))
    return order


def _locked_hold(session: Session, actor: Actor, hold_id: int) -> PayoutHold:
    """Return what was put in the way and is there still; its order and its seller are locked before, in that order."""
    found = session.get(PayoutHold, hold_id)
    if found is not None:
        if found.order_id is not None:
            _locked_order(session, actor, found.order_id)
        lock_seller(session, found.seller_id)
        session.refresh(found)
    if found is None or found.released_at is not None:
        raise PayoutRefusedError("Cette retenue n’existe pas, ou a déjà été levée.")
    return found


def _tell_order(
    session: Session, actor: Actor, order_id: int, event: HistoryEvent, note: str, now: dt.datetime
) -> None:
    record(session, actor, Entry(order_id, event, note=note), now)
    raise_versions(session, [order_id], now)


def _write(
    session: Session,
    actor: Actor,
    seller_id: int,
    order_id: int | None,
    reason: HoldReason,
    why: str,
    now: dt.datetime,
) -> int:
    hold = PayoutHold(
        seller_id=seller_id,
        order_id=order_id,
        reason=reason,
        note=why,
        person_id=actor.person_id,
        person_name=actor.name,
        held_at=now,
    )
    session.add(hold)
    session.flush()
    return hold.id


def _judge_anew(session: Session, actor: Actor, seller_id: int, why: str, now: dt.datetime) -> None:
    for payout in open_payouts(session, seller_id):
        judge(session, actor, payout, now, why)


def _lock_cancellable(session: Session, actor: Actor, seller_id: int) -> None:
    """Wait for who approves, transmits or cancels a payout of this seller, so that what is read next is settled."""
    may_move = Payout.state.in_(literally(CANCELLABLE_STATES))
    found = session.scalars(sa.select(Payout.id).where(Payout.seller_id == seller_id, may_move))
    locked_payouts(session, actor, list(found))


def _check_not_settled(session: Session, order_id: int, number: str) -> None:
    """Refuse an order whose sale is on its way to its seller, or there."""
    settled = session.execute(
        sa.select(Payout.id, Payout.state)
        .join(PayoutEntry, PayoutEntry.payout_id == Payout.id)
        .join(LedgerEntry, LedgerEntry.id == PayoutEntry.entry_id)
        .where(
            LedgerEntry.order_id == order_id,
            LedgerEntry.kind == LedgerKind.SALE,
            Payout.state.in_([*CLOSED_PAYOUT_STATES, PayoutState.APPROVED]),
        )
        .order_by(Payout.id.desc())
        .limit(1)
    ).one_or_none()
    if settled is not None:
        raise OrderSettledError(number, settled.id, settled.state)


def _take_out(session: Session, actor: Actor, order: OrderFacts, why: str, now: dt.datetime) -> None:
    """Take an order out of what is open of its seller; a payout of which nothing is left to pay is cancelled."""
    of_order = PayoutEntry.entry_id.in_(sa.select(LedgerEntry.id).where(LedgerEntry.order_id == order.id))
    for payout in open_payouts(session, order.seller_id):
        if not give_back(session, payout.id, of_order):
            continue
        left = held_by(session, payout.id)
        if left.totals.net_cents <= 0:
            take_back(session, actor, payout, why, now)
            continue
        write_totals(payout, left)
        tell(session, actor, payout, PayoutEvent.HELD, now, why)
        judge(session, actor, payout, now)
