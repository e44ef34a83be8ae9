"""Months that finance closed: their figures as they were then, chained so that none is exchanged."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base


class MonthClosing(Base):
    """One closed month. The database refuses to change or delete it, and to change amounts of its sales and money.

    Its sales are the orders that were placed in it and taken in before it was closed; what comes later stays open.
    """

    __tablename__ = "month_closings"

    #: The month's first day.
    month: Mapped[dt.date] = mapped_column(primary_key=True)
    #: When its first day began in the marketplace's time zone, and when its last one was over.
    starts_at: Mapped[dt.datetime]
    ends_at: Mapped[dt.datetime]
    closed_at: Mapped[dt.datetime]
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    person_name: Mapped[str]
    note: Mapped[str] = mapped_column(server_default="")
    #: What was frozen, as ``db/domain/closing.py`` writes it.
    figures: Mapped[dict[str, Any]]
    previous_hash: Mapped[str]
    #: Of ``previous_hash`` and ``figures``.
    content_hash: Mapped[str]
