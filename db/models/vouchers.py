"""Vouchers: what a customer may spend, and each time they did."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, BigId, not_negative, now_utc

_IS_LIVE = "cancelled_at IS NULL AND used_cents < amount_cents"


class Voucher(Base):
    """A « bon d'achat ». Amounts are cents of ``currency``."""

    __tablename__ = "vouchers"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    #: As the customer types it; ``db/domain/vouchers.py`` says of which characters.
    code: Mapped[str] = mapped_column(unique=True)
    amount_cents: Mapped[int]
    used_cents: Mapped[int] = mapped_column(server_default="0")
    currency: Mapped[str] = mapped_column(server_default="EUR")
    #: The last day on which it can be used.
    expires_on: Mapped[dt.date]
    customer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("customers.id"), index=True)
    #: The order that it makes up for.
    order_id: Mapped[int | None] = mapped_column(sa.ForeignKey("orders.id"), index=True)
    settlement_id: Mapped[int | None] = mapped_column(sa.ForeignKey("settlements.id"), unique=True)
    #: Why it was given.
    note: Mapped[str] = mapped_column(server_default="")
    #: Drawn when the form opens: a second click finds the first one's row.
    key: Mapped[str | None] = mapped_column(unique=True)
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    person_name: Mapped[str] = mapped_column(server_default="")
    created_at: Mapped[dt.datetime] = mapped_column(server_default=now_utc())
    cancelled_at: Mapped[dt.datetime | None]
    cancel_reason: Mapped[str] = mapped_column(server_default="")
    version: Mapped[int] = mapped_column(server_default="1")

    __table_args__ = (
        sa.CheckConstraint("code <> ''", name="code_not_empty"),
        sa.CheckConstraint("amount_cents > 0", name="amount_positive"),
        sa.CheckConstraint("used_cents <= amount_cents", name="not_more_used_than_given"),
        sa.CheckConstraint("length(currency) = 3", name="currency_is_iso"),
        *not_negative("used_cents"),
        sa.Index("ix_vouchers_created_at", "created_at", "id"),
        # What the books take back of them.
        sa.Index(
            "ix_vouchers_cancelled_at",
            "cancelled_at",
            sqlite_where=sa.text("cancelled_at IS NOT NULL"),
            postgresql_where=sa.text("cancelled_at IS NOT NULL"),
        ),
        sa.Index(
            "ix_vouchers_live", "expires_on", "id", sqlite_where=sa.text(_IS_LIVE), postgresql_where=sa.text(_IS_LIVE)
        ),
    )


class VoucherUse(Base):
    """One time that a voucher was spent, wholly or in part."""

    __tablename__ = "voucher_uses"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    voucher_id: Mapped[int] = mapped_column(sa.ForeignKey("vouchers.id"))
    #: The shop's own key of this use; the same one twice is one use.
    key: Mapped[str]
    amount_cents: Mapped[int]
    #: The order or basket it paid for, as the shop calls it.
    order_reference: Mapped[str] = mapped_column(server_default="")
    used_at: Mapped[dt.datetime] = mapped_column(server_default=now_utc())

    __table_args__ = (
        sa.UniqueConstraint("voucher_id", "key"),
        sa.CheckConstraint("amount_cents > 0", name="amount_positive"),
        sa.CheckConstraint("key <> ''", name="key_not_empty"),
    )
