"""What a seller pays and when it is paid, since when, and who changed how it is paid or reached."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from db.domain.bank_details import SellerSubject
from db.models.base import Base, BigId, EnumText, now_utc


class SellerTerms(Base):
    """What a seller pays and when it is paid, for orders placed from a day on; before it, those of ``sellers``."""

    __tablename__ = "seller_terms"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    seller_id: Mapped[int] = mapped_column(sa.ForeignKey("sellers.id"))
    #: The first day of orders to which they apply.
    from_on: Mapped[dt.date]
    fee_rate_bp: Mapped[int]
    #: Business days after the order.
    payout_delay_days: Mapped[int]
    #: Why they were changed.
    note: Mapped[str] = mapped_column(server_default="")
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    person_name: Mapped[str] = mapped_column(server_default="")
    created_at: Mapped[dt.datetime] = mapped_column(server_default=now_utc())

    __table_args__ = (
        sa.UniqueConstraint("seller_id", "from_on"),
        sa.CheckConstraint("fee_rate_bp BETWEEN 0 AND 10000", name="fee_rate_bp_is_a_share"),
        sa.CheckConstraint("payout_delay_days BETWEEN 0 AND 250", name="payout_delay_days_up_to_a_year"),
    )


class SellerChange(Base):
    """One change of how a seller is paid or reached. The database refuses to change or delete it."""

    __tablename__ = "seller_changes"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    seller_id: Mapped[int] = mapped_column(sa.ForeignKey("sellers.id"))
    subject: Mapped[SellerSubject] = mapped_column(EnumText(SellerSubject))
    before: Mapped[str] = mapped_column(server_default="")
    after: Mapped[str] = mapped_column(server_default="")
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    person_name: Mapped[str] = mapped_column(server_default="")
    at: Mapped[dt.datetime] = mapped_column(server_default=now_utc())

    __table_args__ = (sa.Index("ix_seller_changes_seller", "seller_id", "at", "id"),)
