"""One document as Finances › Factures shows it: what it states, what belongs to it, and how its file is."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.documents import DocumentKind, DocumentNotFoundError
from db.domain.permissions import Permission
from db.domain.snapshot import Snapshot
from db.domain.snapshot_json import from_json
from db.domain.viewer import Viewer
from db.models import Document
from db.queries.documents import DocumentRow, rows_of
from db.queries.files import FileRow, file_row


@dataclass(frozen=True, slots=True)
class RelatedDocument:
    """The invoice of a credit note, or a credit note of an invoice."""

    id: int
    number: str
    kind: DocumentKind
    issued_on: dt.date
    gross_cents: int
    currency: str


@dataclass(frozen=True, slots=True)
class DocumentDetail:
    """A document, whole."""

    row: DocumentRow
    stated: Snapshot
    issued_at: dt.datetime
    #: Who had it issued: a person, or the system.
    person_name: str
    file: FileRow | None
    #: Its credit notes, or its invoice.
    related: tuple[RelatedDocument, ...]


def document_detail(session: Session, viewer: Viewer, document_id: int) -> DocumentDetail:
    """Return one document.

    Raises:
        NotAllowedError: The person may not read documents.
        DocumentNotFoundError: There is none, or it is another seller's.
    """
    viewer.require(Permission.READ_DOCUMENTS)
    own = [] if viewer.seller_id is None else [Document.seller_id == viewer.seller_id]
    found = session.execute(
        sa.select(Document.snapshot, Document.issued_at, Document.original_id).where(Document.id == document_id, *own)
    ).one_or_none()
    if found is None:
        raise DocumentNotFoundError
    row = rows_of(session, [document_id])[0]
    file = None if row.file.id is None else file_row(session, viewer, row.file.id)
    return DocumentDetail(
        row=row,
        stated=from_json(found.snapshot),
        issued_at=found.issued_at,
        person_name=file.person_name if file else "",
        file=file,
        related=_related(session, document_id, found.original_id),
    )


def _related(session: Session, document_id: int, original_id: int | None) -> tuple[RelatedDocument, ...]:
    related = Document.original_id == document_id if original_id is None else Document.id == original_id
    found = session.execute(
        sa.select(
            Document.id, Document.number, Document.kind, Document.issued_on, Document.gross_cents, Document.currency
        )
        .where(related)
        .order_by(Document.id)
    )
    return tuple(RelatedDocument(**row._asdict()) for row in found)
