"""What a file of transfers says: who pays, whom, how much, and for which orders."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.payouts import PayoutState, reference_of
from db.models import LedgerEntry, Order, Payout, PayoutEntry, Seller, TransferBatch
from db.queries.columns import columns


@dataclass(frozen=True, slots=True)
class BatchFacts:
    """One file of transfers, as it was ordered."""

    message_id: str
    #: The day on which the bank is asked to pay.
    requested_on: dt.date
    debtor_name: str
    debtor_iban: str
    debtor_bic: str
    currency: str
    payout_count: int
    total_cents: int
    created_at: dt.datetime
    undone_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Transfer:
    """One transfer of a file, as it was approved."""

    payout_id: int
    state: PayoutState
    net_cents: int
    holder: str
    iban: str
    bic: str
    seller_name: str
    #: The days of the first and of the last order that it pays; None where it pays none.
    first_on: dt.date | None = None
    last_on: dt.date | None = None

    @property
    def reference(self) -> str:
        """Return how the bank is to call it."""
        return reference_of(self.payout_id)


def batch_facts(session: Session, batch_id: int) -> BatchFacts | None:
    """Return what a file says of itself; None where there is no such batch."""
    row = session.execute(
        sa.select(*columns(TransferBatch, BatchFacts)).where(TransferBatch.id == batch_id)
    ).one_or_none()
    return BatchFacts(**row._asdict()) if row else None


def transfers_of(session: Session, batch_id: int, after: int, limit: int) -> list[Transfer]:
    """Return the next transfers of a batch, in the order of their payouts' ids.

    Args:
        session: An open session.
        batch_id: The batch.
        after: The last payout that was read; 0 for the first ones.
        limit: How many at most.
    """
    rows = session.execute(
        sa.select(
            Payout.id.label("payout_id"),
            Payout.state,
            Payout.net_cents,
            Payout.holder,
            Payout.iban,
            Payout.bic,
            Seller.name.label("seller_name"),
        )
        .join(Seller, Seller.id == Payout.seller_id)
        .where(Payout.batch_id == batch_id, Payout.id > after)
        .order_by(Payout.id)
        .limit(limit)
    ).all()
    days = _days_of(session, [row.payout_id for row in rows])
    return [Transfer(*row, *days.get(row.payout_id, (None, None))) for row in rows]


def _days_of(session: Session, payout_ids: list[int]) -> dict[int | None, tuple[dt.date, dt.date]]:
    """Return the days of the first and of the last order that payouts pay."""
    rows = session.execute(
        sa.select(PayoutEntry.payout_id, sa.func.min(Order.placed_on), sa.func.max(Order.placed_on))
        .join(LedgerEntry, LedgerEntry.id == PayoutEntry.entry_id)
        .join(Order, Order.id == LedgerEntry.order_id)
        .where(PayoutEntry.payout_id.in_(payout_ids))
        .group_by(PayoutEntry.payout_id)
    )
    return {payout_id: (first, last) for payout_id, first, last in rows}
