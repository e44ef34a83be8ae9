"""Finances › Factures: invoices and credit notes page by page, newest first, however many there are."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from db.domain.document_filter import DocumentFilter, DocumentStatus, invoice_statuses
from db.domain.documents import DocumentKind
from db.domain.files import UNDER_WAY_STATES, FileState
from db.domain.permissions import Permission
from db.domain.viewer import Viewer
from db.models import Document, Order, Seller, StoredFile
from db.queries.document_conditions import Where, credited_of, few_ids, kept_of, where
from db.queries.plans import materialized

PAGE_SIZE = 50

_Original = aliased(Document)


@dataclass(frozen=True, slots=True)
class FileFacts:
    """How far the PDF of a document is."""

    id: int | None
    state: FileState | None
    is_flagged: bool

    @property
    def status(self) -> DocumentStatus | None:
        """Return what is to be said of it; nothing where all is well."""
        if self.state is None or self.state in UNDER_WAY_STATES:
            return DocumentStatus.IN_PREPARATION
        return DocumentStatus.TO_CHECK if self.is_flagged or self.state is not FileState.READY else None


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """One line of the list. Amounts are cents; a credit note's are negative."""

    id: int
    number: str
    kind: DocumentKind
    issued_on: dt.date
    order_number: str
    customer_name: str
    seller_name: str
    currency: str
    net_cents: int
    vat_cents: int
    gross_cents: int
    #: Of a credit note: the invoice that it credits.
    original_number: str | None
    #: Of an invoice: what its credit notes gave back.
    credited_cents: int
    #: What was paid for the order and not refunded.
    kept_cents: int
    file: FileFacts

    @property
    def statuses(self) -> tuple[DocumentStatus, ...]:
        """Return how it stands, what needs somebody first."""
        of_file = (self.file.status,) if self.file.status else ()
        if self.kind is DocumentKind.CREDIT_NOTE:
            return of_file
        return of_file + invoice_statuses(self.gross_cents, self.credited_cents, self.kept_cents)


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """One page of the list, newest first."""

    rows: tuple[DocumentRow, ...]
    has_newer: bool
    has_older: bool


def document_page(
    session: Session, viewer: Viewer, wanted: DocumentFilter, *, before: int | None = None, after: int | None = None
) -> DocumentPage:
    """Return one page of the documents that a filter asks for.

    Args:
        session: An open session.
        viewer: Who looks; a seller sees only their own.
        wanted: Which documents.
        before: Only those older than this one (its id).
        after: The page that ends just above this one (its id); ``before`` is then not looked at.

    Raises:
        NotAllowedError: The person may not read documents.
    """
    viewer.require(Permission.READ_DOCUMENTS)
    upwards = after is not None
    edge = _place(session, after if upwards else before)
    matching = where(session, viewer, wanted)
    found = ids_from(session, matching, edge, upwards=upwards, limit=PAGE_SIZE + 1)
    has_more, ids = len(found) > PAGE_SIZE, found[:PAGE_SIZE]
    rows = rows_of(session, ids[::-1] if upwards else ids)
    return DocumentPage(
        tuple(rows),
        has_newer=has_more if upwards else edge is not None,
        has_older=edge is not None if upwards else has_more,
    )


@dataclass(frozen=True, slots=True)
class Place:
    """Where a document stands in the list."""

    issued_on: dt.date
    id: int


def _place(session: Session, document_id: int | None) -> Place | None:
    if document_id is None:
        return None
    day = session.scalar(sa.select(Document.issued_on).where(Document.id == document_id))
    return Place(day, document_id) if day else None


def ids_from(session: Session, matching: Where, edge: Place | None, *, upwards: bool, limit: int) -> list[int]:
    """Return the ids of the next documents from a place on, downwards to older ones or upwards to newer ones."""
    ids = few_ids(session, matching)
    day: sa.ColumnElement[dt.date] = Document.issued_on.expression
    key: sa.ColumnElement[int] = Document.id.expression
    select = sa.select(key).where(*matching.walking)
    if ids is not None:
        few = materialized(sa.select(Document.id, Document.issued_on).where(Document.id.in_(ids)), "few")
        day, key, select = few.c.issued_on, few.c.id, sa.select(few.c.id)
    if edge:
        here, there = sa.tuple_(day, key), sa.tuple_(sa.literal(edge.issued_on), sa.literal(edge.id))
        select = select.where(here > there if upwards else here < there)
    order = (day, key) if upwards else (day.desc(), key.desc())
    return list(session.scalars(select.order_by(*order).limit(limit)))


def rows_of(session: Session, ids: Sequence[int]) -> list[DocumentRow]:
    """Return the rows of some documents, in the order of their ids as given."""
    if not ids:
        return []
    found = session.execute(
        sa.select(
            Document.id,
            Document.number,
            Document.kind,
            Document.issued_on,
            Order.number.label("order_number"),
            Document.customer_name,
            Seller.name.label("seller_name"),
            Document.currency,
            Document.net_cents,
            Document.vat_cents,
            Document.gross_cents,
            _Original.number.label("original_number"),
            credited_of(Document).label("credited_cents"),
            kept_of(Document).label("kept_cents"),
            StoredFile.id.label("file_id"),
            StoredFile.state,
            StoredFile.is_flagged,
        )
        .join(Order, Order.id == Document.order_id)
        .join(Seller, Seller.id == Document.seller_id)
        .outerjoin(_Original, _Original.id == Document.original_id)
        .outerjoin(StoredFile, StoredFile.document_id == Document.id)
        .where(Document.id.in_(ids))
    )
    rows = {row.id: _row(row._asdict()) for row in found}
    return [rows[document_id] for document_id in ids if document_id in rows]


def _row(facts: dict[str, Any]) -> DocumentRow:
    file = FileFacts(facts.pop("file_id"), facts.pop("state"), bool(facts.pop("is_flagged")))
    return DocumentRow(**facts, file=file)
