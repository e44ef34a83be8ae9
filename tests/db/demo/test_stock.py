"""The demo's stock: each figure is the sum of movements that could have happened."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.demo.documents import SINCE
from db.domain.orders import OrderStatus
from db.domain.stock import StockKind
from db.models import Order, OrderLine, Product, StockMovement
from tests.conftest import NOW


def test_every_stock_is_the_sum_of_its_movements_and_never_was_below_nothing(demo: Session) -> None:
    stocks = {row.id: row.stock for row in demo.execute(sa.select(Product.id, Product.stock))}
    moved = dict.fromkeys(stocks, 0)
    found = demo.execute(
        sa.select(StockMovement.product_id, StockMovement.units).order_by(StockMovement.at, StockMovement.id)
    )
    for row in found:
        moved[row.product_id] += row.units
        assert moved[row.product_id] >= 0
    assert moved == {product_id: stock or 0 for product_id, stock in stocks.items()}
    assert not demo.scalar(sa.select(sa.func.count()).where(Product.stock_moved != sa.func.coalesce(Product.stock, 0)))


def test_what_was_sold_and_cancelled_lately_is_there_line_by_line(demo: Session) -> None:
    since = NOW - SINCE + dt.timedelta(minutes=1)
    lines = demo.execute(
        sa.select(OrderLine.id, OrderLine.quantity, OrderLine.quantity_cancelled)
        .join(Order, Order.id == OrderLine.order_id)
        .join(Product, Product.id == OrderLine.product_id)
        .where(Order.placed_at.between(since, NOW - dt.timedelta(minutes=1)), Product.stock.is_not(None))
    ).all()
    moved = {
        (row.order_line_id, row.kind): row.units
        for row in demo.execute(
            sa.select(StockMovement.order_line_id, StockMovement.kind, StockMovement.units).where(
                StockMovement.order_line_id.is_not(None)
            )
        )
    }
    assert lines
    for line in lines:
        assert moved[line.id, StockKind.SALE] == -line.quantity
        assert moved.get((line.id, StockKind.CANCELLATION), 0) == line.quantity_cancelled


def test_it_shows_every_kind_of_movement_that_staff_meets(demo: Session) -> None:
    kinds = set(demo.scalars(sa.select(StockMovement.kind).distinct()))
    assert kinds >= {StockKind.OPENING, StockKind.SALE, StockKind.CANCELLATION, StockKind.CORRECTION}
    cancelled = (
        sa.select(sa.func.count())
        .select_from(StockMovement)
        .join(OrderLine, OrderLine.id == StockMovement.order_line_id)
        .join(Order, Order.id == OrderLine.order_id)
        .where(StockMovement.kind == StockKind.CANCELLATION, Order.status == OrderStatus.CANCELLED)
    )
    assert demo.scalar(cancelled)
