"""What the books say of each order: the one place that says what « Contrôle » compares, and what explains a difference.

The worker keeps its sums by day and seller (``db/services/controls.py``), readers ask it for the days that are stale
and for single orders (``db/queries/control.py``, ``control_orders.py``).
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from db.domain.control import UNEXPLAINED, Equality, Why
from db.domain.documents import DocumentKind
from db.domain.incoming import NEW_WITHIN
from db.domain.ledger import FEE_KINDS, ORDER_KINDS, LedgerKind
from db.domain.money import BASIS_POINTS
from db.domain.orders import OWED_REFUND_STATES, OrderStatus, PaymentKind, PaymentRecordState, PaymentState
from db.models import (
    Document,
    DueDocument,
    LedgerEntry,
    Order,
    OrderLine,
    Payment,
    PayoutSettings,
    Settlement,
)
from db.queries.columns import sum_of
from db.queries.order_conditions import Condition
from db.queries.paris import whole_hours_between
from db.queries.plans import among, materialized

#: What is compared, as ``Control`` names it.
AMOUNTS = (
    "sold_cents",
    "invoiced_cents",
    "credited_cents",
    "paid_cents",
    "refunded_cents",
    "seller_cents",
    "fee_net_cents",
    "fee_vat_cents",
)
#: The VAT in fees where the settings were never saved.
_USUAL_VAT_RATE_BP = 2000
#: An order that is partly paid, or was partly refunded while more of it is still asked for, lacks money rightly.
_MAY_LACK = tuple(sorted(set(PaymentState) - {PaymentState.PAID, PaymentState.OVERPAID}))
#: An order whose state says that there is too much, or that money went back and the rest is still to go.
_MAY_EXCEED = (PaymentState.OVERPAID, PaymentState.PARTLY_REFUNDED, PaymentState.REFUNDED)
_HOURS_NEW = int(NEW_WITHIN.total_seconds()) // 3600

_Column = sa.ColumnElement[Any]


def why_column(equality: Equality) -> str:
    """Return the name of the column with an equality's reason; it is NULL where the equality holds."""
    return f"why_{equality}"


def controlled(conditions: Sequence[Condition]) -> sa.Subquery:
    """Return what the books say of the orders that meet some conditions.

    Args:
        conditions: On ``orders``.

    Returns:
        One row an order: id, day, currency, seller_id, number, the amounts, one reason for each equality, and whether
        it differs and whether something about it is unexplained, as 0 or 1.
    """
    found = _reasons(_compared(conditions))
    reasons = [found.c[why_column(equality)] for equality in Equality]
    differs = sa.or_(*(reason.is_not(None) for reason in reasons))
    unexplained = sa.or_(*(sa.func.coalesce(reason, "").in_(sorted(UNEXPLAINED)) for reason in reasons))
    return sa.select(found, _one_if(differs).label("differs"), _one_if(unexplained).label("unexplained")).subquery()


def control_sums(conditions: Sequence[Condition]) -> sa.Select[*tuple[Any, ...]]:
    """Return the sums by day, currency and seller, in the columns of ``day_controls``."""
    each = controlled(conditions)
    key = (each.c.day, each.c.currency, each.c.seller_id)
    return sa.select(
        *key,
        sa.cast(sa.func.count(), sa.BigInteger).label("orders"),
        *(sum_of(each.c[name]).label(name) for name in AMOUNTS),
        sum_of(each.c.differs).label("differing_orders"),
        sum_of(each.c.unexplained).label("unexplained_orders"),
    ).group_by(*key)


def _one_if(condition: sa.ColumnElement[bool]) -> _Column:
    return sa.case((condition, 1), else_=0)


# --- What is known of each order --------------------------------------------------------------------------------------


def _compared(conditions: Sequence[Condition]) -> sa.Subquery:
    """Return each order with the sums of all that belongs to it."""
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
    return sa.select(orders, *sums).select_from(found).subquery()


def _orders(conditions: Sequence[Condition]) -> sa.Select[*tuple[Any, ...]]:
    books_began = sa.select(LedgerEntry.at).order_by(LedgerEntry.id).limit(1).scalar_subquery()
    came_new = (
        whole_hours_between(Order.placed_at.expression, sa.func.coalesce(Order.intake_at, Order.placed_at)) < _HOURS_NEW
    )
    is_cancelled = sa.or_(
        Order.status == OrderStatus.CANCELLED, sa.func.coalesce(Order.status_before_error, "") == OrderStatus.CANCELLED
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
        is_cancelled.label("is_cancelled"),
        Order.intake_at.is_(None).label("is_new"),
        # As the intake has it: what was long placed when it came was settled by whoever sold then.
        sa.and_(came_new, Order.placed_at >= books_began).label("placed_here"),
    ).where(Order.placed_on.is_not(None), *conditions)


