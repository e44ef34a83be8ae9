"""What somebody bought, added up per currency."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.orders import OrderStatus
from db.models import Order


@dataclass(frozen=True, slots=True)
class Purchases:
    """Orders counted and added up."""

    order_count: int
    cancelled_count: int
    #: Currency and sum in cents of the orders that are not cancelled, largest first.
    totals: tuple[tuple[str, int], ...]


def purchases(session: Session, conditions: Sequence[sa.ColumnElement[bool]]) -> Purchases:
    """Return how many orders meet the conditions, and what those that are not cancelled come to."""
    is_cancelled = Order.status == OrderStatus.CANCELLED
    kept_cents = sa.func.sum(sa.case((is_cancelled, 0), else_=Order.total_cents))
    by_currency = session.execute(
        sa.select(
            Order.currency,
            sa.func.count().label("orders"),
            sa.func.sum(sa.case((is_cancelled, 1), else_=0)).label("cancelled"),
            sa.cast(kept_cents, sa.BigInteger).label("cents"),
        )
        .where(*conditions)
        .group_by(Order.currency)
        .order_by(sa.desc("cents"), Order.currency)
    ).all()
    return Purchases(
        order_count=sum(row.orders for row in by_currency),
        cancelled_count=sum(row.cancelled for row in by_currency),
        totals=tuple((row.currency, row.cents) for row in by_currency if row.orders > row.cancelled),
    )
