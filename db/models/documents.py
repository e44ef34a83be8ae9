"""Numbered documents: invoices and credit notes, their series, what is still to be issued, and how they were checked.

The database refuses to change or delete what is issued (triggers of migration 0005): corrections are new documents.
"""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from db.domain.documents import FIRST_HASH, DocumentKind
from db.models.base import Base, BigId, EnumText, not_negative, now_utc, one_of


class DocumentSeries(Base):
    """The documents of one kind that one seller issued in one year; its row is locked while one is numbered."""

    __tablename__ = "document_series"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    #: What its numbers begin with: F2026-BRULERIE.
    code: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[DocumentKind] = mapped_column(EnumText(DocumentKind))
    seller_id: Mapped[int] = mapped_column(sa.ForeignKey("sellers.id"))
    year: Mapped[int]
    last_sequence: Mapped[int] = mapped_column(server_default="0")
    last_issued_at: Mapped[dt.datetime | None]
    last_hash: Mapped[str] = mapped_column(server_default=FIRST_HASH)

    __table_args__ = (
        one_of("kind", DocumentKind),
        sa.UniqueConstraint("seller_id", "kind", "year"),
        *not_negative("last_sequence"),
    )


class Document(Base):
    """An invoice or a credit note as it was issued. Amounts are cents; a credit note's are negative."""

    __tablename__ = "documents"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[DocumentKind] = mapped_column(EnumText(DocumentKind))
    series_id: Mapped[int] = mapped_column(sa.ForeignKey("document_series.id"))
    sequence: Mapped[int]
    number: Mapped[str] = mapped_column(unique=True)
    order_id: Mapped[int] = mapped_column(sa.ForeignKey("orders.id"), index=True)
    seller_id: Mapped[int] = mapped_column(sa.ForeignKey("sellers.id"))
    customer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("customers.id"))
    #: The company, or else the person.
    customer_name: Mapped[str] = mapped_column(server_default="")
    #: Of a credit note: the invoice that it corrects.
    original_id: Mapped[int | None] = mapped_column(sa.ForeignKey("documents.id"))
    issued_at: Mapped[dt.datetime]
    #: The day of ``issued_at`` in the marketplace's time zone.
    issued_on: Mapped[dt.date]
    currency: Mapped[str]
    net_cents: Mapped[int]
    vat_cents: Mapped[int]
    gross_cents: Mapped[int]
    #: Everything it states, as ``db/domain/snapshot_json.py`` writes it.
    snapshot: Mapped[dict[str, Any]]
    previous_hash: Mapped[str]
    #: Of ``previous_hash`` and ``snapshot``: ``chained_hash``.
    content_hash: Mapped[str]

    __table_args__ = (
        one_of("kind", DocumentKind),
        sa.UniqueConstraint("series_id", "sequence"),
        sa.CheckConstraint("sequence >= 1", name="sequence_positive"),
        sa.CheckConstraint("net_cents + vat_cents = gross_cents", name="net_and_vat_are_gross"),
        sa.CheckConstraint("(kind = 'credit_note') = (original_id IS NOT NULL)", name="credit_note_has_its_original"),
        sa.CheckConstraint(
            "CASE kind WHEN 'credit_note' THEN gross_cents < 0 ELSE gross_cents > 0 END", name="gross_has_its_sign"
        ),
        # Filters of Finances › Factures, each ending in its sort: newest first.
        sa.Index("ix_documents_issued_on", "issued_on", "id"),
        sa.Index("ix_documents_kind", "kind", "issued_on", "id"),
        sa.Index("ix_documents_seller", "seller_id", "issued_on", "id"),
        sa.Index("ix_documents_customer", "customer_id", "issued_on", "id"),
        sa.Index("ix_documents_gross", "gross_cents", "id"),
        # What was given back of each invoice, answered without reading a credit note.
        sa.Index(
            "ix_documents_credited",
            "original_id",
            "gross_cents",
            sqlite_where=sa.text("original_id IS NOT NULL"),
            postgresql_where=sa.text("original_id IS NOT NULL"),
        ),
    )


def _totals_index(name: str, *columns: str) -> sa.Index:
    """Return an index that holds all that totals are made of: they read nothing else."""
    return sa.Index(name, *columns, "kind", "currency", "rate_bp", "net_cents", "vat_cents", "gross_cents")


