"""One document as Finances › Factures shows it: what it states, what belongs to it, and how its file is."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.documents import DocumentKind, DocumentNotFoundError
from db.domain.files import FileState
from db.domain.permissions import Permission
from db.domain.snapshot import Snapshot, from_json
from db.domain.viewer import Viewer
from db.models import Document, StoredFile
from db.queries.documents import DocumentRow, rows_of


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
class DocumentFile:
    """The PDF of a document, wherever it is on its way."""

    id: int
    state: FileState
    error: str
    is_flagged: bool
    #: What an official check found wrong: {"rule": "BR-CO-15", "text": "…"}.
    faults: Sequence[Mapping[str, str]]
    #: What could not be drawn as it is written: {"text": "…"}.
    warnings: Sequence[Mapping[str, str]]
    size_bytes: int
    sha256: str
    ready_at: dt.datetime | None
    checked_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class DocumentDetail:
    """A document, whole."""

    row: DocumentRow
    stated: Snapshot
    issued_at: dt.datetime
    #: Who had it issued: a person, or the system.
    person_name: str
    file: DocumentFile | None
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
    file = session.scalars(sa.select(StoredFile).where(StoredFile.document_id == document_id)).one_or_none()
    return DocumentDetail(
        row=rows_of(session, [document_id])[0],
        stated=from_json(found.snapshot),
        issued_at=found.issued_at,
        person_name=file.person_name if file else "",
        file=_file(file) if file else None,
        related=_related(session, document_id, found.original_id),
    )


def _file(row: StoredFile) -> DocumentFile:
    return DocumentFile(
        id=row.id,
        state=row.state,
        error=row.error,
        is_flagged=row.is_flagged,
        faults=tuple(row.faults),
        warnings=tuple(row.warnings),
        size_bytes=row.size_bytes,
        sha256=row.sha256,
        ready_at=row.ready_at,
        checked_at=row.checked_at,
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
