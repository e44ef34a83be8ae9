"""The orders of a seller that somebody keeps out of what it is paid."""

import sqlalchemy as sa

from db.models import LedgerEntry, PayoutHold


def entries_of_held_orders(seller_id: int) -> sa.Select[int]:
    """Return the ledger entries of those orders, by id, to leave them out of what is due."""
    return (
        sa.select(LedgerEntry.id)
        .join(PayoutHold, PayoutHold.order_id == LedgerEntry.order_id)
        .where(PayoutHold.seller_id == seller_id, PayoutHold.released_at.is_(None))
    )
