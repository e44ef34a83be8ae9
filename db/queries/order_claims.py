"""What a sale still asks for and what is still to be paid of it, in SQL: the words of ``db/domain/order_facts.py``.

Those who compare or count thousands of orders at once use these; who decides on one order uses the facts themselves.
"""

from typing import Any

import sqlalchemy as sa

from db.domain.orders import OWED_REFUND_STATES, OrderStatus, PaymentKind
from db.models import Order, OrderLine, Payment
from db.queries.columns import sum_of

_Column = sa.ColumnElement[Any]
_Known = sa.sql.ColumnCollection[str, Any]

#: Money that goes back to the customer, or did.
IS_REFUND = Payment.kind == PaymentKind.REFUND
#: What is promised and did not leave yet (``OrderFacts.owed_back_cents``).
IS_OWED_BACK = sa.and_(IS_REFUND, Payment.state.in_(sorted(OWED_REFUND_STATES)))
#: An order that is cancelled, or was when the system put it in error (``OrderFacts.is_cancelled``).
IS_CANCELLED = sa.or_(
    Order.status == OrderStatus.CANCELLED, sa.func.coalesce(Order.status_before_error, "") == OrderStatus.CANCELLED
)


def taken_off_line() -> _Column:
    """Return what of an article's price is no longer asked for: its price less ``claim_of``."""
    left = OrderLine.quantity - OrderLine.quantity_cancelled
    # Half up, in whole numbers: none of them is below zero.
    price = (2 * OrderLine.total_cents * left + OrderLine.quantity) // (2 * OrderLine.quantity)
    return OrderLine.total_cents - _at_least_zero(price - OrderLine.settled_cents)


def parts_of_due(wanted: sa.ColumnElement[bool]) -> tuple[sa.Label[Any], ...]:
    """Return the columns that ``due_cents`` needs, to be read with ``orders``; lines and payments by their indexes.

    Args:
        wanted: On ``orders``: of which it is asked. Nothing is looked up for the others, which are most.
    """
    taken_off = sa.select(sum_of(taken_off_line())).where(OrderLine.order_id == Order.id).scalar_subquery()
    owed_back = sa.select(sum_of(Payment.amount_cents)).where(Payment.order_id == Order.id, IS_OWED_BACK)
    return (
        sa.case((wanted, sa.func.coalesce(taken_off, 0)), else_=0).label("taken_off"),
        sa.case((wanted, sa.func.coalesce(owed_back.scalar_subquery(), 0)), else_=0).label("owed_back"),
        Order.shipping_settled_cents.label("shipping_settled_cents"),
        IS_CANCELLED.label("is_cancelled"),
    )


def claim_cents(known: _Known) -> _Column:
    """Return what the sale still asks for (``OrderFacts.claim_cents``).

    Args:
        known: ``total_cents``, ``taken_off``, ``shipping_settled_cents`` and ``is_cancelled`` of each order.
    """
    left = known.total_cents - known.taken_off - known.shipping_settled_cents
    return sa.case((known.is_cancelled, 0), else_=_at_least_zero(left))


def due_cents(known: _Known) -> _Column:
    """Return what the customer still owes (``OrderFacts.due_cents``); nothing where they paid too much.

    Args:
        known: What ``claim_cents`` needs, and ``paid_cents``, ``refunded_cents`` and ``owed_back`` of each order.
    """
    # ``still_due`` with its terms in another order: claim − paid + min(given back, total − claim).
    asked = claim_cents(known) + known.refunded_cents + known.owed_back
    return _at_least_zero(sa.case((asked < known.total_cents, asked), else_=known.total_cents) - known.paid_cents)


def _at_least_zero(cents: _Column) -> _Column:
    return sa.case((cents > 0, cents), else_=0)
