"""The one place where the sellers' ledger is written, and with it what is to be paid out."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.ledger import LedgerKind
from db.models import LedgerEntry, PayoutEntry


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An amount owed to (positive) or by (negative) a seller, in cents of ``currency``."""

    seller_id: int
    currency: str
    kind: LedgerKind
    amount_cents: int
    #: What caused it; the same cause books nothing twice.
    cause: str
    at: dt.datetime
    actor_name: str
    #: The first day on which it is paid out; None for what settles a payout.
    due_on: dt.date | None
    order_id: int | None = None
    payout_id: int | None = None
    fee_rate_bp: int | None = None
    note: str = ""
    #: Of a correction: who wrote it.
    person_id: int | None = None


def write_entries(session: Session, entries: Sequence[NewEntry]) -> None:
    """Write entries, and have those that have a day be paid out from then on.

    Raises:
        sqlalchemy.exc.IntegrityError: One of them was written before: the same cause books nothing twice.
    """
    if not entries:
        return
    rows = [asdict(entry) for entry in entries]
    due = {row["cause"]: row.pop("due_on") for row in rows}
    written = sa.insert(LedgerEntry).returning(
        LedgerEntry.id,
        LedgerEntry.cause,
        LedgerEntry.seller_id,
        LedgerEntry.currency,
        LedgerEntry.kind,
        LedgerEntry.amount_cents,
    )
    to_pay = [
        {
            "entry_id": row.id,
            "seller_id": row.seller_id,
            "currency": row.currency,
            "kind": row.kind,
            "amount_cents": row.amount_cents,
            "due_on": due[row.cause],
        }
        for row in session.execute(written, rows)
        if due[row.cause] is not None
    ]
    if to_pay:
        session.execute(sa.insert(PayoutEntry), to_pay)
