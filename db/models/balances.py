"""What is counted by appending: stock, loyalty points, the sellers' ledger. A balance is the sum of its rows.

The database refuses to change or delete these rows (triggers of migration 0006): what was wrong gets another row.
"""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from db.domain.ledger import LedgerKind
from db.domain.loyalty import PointsKind
from db.domain.stock import StockKind
from db.models.base import Base, BigId, EnumText, now_utc, one_of


class StockMovement(Base):
    """Units that came or went. A trigger adds them to ``products.stock``, and writes a row for whoever sets that."""

    __tablename__ = "stock_movements"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    product_id: Mapped[int] = mapped_column(sa.ForeignKey("products.id"))
    kind: Mapped[StockKind] = mapped_column(EnumText(StockKind))
    #: What caused it: « sale:812 » for order line 812. The same cause moves nothing twice.
    cause: Mapped[str] = mapped_column(unique=True)
    #: Positive: they came.
    units: Mapped[int]
    order_line_id: Mapped[int | None] = mapped_column(sa.ForeignKey("order_lines.id"))
    #: Why, where a person corrected it.
    note: Mapped[str] = mapped_column(server_default="")
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    actor_name: Mapped[str] = mapped_column(server_default="")
    at: Mapped[dt.datetime] = mapped_column(server_default=now_utc())

    __table_args__ = (
        one_of("kind", StockKind),
        sa.CheckConstraint("cause <> ''", name="cause_not_empty"),
        sa.CheckConstraint("units <> 0", name="units_not_zero"),
        sa.Index("ix_stock_movements_product", "product_id", "at", "id"),
        sa.Index("ix_stock_movements_order_line_id", "order_line_id"),
    )


class PointsMovement(Base):
    """Loyalty points that a customer earned, lost or spent. A trigger adds them to ``customers.loyalty_points``."""

    __tablename__ = "points_movements"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    customer_id: Mapped[int] = mapped_column(sa.ForeignKey("customers.id"))
    order_id: Mapped[int | None] = mapped_column(sa.ForeignKey("orders.id"), index=True)
    kind: Mapped[PointsKind] = mapped_column(EnumText(PointsKind))
    #: What caused it; the same cause moves nothing twice.
    cause: Mapped[str] = mapped_column(unique=True)
    points: Mapped[int]
    note: Mapped[str] = mapped_column(server_default="")
    actor_name: Mapped[str] = mapped_column(server_default="")
    at: Mapped[dt.datetime] = mapped_column(server_default=now_utc())

    __table_args__ = (
        one_of("kind", PointsKind),
        sa.CheckConstraint("cause <> ''", name="cause_not_empty"),
        sa.CheckConstraint("points <> 0", name="points_not_zero"),
        sa.Index("ix_points_movements_customer", "customer_id", "at", "id"),
    )


class LedgerEntry(Base):
    """One euro amount owed to (positive) or by (negative) a seller. A balance is the sum per seller and currency."""

    __tablename__ = "ledger_entries"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    seller_id: Mapped[int] = mapped_column(sa.ForeignKey("sellers.id"))
    currency: Mapped[str]
    kind: Mapped[LedgerKind] = mapped_column(EnumText(LedgerKind))
    amount_cents: Mapped[int]
    #: What caused it; the same cause books nothing twice.
    cause: Mapped[str] = mapped_column(unique=True)
    order_id: Mapped[int | None] = mapped_column(sa.ForeignKey("orders.id"), index=True)
    #: Of a fee: the rate of the sale's day.
    fee_rate_bp: Mapped[int | None]
    #: Of what a payout causes: that payout. All else is to be paid out, and has its row of ``payout_entries``.
    payout_id: Mapped[int | None] = mapped_column(sa.ForeignKey("payouts.id"))
    note: Mapped[str] = mapped_column(server_default="")
    actor_name: Mapped[str] = mapped_column(server_default="")
    #: Of a correction: who wrote it; they do not approve the payout that holds it.
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    at: Mapped[dt.datetime] = mapped_column(server_default=now_utc())

    __table_args__ = (
        one_of("kind", LedgerKind),
        sa.CheckConstraint("cause <> ''", name="cause_not_empty"),
        sa.CheckConstraint("amount_cents <> 0", name="amount_not_zero"),
        sa.CheckConstraint("length(currency) = 3", name="currency_is_iso"),
        # With the amount and its kind: balances and the sums of a year are told from the index alone.
        sa.Index("ix_ledger_entries_seller", "seller_id", "currency", "at", "id", "amount_cents", "kind"),
        sa.Index(
            "ix_ledger_entries_payout",
            "payout_id",
            sqlite_where=sa.text("payout_id IS NOT NULL"),
            postgresql_where=sa.text("payout_id IS NOT NULL"),
        ),
    )


class BalanceFinding(Base):
    """What the nightly check found not to agree; each check writes these rows anew."""

    __tablename__ = "balance_findings"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    #: What was compared: « stock », « points », « ledger », « refunds ».
    subject: Mapped[str]
    product_id: Mapped[int | None] = mapped_column(sa.ForeignKey("products.id", ondelete="CASCADE"))
    customer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("customers.id", ondelete="CASCADE"))
    order_id: Mapped[int | None] = mapped_column(sa.ForeignKey("orders.id", ondelete="CASCADE"))
    payout_id: Mapped[int | None] = mapped_column(sa.ForeignKey("payouts.id", ondelete="CASCADE"))
    expected: Mapped[int]
    found: Mapped[int]
    #: What does not agree, in a sentence for staff.
    sentence: Mapped[str]
    found_at: Mapped[dt.datetime]
