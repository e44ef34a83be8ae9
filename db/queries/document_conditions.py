"""The filters of Finances › Factures as SQL: what is checked on each document, and where few of them are found.

Two plans serve all lists. A *source* names the few documents that can match (by number, customer, what is owed, what
is in trouble) through an index of its own. Where no source is small, the documents are walked newest first through
the index of the period, the seller or the kind, and each is checked: what many have is met soon.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from db.domain.document_filter import DocumentFilter, DocumentStatus, sequences_starting_with
from db.domain.documents import DocumentKind
from db.domain.files import UNDER_WAY_STATES, FileKind
from db.domain.text import is_storable
from db.domain.viewer import Viewer
from db.models import Document, DocumentSeries, DocumentVat, Order, OrderSearch, StoredFile
from db.models.files import IS_TROUBLED
from db.models.orders import UNSETTLED
from db.queries.global_search import newest_matching_orders
from db.queries.plans import among, in_index_words, literally, materialized, not_indexed
from db.queries.text_match import matching_customer_ids, text_conditions, words

Condition = sa.ColumnElement[bool]
T = TypeVar("T", int, dt.date)

#: A source of more documents is no source: they are walked.
FEW = 2_000
#: A name that more customers have is looked for in the documents themselves.
_CUSTOMERS_KNOWN = 1_000
#: More digits than any sequence has.
_LONGEST_SEQUENCE = 15
#: Orders found by a text: the newest.
_ORDERS_KNOWN = 200

_CreditNote = aliased(Document)


@dataclass(frozen=True, slots=True)
class Source:
    """Selects of documents' ids; what is looked for is among them."""

    selects: tuple[sa.Select[Any], ...]
    #: Whether they name no other documents: all the rest is checked in them.
    is_exact: bool = False


@dataclass(slots=True)
class Where:
    """One filter, seen by one person."""

    #: Period, seller, kind: what a walk starts from and ends with.
    bounds: list[Condition] = field(default_factory=list)
    #: What is checked on each document.
    checks: list[Condition] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)

    @property
    def everything(self) -> list[Condition]:
        """Return all that a document has to meet, none of it a reason to choose an index."""
        return [not_indexed(each) for each in (*self.bounds, *self.checks)]

    def capped(self, limit: int) -> sa.Select[Any]:
        """Return the select of some documents that match, whichever are found soonest."""
        exact = [source.selects[0] for source in self.sources if source.is_exact]
        return (exact[0] if exact else sa.select(Document.id).where(*self.walking)).limit(limit)

    @property
    def walking(self) -> list[Condition]:
        """Return the same, the bounds being the reason."""
        return [*self.bounds, *map(not_indexed, self.checks)]


def credited_of(document: type[Document]) -> sa.ColumnElement[int]:
    """Return what the credit notes of an invoice gave back, positive; read from one index alone."""
    given = sa.select(-sa.func.sum(_CreditNote.gross_cents)).where(_CreditNote.original_id == document.id)
    return sa.cast(sa.func.coalesce(given.correlate(document).scalar_subquery(), 0), sa.BigInteger)


def kept_of(document: type[Document]) -> sa.ColumnElement[int]:
    """Return what was paid for a document's order and not refunded."""
    kept = sa.select(Order.paid_cents - Order.refunded_cents).where(Order.id == document.order_id)
    return kept.correlate(document).scalar_subquery()


def where(session: Session, viewer: Viewer, wanted: DocumentFilter) -> Where:
    """Return a filter's conditions; whose documents alone a seller sees is part of them."""
    found = Where(bounds=bounds_of(Document, viewer, wanted))
    if wanted.number:
        _by_number(session, viewer, wanted.number, found)
    if wanted.customer:
        _by_customer(session, viewer, wanted.customer, found)
    if wanted.min_cents is not None or wanted.max_cents is not None:
        _by_amount(wanted, found)
    if wanted.status:
        found.checks.append(_has_status(wanted.status))
        if wanted.status in _FILES:
            # In the order of their index: without it, and its limit, SQLite would rather read the files of all.
            found.sources.append(Source((_FILES[wanted.status](),)))
        if wanted.status in _SOURCES:
            # Their candidates may be thousands, but those of the list few: all is checked where they are found.
            found.sources.append(Source((_SOURCES[wanted.status]().where(*found.everything),), is_exact=True))
    return found


