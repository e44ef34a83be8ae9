"""The invoices and credit notes of one order, and those it is still owed."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.document_filter import DocumentStatus
from db.domain.documents import DocumentKind
from db.domain.files import UNDER_WAY_STATES, FileState
from db.domain.orders import OrderStatus
from db.domain.permissions import Permission
from db.domain.viewer import Viewer
from db.models import Document, DueDocument, Order, Settlement, StoredFile
from db.queries.columns import columns

#: The invoice of a cancelled order waits only in case that is taken back.
_STILL_COMES = (DueDocument.kind == DocumentKind.CREDIT_NOTE, Order.status != OrderStatus.CANCELLED)


@dataclass(frozen=True, slots=True)
class OrderDocument:
    """An invoice or a credit note, and how its file is. Amounts are cents; a credit note's are negative."""

    id: int
    kind: DocumentKind
    number: str
    issued_on: dt.date
    gross_cents: int
    currency: str
    original_id: int | None
    file_id: int
    state: FileState
    is_flagged: bool
    #: What an official check found wrong: {"rule": "BR-CO-15", "text": "…"}.
    faults: Sequence[Mapping[str, str]] = ()
    #: Why its file could not be made.
    error: str = ""

    @property
    def is_in_preparation(self) -> bool:
        """Tell whether its file is still to be made."""
        return self.state in UNDER_WAY_STATES

    @property
    def is_ready(self) -> bool:
        """Tell whether its file can be had."""
        return self.state is FileState.READY

    @property
    def is_fit(self) -> bool:
        """Tell whether it may be sent to the customer: now, or once its file is made."""
        return not self.is_flagged and (self.is_ready or self.is_in_preparation)


@dataclass(frozen=True, slots=True)
class OwedDocument:
    """A document that the worker is to issue."""

    kind: DocumentKind
    due_at: dt.datetime
    #: Why it could not be issued yet; empty where it was not tried.
    error: str


@dataclass(frozen=True, slots=True)
class UncreditedSettlement:
    """Something that was given back without a credit note, after the invoice that states it was issued."""

    id: int
    settled_at: dt.datetime
    total_cents: int


@dataclass(frozen=True, slots=True)
class OrderDocuments:
    """All of them, in the order they were issued."""

    issued: tuple[OrderDocument, ...] = ()
    owed: tuple[OwedDocument, ...] = ()
    uncredited: tuple[UncreditedSettlement, ...] = ()

    @property
    def invoiced_cents(self) -> int:
        """Return what the invoices less the credit notes come to."""
        return sum(each.gross_cents for each in self.issued)

    @property
    def current_invoice(self) -> OrderDocument | None:
        """Return the invoice that is not wholly credited, if there is one."""
        invoices = [each for each in self.issued if each.kind is DocumentKind.INVOICE]
        return invoices[-1] if invoices and self.invoiced_cents else None

    @property
    def awaits_invoice(self) -> bool:
        """Tell whether an invoice is about to be issued by itself."""
        return any(each.kind is DocumentKind.INVOICE and not each.error for each in self.owed)

    @property
    def awaits_credit_note(self) -> bool:
        """Tell whether a credit note is about to be issued by itself."""
        return any(each.kind is DocumentKind.CREDIT_NOTE and not each.error for each in self.owed)

    def original_of(self, document: OrderDocument) -> OrderDocument | None:
        """Return the invoice that a credit note credits."""
        return next((each for each in self.issued if each.id == document.original_id), None)

    def credited_status(self, document: OrderDocument) -> DocumentStatus | None:
        """Return whether credit notes gave back a part of an invoice, or all of it; nothing where there is none."""
        credited = -sum(each.gross_cents for each in self.issued if each.original_id == document.id)
        if not credited:
            return None
        return DocumentStatus.CREDITED if credited >= document.gross_cents else DocumentStatus.PARTLY_CREDITED

    @property
    def is_moving(self) -> bool:
        """Tell whether something more is about to happen by itself."""
        return any(each.is_in_preparation for each in self.issued) or any(not each.error for each in self.owed)


def order_documents(session: Session, viewer: Viewer, order_id: int) -> OrderDocuments:
    """Return the documents of an order; none for who may not read them."""
    if not viewer.may(Permission.READ_DOCUMENTS):
        return OrderDocuments()
    own = [] if viewer.seller_id is None else [Document.seller_id == viewer.seller_id]
    found = session.execute(
        sa.select(
            *columns(Document, OrderDocument),
            StoredFile.id.label("file_id"),
            StoredFile.state,
            StoredFile.is_flagged,
            StoredFile.faults,
            StoredFile.error,
        )
        .join(StoredFile, StoredFile.document_id == Document.id)
        .where(Document.order_id == order_id, *own)
        .order_by(Document.id)
    )
    owed = session.execute(
        sa.select(DueDocument.kind, DueDocument.due_at, DueDocument.error)
        .join(Order, Order.id == DueDocument.order_id)
        .where(DueDocument.order_id == order_id, sa.or_(*_STILL_COMES))
        .order_by(DueDocument.id)
    )
    uncredited = session.execute(
        sa.select(*columns(Settlement, UncreditedSettlement))
        .where(
            Settlement.order_id == order_id,
            Settlement.document_id.is_(None),
            Settlement.has_credit_note.is_(False),
            Settlement.total_cents > 0,
            Settlement.settled_at >= _invoiced_at(order_id),
        )
        .order_by(Settlement.id)
    )
    return OrderDocuments(
        tuple(OrderDocument(**row._asdict()) for row in found),
        tuple(OwedDocument(**row._asdict()) for row in owed),
        tuple(UncreditedSettlement(**row._asdict()) for row in uncredited),
    )


def _invoiced_at(order_id: int) -> sa.ScalarSelect[dt.datetime]:
    """Return when the last invoice of an order was issued: what was given back before, it does not state."""
    invoices = (Document.order_id == order_id, Document.kind == DocumentKind.INVOICE)
    return sa.select(sa.func.max(Document.issued_at)).where(*invoices).scalar_subquery()
