"""What a month comes to, as it is frozen: the rows that its journals are of, summed by seller, rate, means and kind."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.closing import AMOUNTS, CANCELLED, GIVEN, KEYS, Figures, Part, Rows
from db.domain.months import last_day
from db.models import Document, DocumentVat, FeeDocument, LedgerEntry, Order, OrderLine, Payment, Voucher
from db.queries.accounting.periods import Days
from db.queries.accounting.sources import cancelled_in, fees_of, given_in, ledger_of, money_of
from db.queries.columns import sum_of
from db.queries.plans import among, materialized


def days_of(month: dt.date) -> Days:
    """Return all days of a month."""
    return Days(month, last_day(month))


def month_figures(session: Session, month: dt.date, taken_in_by: dt.datetime) -> Figures:
    """Return what is frozen of a month, in whole numbers and texts alone.

    Args:
        session: An open session.
        month: Its first day.
        taken_in_by: Orders that came later are none of it: « arrivées après clôture ».
    """
    days = days_of(month)
    selects = {
        Part.SALES: _sales(days, taken_in_by),
        Part.DOCUMENTS: _documents(days),
        Part.MONEY: _money(days, taken_in_by),
        Part.LEDGER: _ledger(days),
        Part.FEES: _fees(days),
        Part.VOUCHERS: _vouchers(days),
    }
    return {"month": month.isoformat()} | {part.value: _rows(session, part, select) for part, select in selects.items()}


def _rows(session: Session, part: Part, select: sa.Select[*tuple[Any, ...]]) -> Rows:
    names = (*KEYS[part], *AMOUNTS[part])
    found = [dict(zip(names, row, strict=True)) for row in session.execute(select)]
    # Enums are texts: JSON gives back what it was given.
    rows = [{name: str(value) if isinstance(value, str) else value for name, value in row.items()} for row in found]
    return sorted(rows, key=lambda row: [str(row[name]) for name in KEYS[part]])


def _count() -> sa.ColumnElement[int]:
    return sa.cast(sa.func.count(), sa.BigInteger)


def _sales(days: Days, taken_in_by: dt.datetime) -> sa.Select[*tuple[Any, ...]]:
    placed = (Order.placed_on.between(days.first, days.last), Order.intake_at <= taken_in_by)
    orders = materialized(
        sa.select(Order.id, Order.currency, Order.seller_id, Order.total_cents).where(*placed), "sold"
    )
    lines = (
        sa.select(OrderLine.order_id, _count().label("lines"), sum_of(OrderLine.total_cents).label("cents"))
        .where(among(OrderLine.order_id, sa.select(orders.c.id)))
        .group_by(OrderLine.order_id)
        .subquery()
    )
    return (
        sa.select(
            orders.c.currency,
            orders.c.seller_id,
            _count(),
            sum_of(orders.c.total_cents),
            sum_of(sa.func.coalesce(lines.c.lines, 0)),
            sum_of(sa.func.coalesce(lines.c.cents, 0)),
        )
        .select_from(orders.outerjoin(lines, lines.c.order_id == orders.c.id))
        .group_by(orders.c.currency, orders.c.seller_id)
    )


def _documents(days: Days) -> sa.Select[*tuple[Any, ...]]:
    """Sum what documents state for each rate, of documents that are there: a rate alone would be nobody's."""
    key = (DocumentVat.currency, DocumentVat.seller_id, DocumentVat.rate_bp, DocumentVat.kind)
    amounts = (DocumentVat.net_cents, DocumentVat.vat_cents, DocumentVat.gross_cents)
    return (
        sa.select(*key, _count(), *(sum_of(amount) for amount in amounts))
        .join(Document, Document.id == DocumentVat.document_id)
        .where(DocumentVat.issued_on.between(days.first, days.last))
        .group_by(*key)
    )


def _money(days: Days, taken_in_by: dt.datetime) -> sa.Select[*tuple[Any, ...]]:
    key = (Payment.currency, Order.seller_id, Payment.method, Payment.kind)
    return (
        sa.select(*key, _count(), sum_of(Payment.amount_cents))
        .join(Order, Order.id == Payment.order_id)
        .where(money_of(days), Order.intake_at <= taken_in_by)
        .group_by(*key)
    )


def _ledger(days: Days) -> sa.Select[*tuple[Any, ...]]:
    key = (LedgerEntry.currency, LedgerEntry.seller_id, LedgerEntry.kind)
    return sa.select(*key, _count(), sum_of(LedgerEntry.amount_cents)).where(ledger_of(days)).group_by(*key)


def _fees(days: Days) -> sa.Select[*tuple[Any, ...]]:
    key = (FeeDocument.currency, FeeDocument.seller_id, FeeDocument.is_credit_note)
    amounts = (FeeDocument.net_cents, FeeDocument.vat_cents, FeeDocument.gross_cents)
    return sa.select(*key, _count(), *(sum_of(amount) for amount in amounts)).where(fees_of(days)).group_by(*key)


def _vouchers(days: Days) -> sa.Select[*tuple[Any, ...]]:
    """Sum what was given, and what was left of those that were cancelled: both are entered in the books."""
    rest = Voucher.amount_cents - Voucher.used_cents
    told = ((GIVEN, given_in(days), Voucher.amount_cents), (CANCELLED, cancelled_in(days), rest))
    sums = (
        sa.select(Voucher.currency, sa.literal(kind).label("kind"), _count().label("vouchers"), sum_of(cents))
        .where(condition)
        .group_by(Voucher.currency)
        for kind, condition, cents in told
    )
    return sa.select(sa.union_all(*sums).subquery())