def bounds_of(table: type[Document | DocumentVat], viewer: Viewer, wanted: DocumentFilter) -> list[Condition]:
    """Return the conditions on what documents and their rates have in common: whose, which kind, of which days."""
    bounds: list[Condition] = [
        table.seller_id == seller for seller in (wanted.seller_id, viewer.seller_id) if seller is not None
    ]
    if wanted.kind:
        bounds.append(table.kind == wanted.kind)
    if wanted.first_day:
        bounds.append(table.issued_on >= wanted.first_day)
    if wanted.last_day:
        bounds.append(table.issued_on <= wanted.last_day)
    return bounds


# Numbers.


def _by_number(session: Session, viewer: Viewer, typed: str, found: Where) -> None:
    """Find documents by the start of their number, or by their order's.

    A number is its series and a sequence, so its start names some series, or one of them and a range.
    """
    if not is_storable(typed):
        found.checks.append(sa.false())
        return
    order_ids = _orders_numbered(session, viewer, typed)
    alternatives: list[Condition] = [Document.order_id.in_(order_ids)] if order_ids else []
    series = _all_series(session, viewer)
    whole = [each for each in series if each.code.startswith(typed.upper().rstrip("-"))]
    if whole:
        alternatives.append(Document.series_id.in_([each.id for each in whole]))
        if not order_ids:  # Their years end a walk: documents of others need not be read.
            found.bounds += _between(
                Document.issued_on,
                dt.date(min(each.year for each in whole), 1, 1),
                dt.date(max(each.year for each in whole), 12, 31),
            )
    else:
        alternatives += _by_sequence(series, typed.upper())
    found.checks.append(sa.or_(*alternatives) if alternatives else sa.false())
    found.sources.append(Source(tuple(sa.select(Document.id).where(each) for each in alternatives)))


def _all_series(session: Session, viewer: Viewer) -> Sequence[sa.Row[int, str, int]]:
    own = [] if viewer.seller_id is None else [DocumentSeries.seller_id == viewer.seller_id]
    return session.execute(sa.select(DocumentSeries.id, DocumentSeries.code, DocumentSeries.year).where(*own)).all()


def _by_sequence(series: Sequence[sa.Row[int, str, int]], typed: str) -> list[Condition]:
    if _is_sequence(typed):  # « 000123 »: the end of a number, as people say it.
        return [sa.and_(Document.series_id.in_([each.id for each in series]), Document.sequence == int(typed))]
    name, _, digits = typed.rpartition("-")
    of_name = [each.id for each in series if name in _spoken(each.code)]
    if not of_name or not _is_sequence(digits):
        return []
    ranges = sequences_starting_with(digits)
    return [sa.and_(Document.series_id.in_(of_name), *_between(Document.sequence, *ends)) for ends in ranges]


def _spoken(code: str) -> tuple[str, str]:
    """Return what a series is called: by its whole code, or by its seller alone, whatever the kind and the year."""
    return code, code.partition("-")[2]


