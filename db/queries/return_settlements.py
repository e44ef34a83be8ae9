"""What was given back for a return, each time that somebody settled a part of it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.models import Document, Settlement, SettlementLine
from db.queries.columns import columns


@dataclass(frozen=True, slots=True)
class ReturnSettlement:
    """One « Remboursement de produits » of a return. Amounts are cents of the order's currency."""

    id: int
    settled_at: dt.datetime
    person_name: str
    total_cents: int
    shipping_cents: int
    refund_cents: int
    voucher_cents: int
    reason: str
    #: Why less than the price was given back; empty where all of it was.
    deduction_reason: str
    #: Of the credit note; empty where there is none yet.
    document_number: str = ""
    #: Cents by order line.
    by_line: Mapping[int, int] = field(default_factory=dict)


def settlements_of(session: Session, return_id: int) -> tuple[ReturnSettlement, ...]:
    """Return what was given back for a return, oldest first; that it may be seen is the caller's to know."""
    found = session.execute(
        sa.select(
            *columns(Settlement, ReturnSettlement), sa.func.coalesce(Document.number, "").label("document_number")
        )
        .outerjoin(Document, Document.id == Settlement.document_id)
        .where(Settlement.return_id == return_id)
        .order_by(Settlement.id)
    ).all()
    amounts: dict[int, dict[int, int]] = defaultdict(dict)
    ids = [row.id for row in found]
    for line in session.execute(
        sa.select(SettlementLine.settlement_id, SettlementLine.order_line_id, SettlementLine.amount_cents).where(
            SettlementLine.settlement_id.in_(ids)
        )
    ):
        amounts[line.settlement_id][line.order_line_id] = line.amount_cents
    return tuple(ReturnSettlement(**row._asdict(), by_line=amounts[row.id]) for row in found)
