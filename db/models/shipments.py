"""What left together: lines and quantities, with the carrier's number."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from db.domain.orders import ActorKind
from db.models.base import Base, BigId, EnumText, now_utc, one_of

_AWAITS_RECEIPT = "delivered_at IS NOT NULL AND received_at IS NULL AND cancelled_at IS NULL"


class Shipment(Base):
    """Some articles of one order that left in one parcel."""

    __tablename__ = "shipments"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    order_id: Mapped[int] = mapped_column(sa.ForeignKey("orders.id", ondelete="CASCADE"), index=True)
    carrier: Mapped[str] = mapped_column(server_default="")
    tracking_number: Mapped[str] = mapped_column(server_default="")
    tracking_url: Mapped[str] = mapped_column(server_default="")
    #: What the customer was told with it.
    message: Mapped[str] = mapped_column(server_default="")
    shipped_at: Mapped[dt.datetime] = mapped_column(server_default=now_utc())
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    #: The day it should arrive: so many business days of its carrier after it left.
    expected_on: Mapped[dt.date | None]
    delivered_at: Mapped[dt.datetime | None]
    #: When and by whom its arrival was confirmed, and from which network address: the proof of receipt.
    received_at: Mapped[dt.datetime | None]
    received_by: Mapped[ActorKind | None] = mapped_column(EnumText(ActorKind))
    received_from: Mapped[str] = mapped_column(server_default="")
    #: It did not leave after all: its articles are to ship again.
    cancelled_at: Mapped[dt.datetime | None]

    __table_args__ = (
        one_of("received_by", ActorKind),
        sa.Index(
            "ix_shipments_awaiting_receipt",
            "delivered_at",
            "id",
            sqlite_where=sa.text(_AWAITS_RECEIPT),
            postgresql_where=sa.text(_AWAITS_RECEIPT),
        ),
    )


class ShipmentLine(Base):
    """How many units of which line a parcel holds."""

    __tablename__ = "shipment_lines"

    shipment_id: Mapped[int] = mapped_column(
        BigId, sa.ForeignKey("shipments.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    order_line_id: Mapped[int] = mapped_column(
        BigId, sa.ForeignKey("order_lines.id", ondelete="CASCADE"), primary_key=True, autoincrement=False, index=True
    )
    quantity: Mapped[int]

    __table_args__ = (sa.CheckConstraint("quantity > 0", name="quantity_positive"),)
