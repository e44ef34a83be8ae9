"""Payouts as rows: found and locked, told of in their history, and what they hold summed up."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.audit import AuditArea
from db.domain.ledger import FEE_KINDS, LedgerKind
from db.domain.payouts import (
    OPEN_PAYOUT_STATES,
    PayoutEvent,
    PayoutMovedError,
    PayoutNotFoundError,
    PayoutTotals,
    reference_of,
)
from db.models import Payout, PayoutEntry, PayoutHistory
from db.queries.plans import literally
from db.services.audit import Act, note_act


@dataclass(frozen=True, slots=True)
class Held:
    """What the entries of a payout come to."""

    totals: PayoutTotals
    entry_count: int
    #: The last day on which one of them fell due.
    due_on: dt.date


def locked_payout(session: Session, actor: Actor, payout_id: int, version: int | None = None) -> Payout:
    """Return a payout that the caller is about to change; nobody else can until the transaction ends.

    Raises:
        PayoutNotFoundError: There is none, or not for this actor.
        PayoutMovedError: It is not the version that was shown any more.
    """
    wanted = sa.select(Payout).where(Payout.id == payout_id)
    if actor.seller_id is not None:
        wanted = wanted.where(Payout.seller_id == actor.seller_id)
    payout = session.scalar(wanted.with_for_update().execution_options(populate_existing=True))
    if payout is None:
        raise PayoutNotFoundError
    if version is not None and payout.version != version:
        raise PayoutMovedError(payout_id, payout.state)
    return payout


def locked_payouts(session: Session, actor: Actor, payout_ids: Collection[int]) -> dict[int, Payout]:
    """Return payouts by id, locked one after the other in the order of their ids; those that are not there are not."""
    wanted = sa.select(Payout).where(Payout.id.in_(sorted(payout_ids))).order_by(Payout.id)
    if actor.seller_id is not None:
        wanted = wanted.where(Payout.seller_id == actor.seller_id)
    found = session.scalars(wanted.with_for_update().execution_options(populate_existing=True))
    return {payout.id: payout for payout in found}


def open_payouts(session: Session, seller_id: int) -> list[Payout]:
    """Return the open payouts of a seller, one a currency at most, locked in the order of their ids."""
    wanted = sa.select(Payout).where(Payout.seller_id == seller_id, Payout.state.in_(literally(OPEN_PAYOUT_STATES)))
    locked = wanted.order_by(Payout.id).with_for_update().execution_options(populate_existing=True)
    return list(session.scalars(locked))


def held_by(session: Session, payout_id: int) -> Held:
    """Return what a payout holds, from its entries."""
    rows = session.execute(
        sa.select(
            PayoutEntry.kind,
            sa.cast(sa.func.sum(PayoutEntry.amount_cents), sa.BigInteger),
            sa.func.count(),
            sa.func.max(PayoutEntry.due_on),
        )
        .where(PayoutEntry.payout_id == payout_id)
        .group_by(PayoutEntry.kind)
    ).all()
    return Held(
        PayoutTotals({kind: cents for kind, cents, _, _ in rows}),
        sum(count for _, _, count, _ in rows),
        max((day for _, _, _, day in rows), default=dt.date.min),
    )


def write_totals(payout: Payout, held: Held) -> None:
    """Keep on a payout what its entries come to."""
    totals = held.totals
    payout.sale_cents = totals.of(LedgerKind.SALE)
    payout.refund_cents = totals.of(LedgerKind.REFUND)
    payout.fee_cents = totals.of(*FEE_KINDS)
    payout.net_cents = totals.net_cents
    payout.other_cents = totals.net_cents - payout.sale_cents - payout.refund_cents - payout.fee_cents
    payout.entry_count, payout.due_on = held.entry_count, held.due_on


def tell(session: Session, actor: Actor, payout: Payout, event: PayoutEvent, now: dt.datetime, note: str = "") -> None:
    """Write what happened to a payout, and that it is not as it was shown any more."""
    payout.version += 1
    session.add(
        PayoutHistory(
            payout_id=payout.id,
            event=event,
            net_cents=payout.net_cents,
            note=note,
            person_id=actor.person_id,
            actor_name=actor.lasting_name,
            at=now,
        )
    )
    session.flush()
    said = {"state": payout.state, "net_cents": payout.net_cents, "currency": payout.currency}
    note_act(
        session,
        actor,
        Act(AuditArea.PAYOUTS, event, "payout", payout.id, reference_of(payout.id), after=said, note=note),
        now,
    )
