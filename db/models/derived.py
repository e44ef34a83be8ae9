"""What is computed from the other tables so that screens stay fast; it can be rebuilt at any time."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from db.domain.orders import OrderStatus
from db.models.base import Base, BigId, EnumText, one_of


class DailySales(Base):
    """Orders per day, seller, currency and status: the *sum* of the rows of a key, never one row.

    Triggers on ``orders`` append +1/−1 rows, so nobody waits for anybody and the sum is exact inside every
    transaction, whoever wrote the order; ``compact_daily_sales`` merges the rows of a key now and then.
    """

    __tablename__ = "daily_sales"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    placed_on: Mapped[dt.date]
    seller_id: Mapped[int]
    currency: Mapped[str]
    status: Mapped[OrderStatus] = mapped_column(EnumText(OrderStatus))
    orders: Mapped[int]
    total_cents: Mapped[int]

    __table_args__ = (
        one_of("status", OrderStatus),
        # The month calendar reads a range of days out of the index alone.
        sa.Index("ix_daily_sales_day", "placed_on", "currency", "seller_id", "status", "orders", "total_cents"),
    )


class OrderSearch(Base):
    """The folded text an order is found by, in two parts, one per search box.

    Indexed by trigrams: an FTS5 table (SQLite) or GIN indexes (PostgreSQL), made by the migration because
    metadata knows neither.
    """

    __tablename__ = "order_search"

    order_id: Mapped[int] = mapped_column(
        BigId, sa.ForeignKey("orders.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    #: Number, customer's name, company, e-mail, phone digits.
    who: Mapped[str]
    #: Product names, references, suppliers, attribute values.
    what: Mapped[str]
