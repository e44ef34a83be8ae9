"""The journal of the sellers' sales: every invoice and credit note, rate by rate, by the day of its issue."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.accounting_reports import AccountingFilter
from db.domain.documents import DocumentKind
from db.domain.files import FileKind
from db.domain.viewer import Viewer
from db.models import Document, DocumentVat, Order, Seller
from db.queries.accounting.periods import of_sellers
from db.queries.columns import sum_of


@dataclass(frozen=True, slots=True)
class SalesTotal:
    """What a seller's invoices, or its credit notes, state at one rate. Cents; of credit notes they are negative."""

    seller_id: int
    seller_name: str
    rate_bp: int
    kind: DocumentKind
    documents: int
    net_cents: int
    vat_cents: int
    gross_cents: int


@dataclass(frozen=True, slots=True)
class SalesRow:
    """What one document states at one rate."""

    document_id: int
    issued_on: dt.date
    number: str
    kind: DocumentKind
    order_number: str
    seller_name: str
    customer_name: str
    rate_bp: int
    net_cents: int
    vat_cents: int
    gross_cents: int
    currency: str


def sales_totals(session: Session, viewer: Viewer, wanted: AccountingFilter) -> list[SalesTotal]:
    """Return the sums of the journal, by seller, rate and kind; told from the totals' index alone.

    Raises:
        NotAllowedError: The person may not take figures of the house out of it.
    """
    viewer.require(FileKind.ACCOUNTING.permission)
    of = DocumentVat
    by_day = (
        sa.select(
            of.seller_id,
            of.rate_bp,
            of.kind,
            sa.func.count().label("documents"),
            *(sum_of(column).label(column.key) for column in (of.net_cents, of.vat_cents, of.gross_cents)),
        )
        .where(*_of(viewer, wanted))
        .group_by(of.issued_on, of.seller_id, of.kind, of.currency, of.rate_bp)
        .subquery("by_day")
    )
    sums = [sum_of(by_day.c[name]) for name in ("documents", "net_cents", "vat_cents", "gross_cents")]
    rows = session.execute(
        sa.select(by_day.c.seller_id, Seller.name, by_day.c.rate_bp, by_day.c.kind, *sums)
        .join(Seller, Seller.id == by_day.c.seller_id)
        .group_by(by_day.c.seller_id, Seller.name, by_day.c.rate_bp, by_day.c.kind)
        .order_by(Seller.name, by_day.c.seller_id, by_day.c.rate_bp, by_day.c.kind.desc())
    )
    return [SalesTotal(*row) for row in rows]


def sales_count(session: Session, viewer: Viewer, wanted: AccountingFilter, most: int) -> int:
    """Return how many documents the journal has, counted up to ``most``.

    Raises:
        NotAllowedError: The person may not take figures of the house out of it.
    """
    viewer.require(FileKind.ACCOUNTING.permission)
    found = sa.select(DocumentVat.document_id).where(*_of(viewer, wanted)).limit(most)
    documents = sa.select(sa.func.count(sa.distinct(found.subquery().c.document_id)))
    return session.scalar(documents) or 0


def sales_rows(
    session: Session,
    viewer: Viewer,
    wanted: AccountingFilter,
    after: tuple[dt.date, int] | None,
    limit: int,
    offset: int = 0,
) -> list[SalesRow]:
    """Return the rows of some documents, the oldest first.

    Args:
        session: An open session.
        viewer: Who reads.
        wanted: Which days, seller and rate.
        after: The day and the id of the last document already known; None: from the first one.
        limit: How many documents, at most.
        offset: How many documents are left out at the beginning, for pages of a screen.

    Raises:
        NotAllowedError: The person may not take figures of the house out of it.
    """
    viewer.require(FileKind.ACCOUNTING.permission)
    documents = (
        sa.select(Document.id)
        .where(
            Document.issued_on.between(wanted.first_day, wanted.last_day),
            Document.currency == wanted.currency,
            *of_sellers(viewer, wanted, Document.seller_id),
        )
        .order_by(Document.issued_on, Document.id)
        .limit(limit)
        .offset(offset)
    )
    if wanted.rate_bp is not None:
        has_rate = sa.exists().where(DocumentVat.document_id == Document.id, DocumentVat.rate_bp == wanted.rate_bp)
        documents = documents.where(has_rate)
    if after is not None:
        # The day alone as well, for it is what the index begins with.
        is_later = sa.tuple_(Document.issued_on, Document.id) > sa.tuple_(*map(sa.literal, after))
        documents = documents.where(Document.issued_on >= after[0], is_later)
    ids = list(session.scalars(documents))
    found = (
        sa.select(
            Document.id,
            Document.issued_on,
            Document.number,
            Document.kind,
            Order.number,
            Seller.name,
            Document.customer_name,
            DocumentVat.rate_bp,
            DocumentVat.net_cents,
            DocumentVat.vat_cents,
            DocumentVat.gross_cents,
            Document.currency,
        )
        .join(DocumentVat, DocumentVat.document_id == Document.id)
        .join(Order, Order.id == Document.order_id)
        .join(Seller, Seller.id == Document.seller_id)
        .where(Document.id.in_(ids))
        .order_by(Document.issued_on, Document.id, DocumentVat.rate_bp)
    )
    if wanted.rate_bp is not None:
        found = found.where(DocumentVat.rate_bp == wanted.rate_bp)
    return [SalesRow(*values) for values in map(tuple, session.execute(found))]


def _of(viewer: Viewer, wanted: AccountingFilter) -> list[sa.ColumnElement[bool]]:
    conditions = [
        DocumentVat.issued_on.between(wanted.first_day, wanted.last_day),
        DocumentVat.currency == wanted.currency,
        *of_sellers(viewer, wanted, DocumentVat.seller_id),
    ]
    return conditions if wanted.rate_bp is None else [*conditions, DocumentVat.rate_bp == wanted.rate_bp]
