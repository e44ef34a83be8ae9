"""Gather what is due to sellers into payouts: once, whoever asks, however often, and wherever it was killed.

A seller has one open payout at most in each currency. What falls due is added to it; whether it waits for approval or
is held is decided anew each time. What comes to nothing or less is carried over, never paid.
"""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.ledger import LedgerKind
from db.domain.payout_acts import joined_notes
from db.domain.payouts import OPEN_PAYOUT_STATES, PayoutEvent, PayoutState, hold_reasons
from db.models import Payout, PayoutEntry, Seller
from db.queries.held_orders import entries_of_held_orders
from db.queries.plans import literally
from db.services.ledger_rows import NewEntry, write_entries
from db.services.payouts.rows import held_by, open_payouts, tell, write_totals
from db.services.payouts.standing import limits_of, standing_of
from db.services.seller_lock import lock_seller


def sellers_to_prepare(session: Session, day: dt.date, after: int, limit: int) -> list[int]:
    """Return the next sellers, by id, of whom something is due or is open.

    Args:
        session: An open session.
        day: Up to which day things are due.
        after: The last seller that was prepared; 0 for the first ones.
        limit: How many at most.
    """
    due = sa.exists().where(
        PayoutEntry.seller_id == Seller.id, PayoutEntry.payout_id.is_(None), PayoutEntry.due_on <= day
    )
    is_open = sa.exists().where(Payout.seller_id == Seller.id, Payout.state.in_(literally(OPEN_PAYOUT_STATES)))
    wanted = sa.select(Seller.id).where(Seller.id > after, sa.or_(due, is_open)).order_by(Seller.id).limit(limit)
    return list(session.scalars(wanted))


def prepare_seller(session: Session, actor: Actor, seller_id: int, run_id: int, day: dt.date, now: dt.datetime) -> None:
    """Gather what is due to a seller up to a day; nothing changes where nothing has since the last time.

    Args:
        session: The caller's transaction.
        actor: Who prepares: the system, or a person.
        seller_id: Which seller; it is locked, so that two workers take turns.
        run_id: The run it belongs to.
        day: Up to which day things are due.
        now: The instant.
    """
    lock_seller(session, seller_id)
    due = _due(session, seller_id, day)
    are_open = {payout.currency: payout for payout in open_payouts(session, seller_id)}
    for currency in sorted(due | are_open.keys()):
        payout = are_open.get(currency) or _begin(session, actor, seller_id, currency, run_id, day, now)
        _prepare(session, actor, payout, run_id, day, now)


def judge(session: Session, actor: Actor, payout: Payout, now: dt.datetime, note: str = "") -> None:
    """Hold an open payout, or let it wait for approval, as its seller and its amount are now.

    Args:
        session: The caller's transaction.
        actor: Who has it judged.
        payout: An open payout, locked.
        now: The instant.
        note: What the history says of it beside the reasons.
    """
    limits, standing = limits_of(session), standing_of(session, payout.seller_id)
    reasons = hold_reasons(standing, payout.net_cents, limits, now, payout.waived_cents)
    before, reason = payout.hold_reason, next(iter(reasons), None)
    payout.hold_reason = reason
    payout.state = PayoutState.HELD if reason else PayoutState.PREPARED
    if reason is not before:
        event = PayoutEvent.HELD if reason else PayoutEvent.RELEASED
        labels = ", ".join(each.label for each in reasons)
        tell(session, actor, payout, event, now, joined_notes(labels, note))


def _due(session: Session, seller_id: int, day: dt.date) -> set[str]:
    """Return the currencies in which something is due; a debt alone is not carried on from night to night."""
    wanted = sa.select(PayoutEntry.currency).where(
        PayoutEntry.seller_id == seller_id,
        PayoutEntry.payout_id.is_(None),
        PayoutEntry.due_on <= day,
        PayoutEntry.kind != LedgerKind.CARRIED,
        PayoutEntry.entry_id.not_in(entries_of_held_orders(seller_id)),
    )
    return set(session.scalars(wanted.distinct()))


def _prepare(session: Session, actor: Actor, payout: Payout, run_id: int, day: dt.date, now: dt.datetime) -> None:
    if not gather(session, payout, waiting_for(payout, day)):
        judge(session, actor, payout, now)
        return
    is_new = payout.state is PayoutState.CANCELLED
    payout.run_id = run_id
    if payout.net_cents <= 0:
        _carry(session, actor, payout, day, now)
        return
    if actor.person_id is not None:
        payout.prepared_by_id, payout.prepared_by_name = actor.person_id, actor.name
    if is_new:
        payout.state = PayoutState.PREPARED
    tell(session, actor, payout, PayoutEvent.PREPARED if is_new else PayoutEvent.TOPPED_UP, now)
    judge(session, actor, payout, now)


def waiting_for(payout: Payout, day: dt.date) -> tuple[sa.ColumnElement[bool], ...]:
    """Return the conditions of what is due to a payout's seller."""
    return (
        PayoutEntry.seller_id == payout.seller_id,
        PayoutEntry.currency == payout.currency,
        PayoutEntry.payout_id.is_(None),
        PayoutEntry.due_on <= day,
        PayoutEntry.entry_id.not_in(entries_of_held_orders(payout.seller_id)),
    )


def _begin(
    session: Session, actor: Actor, seller_id: int, currency: str, run_id: int, day: dt.date, now: dt.datetime
) -> Payout:
    """Return a payout that holds nothing yet; what it holds says what becomes of it, in this transaction."""
    payout = Payout(
        seller_id=seller_id,
        currency=currency,
        run_id=run_id,
        state=PayoutState.CANCELLED,
        due_on=day,
        prepared_by_id=actor.person_id,
        prepared_by_name=actor.name,
        prepared_at=now,
    )
    session.add(payout)
    session.flush()
    return payout


def gather(session: Session, payout: Payout, waiting: tuple[sa.ColumnElement[bool], ...]) -> int:
    """Put what waits into a payout and sum it up; return how many entries came."""
    taken = session.execute(
        sa.update(PayoutEntry).where(*waiting).values(payout_id=payout.id).execution_options(synchronize_session=False)
    )
    count = int(taken.rowcount)  # type: ignore[attr-defined]  # a cursor's result has it
    if count:
        write_totals(payout, held_by(session, payout.id))
    return count


def _carry(session: Session, actor: Actor, payout: Payout, day: dt.date, now: dt.datetime) -> None:
    """Close a payout that comes to nothing or less: what the seller owes goes on as a debt, due at once."""
    payout.state, payout.hold_reason, payout.closed_at = PayoutState.CARRIED, None, now
    tell(session, actor, payout, PayoutEvent.CARRIED, now)
    if not payout.net_cents:
        return
    debt = -payout.net_cents
    write_entries(
        session,
        [
            NewEntry(
                payout.seller_id,
                payout.currency,
                LedgerKind.CARRIED,
                cents,
                cause=f"carried:{payout.id}:{way}",
                at=now,
                actor_name=actor.lasting_name,
                due_on=due_on,
                payout_id=payout.id,
            )
            for way, cents, due_on in (("closed", debt, None), ("owed", -debt, day))
        ],
    )
