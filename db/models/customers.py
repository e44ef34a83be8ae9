"""What the house keeps about customers beside their account: internal notes, and how their data was handled."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from db.domain.privacy import PrivacyAct
from db.models.base import Base, BigId, EnumText, now_utc, one_of


class CustomerNote(Base):
    """What staff wrote down about a customer, for staff."""

    __tablename__ = "customer_notes"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    customer_id: Mapped[int] = mapped_column(sa.ForeignKey("customers.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    person_name: Mapped[str]
    body: Mapped[str]
    at: Mapped[dt.datetime] = mapped_column(server_default=now_utc())

    __table_args__ = (sa.CheckConstraint("body <> ''", name="body_not_empty"),)


class PrivacyEntry(Base):
    """One export or erasure of a customer's data (RGPD, art. 15, 17, 20): who did it, when, what was kept."""

    __tablename__ = "privacy_entries"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    #: No foreign key: the entry outlives whatever becomes of the account.
    customer_id: Mapped[int] = mapped_column(BigId, index=True)
    act: Mapped[PrivacyAct] = mapped_column(EnumText(PrivacyAct))
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    person_name: Mapped[str]
    #: How many of what was exported, erased or kept.
    counts: Mapped[dict[str, Any]] = mapped_column(server_default=sa.text("'{}'"))
    at: Mapped[dt.datetime] = mapped_column(server_default=now_utc())

    __table_args__ = (one_of("act", PrivacyAct),)