def _is_sequence(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= _LONGEST_SEQUENCE


def _orders_numbered(session: Session, viewer: Viewer, typed: str) -> list[int]:
    """Return the orders whose number this is, or else the newest whose number starts so."""
    variants = {typed, typed.upper(), typed.lower()}
    exact = list(session.scalars(sa.select(Order.id).where(Order.number.in_(variants))))
    if exact:
        return exact
    near = newest_matching_orders(session, viewer, typed, _ORDERS_KNOWN)
    starts = sa.func.lower(Order.number).startswith(typed.lower(), autoescape=True)
    return list(session.scalars(sa.select(Order.id).where(Order.id.in_(near), starts))) if near else []


# Customers.


def _by_customer(session: Session, viewer: Viewer, typed: str, found: Where) -> None:
    """Find documents by whom they are made out to: accounts first; who has none is known by the order's texts."""
    if not is_storable(typed) or not words(typed):
        found.checks.append(sa.false())
        return
    few = materialized(matching_customer_ids(session, typed), "found")
    customers = list(session.scalars(sa.select(few.c[0]).limit(_CUSTOMERS_KNOWN + 1)))
    if len(customers) > _CUSTOMERS_KNOWN:
        said = sa.exists().where(OrderSearch.order_id == Document.order_id, *text_conditions(OrderSearch.who, typed))
        found.checks.append(said)
        return
    alternatives: list[Condition] = [Document.customer_id.in_(customers)] if customers else []
    order_ids = newest_matching_orders(session, viewer, typed, _ORDERS_KNOWN)
    guests = sa.select(Order.id).where(Order.id.in_(order_ids), Order.customer_id.is_(None))
    if order_ids and (without_account := list(session.scalars(guests))):
        alternatives.append(Document.order_id.in_(without_account))
    found.checks.append(sa.or_(*alternatives) if alternatives else sa.false())
    found.sources.append(Source(tuple(sa.select(Document.id).where(each) for each in alternatives)))


# Amounts.


def _by_amount(wanted: DocumentFilter, found: Where) -> None:
    least, most = wanted.min_cents or 0, wanted.max_cents
    ranges = [(least, most), (None if most is None else -most, -least)]
    alternatives = [sa.and_(*_between(Document.gross_cents, first, last)) for first, last in ranges]
    found.checks.append(sa.or_(*alternatives))
    found.sources.append(Source(tuple(sa.select(Document.id).where(each) for each in alternatives)))


def _between(column: sa.SQLColumnExpression[T], first: T | None, last: T | None) -> list[Condition]:
    bounds: list[Condition] = []
    if first is not None:
        bounds.append(column >= first)
    if last is not None:
        bounds.append(column <= last)
    return bounds


# Statuses.


def _has_status(status: DocumentStatus) -> Condition:
    """Return the condition that a document has a status, as ``invoice_statuses`` tells it."""
    is_invoice = Document.kind == DocumentKind.INVOICE
    left = Document.gross_cents - credited_of(Document)
    match status:
        case DocumentStatus.SETTLED:
            return sa.and_(is_invoice, left > 0, kept_of(Document) >= left)
        case DocumentStatus.TO_SETTLE:
            return sa.and_(is_invoice, left > 0, kept_of(Document) < left)
        case DocumentStatus.PARTLY_CREDITED:
            return sa.and_(is_invoice, left > 0, left < Document.gross_cents)
        case DocumentStatus.CREDITED:
            return sa.and_(is_invoice, left <= 0)
        case DocumentStatus.IN_PREPARATION:
            return _among(_files_under_way())
        case DocumentStatus.TO_CHECK:
            return _among(_files_in_trouble())


def _among(files: sa.Select[Any]) -> Condition:
    return among(Document.id, files)


def _files_under_way() -> sa.Select[*tuple[Any, ...]]:
    under_way = [StoredFile.kind == FileKind.DOCUMENT, StoredFile.state.in_(literally(UNDER_WAY_STATES))]
    return sa.select(StoredFile.document_id).where(*under_way).order_by(StoredFile.id)


def _files_in_trouble() -> sa.Select[*tuple[Any, ...]]:
    return sa.select(StoredFile.document_id).where(sa.text(IS_TROUBLED)).order_by(StoredFile.id)


def _unsettled() -> sa.Select[Any]:
    orders = materialized(sa.select(Order.id).where(*in_index_words(UNSETTLED)), "unsettled")
    return sa.select(Document.id).select_from(orders).join(Document, Document.order_id == orders.c.id)


def _credited() -> sa.Select[Any]:
    is_credit_note = _CreditNote.original_id.is_not(None)
    originals = sa.select(_CreditNote.original_id.label("id")).where(is_credit_note).distinct()
    few = materialized(originals, "credited")
    return sa.select(Document.id).select_from(few).join(Document, Document.id == few.c.id)


_FILES: Mapping[DocumentStatus, Callable[[], sa.Select[*tuple[Any, ...]]]] = {
    DocumentStatus.IN_PREPARATION: _files_under_way,
    DocumentStatus.TO_CHECK: _files_in_trouble,
}
_SOURCES: Mapping[DocumentStatus, Callable[[], sa.Select[Any]]] = {
    DocumentStatus.TO_SETTLE: _unsettled,
    DocumentStatus.PARTLY_CREDITED: _credited,
    DocumentStatus.CREDITED: _credited,
}


def few_ids(session: Session, matching: Where) -> list[int] | None:
    """Return the documents that match where some source has few, else None: then they are walked."""
    for source in matching.sources:
        ids: set[int] = set()
        for select in source.selects:
            ids.update(session.scalars(select.limit(FEW + 1)))
            if len(ids) > FEW:
                break
        else:
            return _matching(session, matching, sorted(ids))
    return None


def _matching(session: Session, matching: Where, ids: Sequence[int]) -> list[int]:
    if not ids:
        return []
    return list(session.scalars(sa.select(Document.id).where(Document.id.in_(ids), *matching.everything)))
