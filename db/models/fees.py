"""What the marketplace invoices to its sellers: a series of its own, numbered and chained like all invoices."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, BigId, not_negative


class FeeSeries(Base):
    """The fee invoices, or the credit notes on them, of one year; its row is locked while one is numbered."""

    __tablename__ = "fee_series"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    #: What its numbers begin with: FC2026, AC2026.
    code: Mapped[str] = mapped_column(unique=True)
    year: Mapped[int]
    last_sequence: Mapped[int] = mapped_column(server_default="0")
    last_issued_at: Mapped[dt.datetime | None]
    last_hash: Mapped[str]

    __table_args__ = (*not_negative("last_sequence"),)


class FeeDocument(Base):
    """What the marketplace invoices to a seller for its service. The database refuses to change or delete it.

    Amounts are cents; those of a credit note are negative.
    """

    __tablename__ = "fee_documents"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    series_id: Mapped[int] = mapped_column(sa.ForeignKey("fee_series.id"))
    sequence: Mapped[int]
    number: Mapped[str] = mapped_column(unique=True)
    is_credit_note: Mapped[bool]
    seller_id: Mapped[int] = mapped_column(sa.ForeignKey("sellers.id"))
    #: What caused it, once: « payout:12 », « month:2026-11:7:EUR ».
    cause: Mapped[str] = mapped_column(unique=True)
    first_on: Mapped[dt.date]
    last_on: Mapped[dt.date]
    issued_at: Mapped[dt.datetime]
    issued_on: Mapped[dt.date]
    currency: Mapped[str]
    net_cents: Mapped[int]
    vat_cents: Mapped[int]
    gross_cents: Mapped[int]
    #: Everything it states, as ``db/domain/snapshot_json.py`` writes it.
    snapshot: Mapped[dict[str, Any]]
    previous_hash: Mapped[str]
    content_hash: Mapped[str]
    #: Its PDF, made once (Factur-X).
    file_id: Mapped[int] = mapped_column(sa.ForeignKey("files.id"), unique=True)

    __table_args__ = (
        sa.UniqueConstraint("series_id", "sequence"),
        sa.CheckConstraint("sequence >= 1", name="sequence_positive"),
        sa.CheckConstraint("net_cents + vat_cents = gross_cents", name="net_and_vat_are_gross"),
        sa.CheckConstraint(
            "CASE WHEN is_credit_note THEN gross_cents < 0 ELSE gross_cents > 0 END", name="gross_has_its_sign"
        ),
        sa.Index("ix_fee_documents_issued_on", "issued_on", "id"),
        sa.Index("ix_fee_documents_seller", "seller_id", "issued_on", "id"),
    )