class DocumentVat(Base):
    """What a document states for one rate, with what totals are asked by beside it, so that one index answers them."""

    __tablename__ = "document_vat"

    document_id: Mapped[int] = mapped_column(sa.ForeignKey("documents.id"), primary_key=True)
    rate_bp: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[DocumentKind] = mapped_column(EnumText(DocumentKind))
    seller_id: Mapped[int]
    issued_on: Mapped[dt.date]
    currency: Mapped[str]
    net_cents: Mapped[int]
    vat_cents: Mapped[int]
    gross_cents: Mapped[int]

    __table_args__ = (
        one_of("kind", DocumentKind),
        sa.CheckConstraint("net_cents + vat_cents = gross_cents", name="net_and_vat_are_gross"),
        _totals_index("ix_document_vat_totals", "issued_on", "seller_id"),
        _totals_index("ix_document_vat_seller", "seller_id", "issued_on"),
    )


class DueDocument(Base):
    """A document that the worker is to issue once what caused it cannot be undone any more."""

    __tablename__ = "due_documents"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    order_id: Mapped[int] = mapped_column(sa.ForeignKey("orders.id", ondelete="CASCADE"))
    kind: Mapped[DocumentKind] = mapped_column(EnumText(DocumentKind))
    #: Of a credit note: units by order line; NULL for the whole invoice.
    units: Mapped[dict[str, Any] | None]
    #: What those units are given back for, in cents, by order line; NULL: what the invoice holds too much of them.
    amounts: Mapped[dict[str, Any] | None]
    #: Whether the customer is written to about a credit note.
    notifies: Mapped[bool] = mapped_column(server_default=sa.true())
    reason: Mapped[str] = mapped_column(server_default="")
    #: The history row of what caused it, with which it is taken back.
    history_id: Mapped[int | None] = mapped_column(sa.ForeignKey("order_history.id", ondelete="CASCADE"), index=True)
    #: The bulk action it belongs to: it waits for its end.
    task_id: Mapped[int | None] = mapped_column(sa.ForeignKey("tasks.id"), index=True)
    due_at: Mapped[dt.datetime] = mapped_column(index=True)
    created_at: Mapped[dt.datetime] = mapped_column(server_default=now_utc())
    #: Why it could not be issued yet; it is tried again.
    error: Mapped[str] = mapped_column(server_default="")

    __table_args__ = (
        one_of("kind", DocumentKind),
        # Whatever asks for an order's invoice, it gets one.
        sa.Index(
            "uq_due_documents_invoice",
            "order_id",
            unique=True,
            sqlite_where=sa.text("kind = 'invoice'"),
            postgresql_where=sa.text("kind = 'invoice'"),
        ),
        sa.Index("ix_due_documents_order", "order_id"),
        sa.Index(
            "ix_due_documents_blocked",
            "id",
            sqlite_where=sa.text("error <> ''"),
            postgresql_where=sa.text("error <> ''"),
        ),
    )


class DocumentCheck(Base):
    """One run of the continuity report: what was found, series by series."""

    __tablename__ = "document_checks"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    checked_at: Mapped[dt.datetime]
    #: Who asked for it; empty for the night's own.
    person_name: Mapped[str] = mapped_column(server_default="")
    #: None: of all years.
    year: Mapped[int | None]
    documents: Mapped[int]
    is_sound: Mapped[bool]
    #: ``SeriesReport`` of ``db/domain/continuity.py``, as JSON.
    report: Mapped[list[dict[str, Any]]]

    __table_args__ = (*not_negative("documents"),)


class DocumentSettings(Base):
    """What documents say beside the sale: one row, edited in Réglages › Documents."""

    __tablename__ = "document_settings"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    #: Of the marketplace: « SAS au capital de 50 000 € – RCS Rennes 832 000 000 ».
    legal_notice: Mapped[str] = mapped_column(server_default="")
    #: Days from an invoice's date until it is to be paid; 0: at once.
    payment_days: Mapped[int] = mapped_column(server_default="0")
    #: Texts; empty for the ones of ``db/domain/mentions.py``.
    mandate: Mapped[str] = mapped_column(server_default="")
    late_penalty: Mapped[str] = mapped_column(server_default="")
    recovery_fee: Mapped[str] = mapped_column(server_default="")
    early_payment: Mapped[str] = mapped_column(server_default="")
    exempt: Mapped[str] = mapped_column(server_default="")
    export: Mapped[str] = mapped_column(server_default="")
    intra_community: Mapped[str] = mapped_column(server_default="")
    debits: Mapped[str] = mapped_column(server_default="")
    #: How to pay what is left to pay of an invoice.
    payment: Mapped[str] = mapped_column(server_default="")
    #: A free text at the end of each document.
    footer: Mapped[str] = mapped_column(server_default="")
    #: Where the picture is stored (``db/storage``); empty for the name in letters.
    logo_ref: Mapped[str] = mapped_column(server_default="")

    __table_args__ = (
        sa.CheckConstraint("id = 1", name="single_row"),
        sa.CheckConstraint("payment_days BETWEEN 0 AND 60", name="payment_days_up_to_sixty"),
    )
