"""Figures of the sales, kept ready for charts and for « Contrôle »; all of it can be counted again at any time.

Triggers on whatever a figure is made of note the *day* of the order that was touched, in the same transaction and
whoever writes; nothing else. A stale day is counted live by whoever reads, until the worker has counted it anew: so
the figures are exact at every instant (decision 018).
"""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from db.domain.figures import Facet
from db.models.base import Base, BigId, EnumText, one_of


class StaleDay(Base):
    """A day some of whose orders were touched since it was last counted; several rows a day mean the same as one."""

    __tablename__ = "stale_days"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    day: Mapped[dt.date] = mapped_column(index=True)
    #: On PostgreSQL, the number of the transaction in which the worker first saw it. Older ones that are still under
    #: way may hold changes that nobody else sees and that noted another day: until they end, the note stays.
    seen_at: Mapped[int | None]


class DayFigure(Base):
    """How many orders of a day and currency have one value of one facet (``db/domain/figures.py``)."""

    __tablename__ = "day_figures"

    facet: Mapped[Facet] = mapped_column(EnumText(Facet), primary_key=True)
    day: Mapped[dt.date] = mapped_column(primary_key=True)
    currency: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(primary_key=True)
    orders: Mapped[int]
    cents: Mapped[int]
    units: Mapped[int]

    __table_args__ = (one_of("facet", Facet), {"sqlite_with_rowid": False})


class MonthFigure(Base):
    """The sum of a month's ``day_figures``, under the month's first day."""

    __tablename__ = "month_figures"

    facet: Mapped[Facet] = mapped_column(EnumText(Facet), primary_key=True)
    month: Mapped[dt.date] = mapped_column(primary_key=True)
    currency: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(primary_key=True)
    orders: Mapped[int]
    cents: Mapped[int]
    units: Mapped[int]

    __table_args__ = (one_of("facet", Facet), {"sqlite_with_rowid": False})


class DayControl(Base):
    """What the books say of the orders of one day, seller and currency: « Contrôle » compares its columns. Cents."""

    __tablename__ = "day_controls"

    day: Mapped[dt.date] = mapped_column(primary_key=True)
    currency: Mapped[str] = mapped_column(primary_key=True)
    seller_id: Mapped[int] = mapped_column(primary_key=True)
    orders: Mapped[int]
    #: What the orders ask for: their totals, less what was cancelled, settled or taken back.
    sold_cents: Mapped[int]
    invoiced_cents: Mapped[int]
    credited_cents: Mapped[int]
    paid_cents: Mapped[int]
    refunded_cents: Mapped[int]
    #: What the ledger owes the sellers for them, and the fees it kept, without and as VAT.
    seller_cents: Mapped[int]
    fee_net_cents: Mapped[int]
    fee_vat_cents: Mapped[int]
    #: Orders of which some of these do not agree, for whatever reason; those of which nothing explains it.
    differing_orders: Mapped[int]
    unexplained_orders: Mapped[int]

    __table_args__ = (
        # A handful, among all days there ever were.
        sa.Index(
            "ix_day_controls_unexplained",
            "day",
            sqlite_where=sa.text("unexplained_orders > 0"),
            postgresql_where=sa.text("unexplained_orders > 0"),
        ),
        {"sqlite_with_rowid": False},
    )
