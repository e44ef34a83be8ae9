"""Documents for a spreadsheet: one after the other in the order they were issued, piece by piece."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from db.domain.document_filter import DocumentFilter
from db.domain.documents import DocumentKind
from db.domain.permissions import Permission
from db.domain.vat import VatTotal
from db.domain.viewer import Viewer
from db.models import Document, DocumentVat, Order, Seller
from db.queries.document_conditions import Where, few_ids, where

_Original = aliased(Document)


@dataclass(frozen=True, slots=True)
class ListedDocument:
    """A document with its totals per rate, lowest rate first."""

    id: int
    number: str
    kind: DocumentKind
    issued_on: dt.date
    original_number: str | None
    order_number: str
    seller_code: str
    seller_name: str
    customer_name: str
    currency: str
    rates: tuple[VatTotal, ...] = ()


@dataclass(frozen=True, slots=True)
class Listing:
    """Which documents are listed; read on from the last one as often as it takes."""

    matching: Where
    ids: frozenset[int] | None
    #: Issued later than it was asked for: not in it.
    newest_id: int


def start_listing(session: Session, viewer: Viewer, wanted: DocumentFilter, newest_id: int) -> Listing:
    """Find out which documents a filter asks for, up to one.

    Raises:
        NotAllowedError: The person may not read documents.
    """
    viewer.require(Permission.READ_DOCUMENTS)
    matching = where(session, viewer, wanted)
    ids = few_ids(session, matching)
    return Listing(matching, None if ids is None else frozenset(ids), newest_id)


def next_listed(session: Session, listing: Listing, last: ListedDocument | None, limit: int) -> list[ListedDocument]:
    """Return the documents after the last one, with their rates."""
    conditions = listing.matching.walking if listing.ids is None else [Document.id.in_(listing.ids)]
    select = _select().where(*conditions, Document.id <= listing.newest_id)
    if last:
        here = sa.tuple_(Document.issued_on, Document.id)
        select = select.where(here > sa.tuple_(sa.literal(last.issued_on), sa.literal(last.id)))
    rows = session.execute(select.order_by(Document.issued_on, Document.id).limit(limit)).all()
    rates = _rates(session, [row.id for row in rows])
    return [replace(ListedDocument(**row._asdict()), rates=tuple(rates[row.id])) for row in rows]


def newest_document(session: Session) -> int:
    """Return the id of the last document that was issued; 0 where there is none."""
    return session.scalar(sa.select(sa.func.max(Document.id))) or 0


def _select() -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(
            Document.id,
            Document.number,
            Document.kind,
            Document.issued_on,
            _Original.number.label("original_number"),
            Order.number.label("order_number"),
            Seller.code.label("seller_code"),
            Seller.name.label("seller_name"),
            Document.customer_name,
            Document.currency,
        )
        .join(Order, Order.id == Document.order_id)
        .join(Seller, Seller.id == Document.seller_id)
        .outerjoin(_Original, _Original.id == Document.original_id)
    )


def _rates(session: Session, ids: Sequence[int]) -> defaultdict[int, list[VatTotal]]:
    rates: defaultdict[int, list[VatTotal]] = defaultdict(list)
    found = session.execute(
        sa.select(
            DocumentVat.document_id,
            DocumentVat.rate_bp,
            DocumentVat.net_cents,
            DocumentVat.vat_cents,
            DocumentVat.gross_cents,
        )
        .where(DocumentVat.document_id.in_(ids))
        .order_by(DocumentVat.document_id, DocumentVat.rate_bp)
    )
    for document_id, *total in found:
        rates[document_id].append(VatTotal(*total))
    return rates
