"""What left together: lines and quantities, with the carrier's number."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, BigId, now_utc


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
