"""The invoices and credit notes that a customer finds on the page of their order."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.documents import DocumentKind, DocumentNotFoundError
from db.domain.files import FileState
from db.models import Document, StoredFile
from db.queries.columns import columns
from db.queries.files import Download
from db.queries.plans import not_indexed


@dataclass(frozen=True, slots=True)
class CustomersDocument:
    """A document as its customer reads of it. A credit note's amount is negative."""

    id: int
    kind: DocumentKind
    number: str
    issued_on: dt.date
    gross_cents: int
    currency: str


def customers_documents(session: Session, order_id: int) -> list[CustomersDocument]:
    """Return the documents of an order that can be given out, oldest first: made, and without a fault."""
    found = sa.select(*columns(Document, CustomersDocument)).select_from(Document)
    rows = session.execute(_given_out(found, order_id).order_by(Document.id))
    return [CustomersDocument(**row._asdict()) for row in rows]


def customers_download(session: Session, order_id: int, document_id: int) -> Download:
    """Return where the file of a document of this order is stored.

    Raises:
        DocumentNotFoundError: It is of another order, cannot be given out, or is none: told apart to nobody.
    """
    found = sa.select(*columns(StoredFile, Download)).select_from(Document)
    row = session.execute(_given_out(found, order_id).where(Document.id == document_id)).one_or_none()
    if row is None:
        raise DocumentNotFoundError
    return Download(**row._asdict())


def _given_out(found: sa.Select[*tuple[Any, ...]], order_id: int) -> sa.Select[*tuple[Any, ...]]:
    is_fit = sa.and_(StoredFile.state == FileState.READY, StoredFile.is_flagged.is_(sa.false()))
    joined = found.join(StoredFile, StoredFile.document_id == Document.id)
    return joined.where(Document.order_id == order_id, not_indexed(is_fit))