def _of_lines(orders: sa.CTE) -> sa.Subquery:
    """Sum what the articles cost, and what the sale still asks for them (``claim_of`` of ``db/domain/order_facts``)."""
    left = OrderLine.quantity - OrderLine.quantity_cancelled
    # Half up, in whole numbers: none of them is below zero.
    price = (2 * OrderLine.total_cents * left + OrderLine.quantity) // (2 * OrderLine.quantity)
    claim = sa.case((price > OrderLine.settled_cents, price - OrderLine.settled_cents), else_=0)
    return _grouped(
        orders,
        OrderLine.order_id,
        sum_of(OrderLine.total_cents).label("line_cents"),
        sum_of(OrderLine.total_cents - claim).label("taken_off"),
        sa.func.count().label("lines"),
    )


def _of_payments(orders: sa.CTE) -> sa.Subquery:
    is_captured = Payment.state == PaymentRecordState.CAPTURED
    is_refund = Payment.kind == PaymentKind.REFUND
    is_owed = sa.and_(is_refund, Payment.state.in_(sorted(OWED_REFUND_STATES)))
    is_withdrawn = sa.and_(is_refund, Payment.state == PaymentRecordState.CANCELLED)
    return _grouped(
        orders,
        Payment.order_id,
        _sum_if(sa.and_(is_captured, ~is_refund), Payment.amount_cents).label("paid_cents"),
        _sum_if(sa.and_(is_captured, is_refund), Payment.amount_cents).label("refunded_cents"),
        _sum_if(is_owed, Payment.amount_cents).label("owed_back"),
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
    is_of_order = LedgerEntry.kind.in_(ORDER_KINDS)
    return _grouped(
        orders,
        LedgerEntry.order_id,
        _sum_if(is_of_order, LedgerEntry.amount_cents).label("seller_cents"),
        _sum_if(LedgerEntry.kind.in_(FEE_KINDS), -LedgerEntry.amount_cents).label("fee_cents"),
        _sum_if(LedgerEntry.kind == LedgerKind.SALE, sa.literal(1)).label("sales"),
        _sum_if(is_of_order, sa.literal(1)).label("entries"),
    )


def _grouped(orders: sa.CTE, order_id: sa.orm.InstrumentedAttribute[Any], *sums: _Column) -> sa.Subquery:
    # By the orders' ids: otherwise SQLite would read the whole table in the order of its index.
    return (
        sa.select(order_id.label("order_id"), *sums)
        .where(among(order_id, sa.select(orders.c.id)))
        .group_by(order_id)
        .subquery()
    )


def _sum_if(condition: sa.ColumnElement[bool], value: sa.ColumnExpressionArgument[int]) -> _Column:
    return sum_of(sa.case((condition, value), else_=0))


# --- What explains a difference ---------------------------------------------------------------------------------------


def _reasons(known: sa.Subquery) -> sa.Subquery:
    """Return the amounts of each order and, of each equality that does not hold, its reason."""
    amounts = sa.select(
        known,
        _claim(known).label("sold_cents"),
        _fee_net(known.c.fee_cents).label("fee_net_cents"),
    ).subquery()
    found = amounts.c
    columns = [
        found.id,
        found.number,
        found.day,
        found.currency,
        found.seller_id,
        *(
            found[name] if name != "fee_vat_cents" else (found.fee_cents - found.fee_net_cents).label(name)
            for name in AMOUNTS
        ),
    ]
    return sa.select(
        *columns,
        _why_documents(found).label(why_column(Equality.DOCUMENTS)),
        _why_money(found).label(why_column(Equality.MONEY)),
        _why_sellers(found).label(why_column(Equality.SELLERS)),
    ).subquery()


def _claim(known: sa.Subquery) -> _Column:
    """Return what the sale still asks for (``OrderFacts.claim_cents``)."""
    left = known.c.total_cents - known.c.taken_off - known.c.shipping_settled_cents
    return sa.case((known.c.is_cancelled, 0), (left < 0, 0), else_=left)


def _fee_net(fee_cents: _Column) -> _Column:
    """Return a fee without its VAT, half up away from zero, at the rate of the settings."""
    kept = sa.select(PayoutSettings.fee_vat_rate_bp).limit(1).scalar_subquery()
    whole = BASIS_POINTS + sa.func.coalesce(kept, _USUAL_VAT_RATE_BP)

    def net(cents: _Column) -> _Column:
        return (2 * BASIS_POINTS * cents + whole) // (2 * whole)

    return sa.case((fee_cents < 0, -net(-fee_cents)), else_=net(fee_cents))


_Found = sa.sql.ColumnCollection[str, Any]


def _case(*whens: tuple[sa.ColumnElement[bool], Why | None], else_: Why) -> _Column:
    """Return the first reason whose condition holds, as text; None: the equality holds."""
    said = [(condition, None if why is None else why.value) for condition, why in whens]
    return sa.cast(sa.case(*said, else_=else_.value), sa.Text)


def _is_fully_paid(found: _Found) -> sa.ColumnElement[bool]:
    return sa.and_(found.noted_paid > 0, found.noted_paid >= found.sold_cents)


def _is_ours(found: _Found) -> sa.ColumnElement[bool]:
    """Tell whether the sale is one of our books: they hold it, or it was placed here since they began."""
    return sa.or_(found.entries > 0, found.placed_here)


def _why_documents(found: _Found) -> _Column:
    more = found.invoiced_cents - found.credited_cents - found.sold_cents
    parts = found.line_cents + found.shipping_cents
    total_is_wrong = sa.and_(found.lines > 0, parts != found.total_cents, _is_ours(found))
    return _case(
        (sa.and_(more == 0, ~total_is_wrong), None),
        (found.is_new, Why.INTAKE),
        (found.in_error, Why.IN_ERROR),
        (total_is_wrong, Why.PARTS_DIFFER),
        (sa.and_(found.due_invoices > 0, found.invoiced_cents == found.credited_cents, more < 0), Why.TO_INVOICE),
        (sa.and_(found.due_credit_notes > 0, more > 0), Why.TO_CREDIT),
        (sa.and_(found.documents == 0, found.invoice_number.is_not(None)), Why.INVOICED_ELSEWHERE),
        (sa.and_(found.documents == 0, ~_is_fully_paid(found)), Why.NOT_PAID),
        (sa.and_(found.documents == 0, _is_ours(found)), Why.INVOICE_MISSING),
        (found.documents == 0, Why.NEVER_INVOICED),
        (sa.and_(more > 0, more <= found.uncredited), Why.WITHOUT_CREDIT_NOTE),
        (sa.and_(more < 0, -more <= found.credited_cents), Why.CREDITED_BY_HAND),
        else_=Why.DOCUMENTS_DIFFER,
    )


def _why_money(found: _Found) -> _Column:
    more = found.paid_cents - found.refunded_cents - found.sold_cents
    as_noted = sa.and_(found.paid_cents == found.noted_paid, found.refunded_cents == found.noted_refunded)
    # Money that a shop gave back beyond what was taken off the sale is not asked for again (``still_due``).
    taken_off = found.total_cents - found.sold_cents
    gift = sa.case((found.refunded_cents > taken_off, found.refunded_cents - taken_off), else_=0)
    too_much_is_known = sa.or_(
        found.payment_state.in_(_MAY_EXCEED),
        # A payment of a cancelled order, and a refund that somebody withdrew: « Trop-perçu » on the order's page.
        sa.and_(found.is_cancelled, found.noted_refunded == 0),
        found.withdrawn > 0,
    )
    return _case(
        (sa.and_(more == 0, as_noted), None),
        (found.is_new, Why.INTAKE),
        (sa.and_(~as_noted, found.to_book > 0), Why.PAYMENT_TO_BOOK),
        (sa.and_(~as_noted, found.captured == 0, ~_is_ours(found)), Why.PAID_ELSEWHERE),
        (~as_noted, Why.PAYMENTS_DIFFER),
        (found.in_error, Why.IN_ERROR),
        (sa.and_(more > 0, found.owed_back >= more), Why.REFUND_UNDER_WAY),
        (sa.and_(more > 0, too_much_is_known), Why.OVERPAID),
        (more > 0, Why.MONEY_TOO_MUCH),
        (sa.and_(more + gift == 0, ~_is_ours(found)), Why.GIFT),
        (found.payment_state.in_(_MAY_LACK), Why.NOT_PAID),
        else_=Why.MONEY_MISSING,
    )


def _why_sellers(found: _Found) -> _Column:
    in_books = found.seller_cents + found.fee_cents
    return _case(
        (in_books == found.sold_cents, None),
        (found.is_new, Why.INTAKE),
        (found.in_error, Why.IN_ERROR),
        (sa.and_(found.sales == 0, found.entries > 0), Why.BEFORE_THE_LEDGER),
        (sa.and_(in_books == 0, ~_is_fully_paid(found)), Why.NOT_PAID),
        (sa.and_(found.sales == 0, found.placed_here), Why.SALE_MISSING),
        (found.sales == 0, Why.BEFORE_THE_LEDGER),
        else_=Why.LEDGER_DIFFERS,
    )
