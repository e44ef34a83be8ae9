"""The payouts that a report of the bank speaks of."""

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.bank_matching import KnownPayout, booking_of
from db.domain.payouts import PayoutEvent
from db.domain.time import local_day
from db.models import Payout, PayoutHistory, Seller, TransferBatch

T = TypeVar("T")

#: Databases take so many values in a list, and far more at the cost of their planner.
_AT_ONCE = 500


def known_payouts(session: Session, payout_ids: Iterable[int], message_ids: Iterable[str]) -> list[KnownPayout]:
    """Return the payouts that exist of some, and all of some files.

    Args:
        session: An open session.
        payout_ids: Any number of ids, of payouts or not.
        message_ids: Message identifications of files, ours or not.
    """
    files = sa.select(Payout.id).join(TransferBatch, TransferBatch.id == Payout.batch_id)
    wanted = set(payout_ids)
    for part in _parts(sorted(set(message_ids))):
        wanted.update(session.scalars(files.where(TransferBatch.message_id.in_(part))))
    return [payout for part in _parts(sorted(wanted)) for payout in _read(session, part)]


def _parts(values: list[T]) -> Iterator[list[T]]:
    return (values[start : start + _AT_ONCE] for start in range(0, len(values), _AT_ONCE))


def _read(session: Session, payout_ids: list[int]) -> Iterator[KnownPayout]:
    rows = session.execute(
        sa.select(
            Payout.id,
            Payout.state,
            Payout.version,
            Seller.name.label("seller_name"),
            Payout.net_cents,
            Payout.currency,
            sa.func.coalesce(TransferBatch.message_id, "").label("message_id"),
            Payout.paid_on,
            Payout.closed_at,
        )
        .join(Seller, Seller.id == Payout.seller_id)
        .outerjoin(TransferBatch, TransferBatch.id == Payout.batch_id)
        .where(Payout.id.in_(payout_ids))
    ).all()
    rejected, booked = _rejected_on(session, payout_ids), _bookings(session, payout_ids)
    for row in rows:
        facts = row._asdict()
        closed_at: dt.datetime | None = facts.pop("closed_at")
        sent_on = local_day(closed_at) if closed_at else None
        yield KnownPayout(**facts, sent_on=sent_on, rejected_on=rejected.get(row.id), booking=booked.get(row.id, ""))


def _rejected_on(session: Session, payout_ids: list[int]) -> dict[int, dt.date]:
    found = session.execute(
        sa.select(PayoutHistory.payout_id, sa.func.max(PayoutHistory.at, type_=PayoutHistory.at.type))
        .where(PayoutHistory.payout_id.in_(payout_ids), PayoutHistory.event == PayoutEvent.REJECTED)
        .group_by(PayoutHistory.payout_id)
    )
    return {payout_id: local_day(at) for payout_id, at in found}


def _bookings(session: Session, payout_ids: list[int]) -> dict[int, str]:
    """Return the bank's references of the debits, as the history keeps them."""
    notes = session.execute(
        sa.select(PayoutHistory.payout_id, PayoutHistory.note)
        .where(PayoutHistory.payout_id.in_(payout_ids), PayoutHistory.event == PayoutEvent.PAID)
        .order_by(PayoutHistory.id)
    )
    return {payout_id: booking_of(note) for payout_id, note in notes}
