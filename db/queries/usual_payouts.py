"""What sellers are usually paid, by which an amount that is out of the ordinary is told."""

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.money import divide_half_up
from db.domain.payouts import PayoutState
from db.models import Payout
from db.queries.plans import not_indexed

#: About three months of fortnightly payouts: long enough to be even, short enough to follow a shop that grows.
LATEST = 6


def usual_cents(session: Session, seller_id: int, currency: str) -> int | None:
    """Return what a seller was paid on average, of its latest payouts; None where it never was."""
    return usual_cents_of_all(session, [seller_id]).get((seller_id, currency))


def usual_cents_of_all(session: Session, seller_ids: Collection[int]) -> dict[tuple[int, str], int]:
    """Return what sellers were paid on average, of their latest payouts in each currency, by both."""
    rank = sa.func.row_number().over(partition_by=(Payout.seller_id, Payout.currency), order_by=Payout.id.desc())
    paid = (
        sa.select(Payout.seller_id, Payout.currency, Payout.net_cents, rank.label("rank"))
        .where(Payout.seller_id.in_(seller_ids), not_indexed(Payout.state == PayoutState.PAID))
        .subquery()
    )
    sums = (
        sa.select(
            paid.c.seller_id,
            paid.c.currency,
            sa.cast(sa.func.sum(paid.c.net_cents), sa.BigInteger).label("cents"),
            sa.func.count().label("count"),
        )
        .where(paid.c.rank <= LATEST)
        .group_by(paid.c.seller_id, paid.c.currency)
    )
    return {(row.seller_id, row.currency): divide_half_up(row.cents, row[3]) for row in session.execute(sums)}
