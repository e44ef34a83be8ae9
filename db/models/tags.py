"""Words of staff's own that group orders."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, BigId, now_utc


class Tag(Base):
    """A word staff puts on orders: « Fragile », « À rappeler »."""

    __tablename__ = "tags"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[dt.datetime] = mapped_column(server_default=now_utc())

    __table_args__ = (sa.CheckConstraint("name <> ''", name="name_not_empty"),)


class OrderTag(Base):
    """An order bears a tag."""

    __tablename__ = "order_tags"

    tag_id: Mapped[int] = mapped_column(
        BigId, sa.ForeignKey("tags.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    order_id: Mapped[int] = mapped_column(
        BigId, sa.ForeignKey("orders.id", ondelete="CASCADE"), primary_key=True, autoincrement=False, index=True
    )
