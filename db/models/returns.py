"""Return requests as the shop writes them; their life is worked on in its own pages."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from db.domain.orders import OPEN_RETURN_STATUSES, ReturnStatus
from db.models.base import Base, BigId, EnumText, now_utc, one_of, sql_list

_IS_OPEN = f"status IN ({sql_list(OPEN_RETURN_STATUSES)})"


class Return(Base):
    """The buyer's request to send something back."""

    __tablename__ = "returns"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    order_id: Mapped[int] = mapped_column(sa.ForeignKey("orders.id", ondelete="CASCADE"), index=True)
    status: Mapped[ReturnStatus] = mapped_column(EnumText(ReturnStatus), server_default=ReturnStatus.REQUESTED.value)
    explanation: Mapped[str] = mapped_column(server_default="")
    requested_at: Mapped[dt.datetime] = mapped_column(server_default=now_utc())
    version: Mapped[int] = mapped_column(server_default="1")

    __table_args__ = (
        one_of("status", ReturnStatus),
        # « retours en attente »: few rows, whatever the number of returns ever made.
        sa.Index("ix_returns_open", "order_id", sqlite_where=sa.text(_IS_OPEN), postgresql_where=sa.text(_IS_OPEN)),
    )


class ReturnLine(Base):
    """How many units of which line the buyer sends back."""

    __tablename__ = "return_lines"

    return_id: Mapped[int] = mapped_column(sa.ForeignKey("returns.id", ondelete="CASCADE"), primary_key=True)
    order_line_id: Mapped[int] = mapped_column(
        sa.ForeignKey("order_lines.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    quantity: Mapped[int]

    __table_args__ = (sa.CheckConstraint("quantity > 0", name="quantity_positive"),)
