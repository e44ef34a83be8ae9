"""Complete and rebuild what is derived: search texts, summaries, daily sales.

Whoever writes orders (an import, the demo) calls ``complete_orders`` for them, or leaves it to the intake job
(``intake.py``), which calls it for every order that was not taken in yet.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from db.domain.search_text import SearchableLine, customer_text, summary_of, what_text, who_text
from db.domain.text import fold
from db.models import (
    Customer,
    DailySales,
    Order,
    OrderLine,
    OrderSearch,
    PointsMovement,
    Product,
    StockMovement,
)
from db.queries.columns import mapping

_BATCH = 500

_Line = sa.Row[int, str, str, str, dict[str, str], int]


def complete_orders(session: Session, order_ids: Sequence[int]) -> None:
    """Write the search text, the sort name, the summary and the item count of the given orders, again if need be."""
    for start in range(0, len(order_ids), _BATCH):
        _complete(session, order_ids[start : start + _BATCH])


def _complete(session: Session, order_ids: Sequence[int]) -> None:
    orders = session.execute(
        sa.select(
            Order.id,
            Order.number,
            Order.customer_name,
            Order.customer_email,
            Order.customer_phone,
            sa.func.coalesce(Customer.company, "").label("company"),
        )
        .outerjoin(Customer, Customer.id == Order.customer_id)
        .where(Order.id.in_(order_ids))
    ).all()
    lines = _lines_by_order(session, order_ids)
    session.execute(sa.delete(OrderSearch).where(OrderSearch.order_id.in_(order_ids)))
    if not orders:
        return
    session.execute(
        sa.insert(OrderSearch),
        [
            {
                "order_id": order.id,
                "who": who_text(
                    order.number, order.customer_name, order.company, order.customer_email, order.customer_phone
                ),
                "what": what_text(
                    SearchableLine(line.name, line.sku, line.supplier, mapping(line.attributes))
                    for line in lines[order.id]
                ),
            }
            for order in orders
        ],
    )
    session.execute(
        sa.update(Order),
        [
            {
                "id": order.id,
                "customer_sort": fold(order.customer_name),
                "summary": summary_of([line.name for line in lines[order.id]]),
                "item_count": sum(line.quantity for line in lines[order.id]),
            }
            for order in orders
        ],
    )


def _lines_by_order(session: Session, order_ids: Sequence[int]) -> dict[int, list[_Line]]:
    rows = session.execute(
        sa.select(
            OrderLine.order_id,
            OrderLine.name,
            OrderLine.sku,
            OrderLine.supplier,
            OrderLine.attributes,
            OrderLine.quantity,
        )
        .where(OrderLine.order_id.in_(order_ids))
        .order_by(OrderLine.order_id, OrderLine.position)
    )
    lines: dict[int, list[_Line]] = defaultdict(list)
    for row in rows:
        lines[row.order_id].append(row)
    return lines


def complete_customers(session: Session, customer_ids: Sequence[int]) -> None:
    """Write the search text of the given customers, again if need be."""
    for start in range(0, len(customer_ids), _BATCH):
        _complete_customers(session, customer_ids[start : start + _BATCH])


def _complete_customers(session: Session, customer_ids: Sequence[int]) -> None:
    rows = session.execute(
        sa.select(Customer.id, Customer.name, Customer.company, Customer.email, Customer.phone).where(
            Customer.id.in_(customer_ids)
        )
    ).all()
    if rows:
        session.execute(
            sa.update(Customer),
            [{"id": r.id, "search_text": customer_text(r.name, r.company, r.email, r.phone)} for r in rows],
        )


def compact_daily_sales(session: Session, *, up_to: dt.date | None = None) -> int:
    """Merge the rows of each key of ``daily_sales`` into one; return how many rows that saved.

    What is deleted is what is summed and written back, so the sums stay exact whoever writes at the same time.
    """
    key = (DailySales.placed_on, DailySales.seller_id, DailySales.currency, DailySales.status)
    crowded = sa.select(DailySales.placed_on).group_by(*key).having(sa.func.count() > 1)
    if up_to is not None:
        crowded = crowded.where(DailySales.placed_on <= up_to)
    days = session.scalars(crowded.distinct()).all()
    saved = 0
    for day in days:
        gone = session.execute(
            sa.delete(DailySales)
            .where(DailySales.placed_on == day)
            .returning(
                DailySales.seller_id,
                DailySales.currency,
                DailySales.status,
                DailySales.orders,
                DailySales.total_cents,
            )
            .execution_options(synchronize_session=False)
        ).all()
        sums: dict[tuple[object, ...], list[int]] = defaultdict(lambda: [0, 0])
        for row in gone:
            both = sums[row.seller_id, row.currency, row.status]
            both[0] += row.orders
            both[1] += row.total_cents
        kept = [
            {
                "placed_on": day,
                "seller_id": seller_id,
                "currency": currency,
                "status": status,
                "orders": orders,
                "total_cents": cents,
            }
            for (seller_id, currency, status), (orders, cents) in sums.items()
            if orders or cents
        ]
        if kept:
            session.execute(sa.insert(DailySales), kept)
        saved += len(gone) - len(kept)
    return saved


def open_balances(session: Session) -> None:
    """Give what products and customers have, and no movement tells of, the movement that it began with.

    Triggers do so row by row (migration 0006); this is for a load during which they stand aside.
    """
    _open(session, Product.stock, Product.stock_moved, StockMovement.product_id, StockMovement.units)
    _open(
        session,
        Customer.loyalty_points,
        Customer.points_moved,
        PointsMovement.customer_id,
        PointsMovement.points,
    )


def _open(
    session: Session,
    balance: InstrumentedAttribute[Any],
    moved: InstrumentedAttribute[int],
    owner: InstrumentedAttribute[int],
    amount: InstrumentedAttribute[int],
) -> None:
    has, movements = balance.class_, owner.class_
    told = sa.select(owner.label("owner"), sa.func.sum(amount).label("amount")).group_by(owner).subquery()
    untold = sa.func.coalesce(balance, 0) - sa.func.coalesce(told.c.amount, 0)
    began = (
        sa.select(
            has.id,
            sa.literal("opening"),
            "opening:" + sa.cast(has.id, sa.Text),
            sa.cast(untold, sa.BigInteger),
            has.created_at,
        )
        .outerjoin(told, told.c.owner == has.id)
        .where(untold != 0)
    )
    session.execute(
        sa.insert(movements).from_select([owner.key, "kind", "cause", amount.key, "at"], began, include_defaults=False)
    )
    session.execute(
        sa.update(has).where(moved != sa.func.coalesce(balance, 0)).values({moved: sa.func.coalesce(balance, 0)})
    )


def rebuild_daily_sales(session: Session) -> None:
    """Throw ``daily_sales`` away and count it again from the orders; for bulk loads that switched triggers off."""
    session.execute(sa.delete(DailySales).execution_options(synchronize_session=False))
    counted = (
        sa.select(
            Order.placed_on,
            Order.seller_id,
            Order.currency,
            Order.status,
            sa.func.count(),
            sa.cast(sa.func.sum(Order.total_cents), sa.BigInteger),
        )
        .where(Order.placed_on.is_not(None))
        .group_by(Order.placed_on, Order.seller_id, Order.currency, Order.status)
    )
    columns = ["placed_on", "seller_id", "currency", "status", "orders", "total_cents"]
    session.execute(sa.insert(DailySales).from_select(columns, counted))
