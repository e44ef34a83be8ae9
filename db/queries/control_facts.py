"""What the books say of each order, summed from all that belongs to it: what « Contrôle » compares."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from db.domain.documents import DocumentKind
from db.domain.incoming import NEW_WITHIN
from db.domain.ledger import FEE_KINDS, ORDER_KINDS, LedgerKind
from db.domain.orders import OrderStatus, PaymentRecordState
from db.models import Document, DueDocument, LedgerEntry, Order, OrderLine, Payment, Settlement
from db.queries.columns import sum_of
from db.queries.fee_vat import rate_when_booked, without_vat
from db.queries.order_claims import IS_CANCELLED, IS_OWED_BACK, IS_REFUND, claim_cents, taken_off_line
from db.queries.order_conditions import Condition
from db.queries.paris import whole_hours_between
from db.queries.plans import among, materialized

_IS_FEE = LedgerEntry.kind.in_(FEE_KINDS)
_HOURS_NEW = int(NEW_WITHIN.total_seconds()) // 3600

_Column = sa.ColumnElement[Any]


def control_facts(conditions: Sequence[Condition]) -> sa.Subquery:
    """Return each order that meets some conditions, with the sums of all that belongs to it.

    Args:
        conditions: On ``orders``.

    Returns:
        One row an order: who and when it is, what was noted on it, and what its lines, payments, documents,
        settlements and ledger entries come to; 0 where it has none.
    """
    orders = materialized(_orders(conditions), "controlled_orders")
    parts = [
        _of_lines(orders),
        _of_payments(orders),
        _of_documents(orders),
        _of_due_documents(orders),
        _of_settlements(orders),
        _of_ledger(orders),
    ]
    found: sa.FromClause = orders
    for part in parts:
        found = found.outerjoin(part, part.c.order_id == orders.c.id)
    sums = [
        sa.func.coalesce(column, 0).label(column.key) for part in parts for column in part.c if column.key != "order_id"
    ]
    known = sa.select(orders, *sums).select_from(found).subquery()
    return sa.select(known, claim_cents(known.c).label("sold_cents")).subquery()


def _orders(conditions: Sequence[Condition]) -> sa.Select[*tuple[Any, ...]]:
    books_began = sa.select(LedgerEntry.at).order_by(LedgerEntry.id).limit(1).scalar_subquery()
    came_new = (
        whole_hours_between(Order.placed_at.expression, sa.func.coalesce(Order.intake_at, Order.placed_at)) < _HOURS_NEW
    )
    return sa.select(
        Order.id,
        Order.number,
        Order.placed_on.label("day"),
        Order.currency,
        Order.seller_id,
        Order.payment_state,
        Order.total_cents,
        Order.items_cents,
        Order.shipping_cents,
        Order.shipping_settled_cents,
        Order.paid_cents.label("noted_paid"),
        Order.refunded_cents.label("noted_refunded"),
        Order.invoice_number,
        (Order.status == OrderStatus.ERROR).label("in_error"),
        IS_CANCELLED.label("is_cancelled"),
        Order.intake_at.is_(None).label("is_new"),
        # As the intake has it: what was long placed when it came was settled by whoever sold then.
        sa.and_(came_new, Order.placed_at >= books_began).label("placed_here"),
    ).where(Order.placed_on.is_not(None), *conditions)


def _of_lines(orders: sa.CTE) -> sa.Subquery:
    """Sum what the articles cost, and what of it is no longer asked for."""
    return _grouped(
        orders,
        OrderLine.order_id,
        sum_of(OrderLine.total_cents).label("line_cents"),
        sum_of(taken_off_line()).label("taken_off"),
        sa.func.count().label("lines"),
    )


def _of_payments(orders: sa.CTE) -> sa.Subquery:
    is_captured = Payment.state == PaymentRecordState.CAPTURED
    is_withdrawn = sa.and_(IS_REFUND, Payment.state == PaymentRecordState.CANCELLED)
    return _grouped(
        orders,
        Payment.order_id,
        _sum_if(sa.and_(is_captured, ~IS_REFUND), Payment.amount_cents).label("paid_cents"),
        _sum_if(sa.and_(is_captured, IS_REFUND), Payment.amount_cents).label("refunded_cents"),
        _sum_if(IS_OWED_BACK, Payment.amount_cents).label("owed_back"),
        _sum_if(sa.and_(is_captured, Payment.booked_at.is_(None)), sa.literal(1)).label("to_book"),
        _sum_if(is_withdrawn, sa.literal(1)).label("withdrawn"),
        _sum_if(is_captured, sa.literal(1)).label("captured"),
    )


def _of_documents(orders: sa.CTE) -> sa.Subquery:
    is_invoice = Document.kind == DocumentKind.INVOICE
    return _grouped(
        orders,
        Document.order_id,
        _sum_if(is_invoice, Document.gross_cents).label("invoiced_cents"),
        _sum_if(~is_invoice, -Document.gross_cents).label("credited_cents"),
        sa.func.count().label("documents"),
    )


def _of_due_documents(orders: sa.CTE) -> sa.Subquery:
    is_invoice = DueDocument.kind == DocumentKind.INVOICE
    return _grouped(
        orders,
        DueDocument.order_id,
        _sum_if(is_invoice, sa.literal(1)).label("due_invoices"),
        _sum_if(~is_invoice, sa.literal(1)).label("due_credit_notes"),
    )


def _of_settlements(orders: sa.CTE) -> sa.Subquery:
    """Sum what was settled without a credit note, as staff may choose: so much may still be invoiced."""
    without = Settlement.document_id.is_(None)
    return _grouped(orders, Settlement.order_id, _sum_if(without, Settlement.total_cents).label("uncredited"))


def _of_ledger(orders: sa.CTE) -> sa.Subquery:
    """Sum what is booked; the VAT is taken out of all fees of an order that were booked at one rate together."""
    is_of_order = LedgerEntry.kind.in_(ORDER_KINDS)
    at_one_rate = _grouped(
        orders,
        LedgerEntry.order_id,
        _sum_if(is_of_order, LedgerEntry.amount_cents).label("seller_cents"),
        _sum_if(_IS_FEE, -LedgerEntry.amount_cents).label("fee_cents"),
        _sum_if(LedgerEntry.kind == LedgerKind.SALE, sa.literal(1)).label("sales"),
        _sum_if(is_of_order, sa.literal(1)).label("entries"),
        by=sa.case((_IS_FEE, rate_when_booked())).label("vat_rate_bp"),
    )
    found = at_one_rate.c
    net = sa.case((found.vat_rate_bp.is_(None), 0), else_=without_vat(found.fee_cents, found.vat_rate_bp))
    sums = [sum_of(found[name]).label(name) for name in ("seller_cents", "fee_cents", "sales", "entries")]
    return sa.select(found.order_id, *sums, sum_of(net).label("fee_net_cents")).group_by(found.order_id).subquery()


def _grouped(
    orders: sa.CTE, order_id: sa.orm.InstrumentedAttribute[Any], *sums: _Column, by: sa.Label[Any] | None = None
) -> sa.Subquery:
    """Sum the rows of each order; where something more is to keep them apart, by that too."""
    key = [order_id.label("order_id"), *([] if by is None else [by])]
    # By the orders' ids: otherwise SQLite would read the whole table in the order of its index.
    return sa.select(*key, *sums).where(among(order_id, sa.select(orders.c.id))).group_by(*key).subquery()


def _sum_if(condition: sa.ColumnElement[bool], value: sa.ColumnExpressionArgument[int]) -> _Column:
    return sum_of(sa.case((condition, value), else_=0))
