"""What was given back for a return, each time that somebody settled a part of it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.orders import PaymentMethod, PaymentRecordState
from db.domain.statement import ArticleBack, statement
from db.models import Document, Order, OrderLine, Payment, ReturnLine, Settlement, SettlementLine
from db.queries.columns import columns
from db.queries.plans import not_indexed


@dataclass(frozen=True, slots=True)
class GivenPayment:
    """One refund, or the voucher in its place."""

    method: PaymentMethod
    state: PaymentRecordState
    amount_cents: int


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
    currency: str = "EUR"
    #: Cents by order line.
    by_line: Mapping[int, int] = field(default_factory=dict)
    #: The same with its names, at the price where ``withheld_cents`` is known.
    articles: tuple[ArticleBack, ...] = ()
    #: What of the price is kept for ``deduction_reason``; None where other settlements of the articles kept some, too.
    withheld_cents: int | None = 0
    #: How it is given as things stand: what was given up is left out, what took its place is there.
    payments: tuple[GivenPayment, ...] = ()

    @property
    def statement(self) -> tuple[str, ...]:
        """Return what was given back, line by line, as the customer reads it."""
        return statement(
            self.articles,
            withheld_cents=self.withheld_cents,
            why=self.deduction_reason,
            shipping_cents=self.shipping_cents,
            given_cents=self.total_cents,
            currency=self.currency,
        )


def settlements_of(session: Session, return_id: int) -> tuple[ReturnSettlement, ...]:
    """Return what was given back for a return, oldest first; that it may be seen is the caller's to know."""
    found = session.execute(
        sa.select(
            *columns(Settlement, ReturnSettlement),
            sa.func.coalesce(Document.number, "").label("document_number"),
            Order.currency,
        )
        .join(Order, Order.id == Settlement.order_id)
        .outerjoin(Document, Document.id == Settlement.document_id)
        .where(Settlement.return_id == return_id)
        .order_by(Settlement.id)
    ).all()
    ids = [row.id for row in found]
    lines, payments = _lines(session, return_id, ids), _payments(session, ids)
    kept_for = _deducting(session, [line.order_line_id for each in lines.values() for line in each if line.units])
    return tuple(_settlement(row._asdict(), lines[row.id], kept_for, payments[row.id]) for row in found)


def _settlement(
    row: Mapping[str, Any],
    lines: Sequence[Any],
    kept_for: Mapping[int, set[int]],
    payments: Sequence[GivenPayment],
) -> ReturnSettlement:
    # What is kept is noted on the article: it is this settlement's where no other kept anything of it.
    with_units = [line for line in lines if line.units]
    is_known = all(kept_for[line.order_line_id] <= {row["id"]} for line in with_units)
    withheld = {
        line.order_line_id: line.withheld_cents if row["deduction_reason"] and is_known and line.units else 0
        for line in lines
    }
    return ReturnSettlement(
        **row,
        by_line={line.order_line_id: line.amount_cents for line in lines},
        articles=tuple(
            ArticleBack(
                line.name,
                line.units,
                line.amount_cents + withheld[line.order_line_id],
                line.announced or 0,
                line.quantity_received,
            )
            for line in lines
        ),
        withheld_cents=sum(withheld.values()) if is_known or not row["deduction_reason"] else None,
        payments=tuple(payments),
    )


def _lines(session: Session, return_id: int, ids: Sequence[int]) -> Mapping[int, list[Any]]:
    of_return = sa.and_(ReturnLine.return_id == return_id, ReturnLine.order_line_id == SettlementLine.order_line_id)
    found = (
        sa.select(
            SettlementLine.settlement_id,
            SettlementLine.order_line_id,
            SettlementLine.amount_cents,
            (SettlementLine.units_cancelled + SettlementLine.units_returned).label("units"),
            OrderLine.name,
            OrderLine.withheld_cents,
            ReturnLine.quantity.label("announced"),
            ReturnLine.quantity_received,
        )
        .join(OrderLine, OrderLine.id == SettlementLine.order_line_id)
        .outerjoin(ReturnLine, of_return)
        .where(SettlementLine.settlement_id.in_(ids))
        .order_by(OrderLine.position)
    )
    lines: dict[int, list[Any]] = defaultdict(list)
    for row in session.execute(found):
        lines[row.settlement_id].append(row)
    return lines


def _deducting(session: Session, line_ids: Sequence[int]) -> Mapping[int, set[int]]:
    """Return for each article which settlements, of returns or not, gave less than its price for units of it."""
    found = (
        sa.select(SettlementLine.order_line_id, SettlementLine.settlement_id)
        .join(Settlement, Settlement.id == SettlementLine.settlement_id)
        .where(
            SettlementLine.order_line_id.in_(line_ids),
            Settlement.deduction_reason != "",
            SettlementLine.units_cancelled + SettlementLine.units_returned > 0,
        )
    )
    by_line: dict[int, set[int]] = defaultdict(set)
    for row in session.execute(found):
        by_line[row.order_line_id].add(row.settlement_id)
    return by_line


def _payments(session: Session, ids: Sequence[int]) -> Mapping[int, list[GivenPayment]]:
    found = (
        sa.select(Payment.settlement_id, *columns(Payment, GivenPayment))
        .where(Payment.settlement_id.in_(ids), not_indexed(Payment.state != PaymentRecordState.CANCELLED))
        .order_by(Payment.id)
    )
    payments: dict[int, list[GivenPayment]] = defaultdict(list)
    for row in session.execute(found):
        payments[row.settlement_id].append(GivenPayment(row.method, row.state, row.amount_cents))
    return payments
