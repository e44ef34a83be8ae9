"""The invoices and credit notes of the last weeks, as the services would have issued them; the worker makes their PDFs.

The orders before that were « invoiced by the house's earlier programme »: the demo data loads at once, and the worker
of a first start is not busy for an hour.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM
from db.domain.credit import CreditRequest, by_order_line, credit, creditable
from db.domain.documents import FIRST_HASH, DocumentKind, document_number, issued_words, series_code
from db.domain.files import FileKind
from db.domain.money import divide_half_up
from db.domain.orders import HistoryEvent, OrderStatus, ReturnStatus
from db.domain.snapshot import Snapshot
from db.domain.time import local_day
from db.emails.links import follow_up_url
from db.models import (
    Document,
    DocumentSeries,
    DocumentVat,
    Order,
    OrderHistory,
    OrderLine,
    Return,
    ReturnLine,
    StoredFile,
)
from db.services.documents.drafts import Place, draft_credit_note, draft_invoice
from db.services.documents.series import Parties, Taken, document_row, vat_rows
from db.services.documents.sources import Issuer, Sale, house, issuer, sales
from db.services.moves import ORDER_CANCELLED

SINCE = dt.timedelta(days=30)
#: Nobody pays later than that: the shop gives the order up.
_SLOWEST_PAYMENT = dt.timedelta(days=60)
_AFTER = dt.timedelta(seconds=60)
_AT_ONCE = 500
_RETURNED = "Retour d’articles"
_GIVEN_UP = "Articles annulés"


@dataclass(frozen=True, slots=True)
class _Cause:
    """What a document follows from."""

    at: dt.datetime
    order_id: int
    kind: DocumentKind
    #: Of a credit note: order line → units; None for the whole invoice.
    units: Mapping[int, int] | None = None
    reason: str = ORDER_CANCELLED


def add_documents(session: Session, now: dt.datetime) -> None:
    """Add what the payments, cancellations and returns of the last weeks gave rise to, oldest first."""
    causes = [cause for cause in _causes(session, now - SINCE) if cause.at <= now]
    books = _Books(session)
    causes.sort(key=lambda cause: (cause.at, cause.order_id, cause.kind is DocumentKind.CREDIT_NOTE))
    for start in range(0, len(causes), _AT_ONCE):
        books.enter(causes[start : start + _AT_ONCE])
    session.flush()


def _causes(session: Session, since: dt.datetime) -> Iterator[_Cause]:
    paid, cancelled = (_reached(session, status, since) for status in (OrderStatus.PAID, OrderStatus.CANCELLED))
    for order_id, at in paid.items():
        if cancelled.get(order_id, at + _AFTER) >= at + _AFTER:
            yield _Cause(at + _AFTER, order_id, DocumentKind.INVOICE)
    for order_id, at in cancelled.items():
        yield _Cause(at + _AFTER, order_id, DocumentKind.CREDIT_NOTE)
    for (order_id, at), units in _returned(session, since).items():
        yield _Cause(at, order_id, DocumentKind.CREDIT_NOTE, units, _RETURNED)
    for (order_id, at), units in _given_up(session, since).items():
        yield _Cause(at + _AFTER, order_id, DocumentKind.CREDIT_NOTE, units, _GIVEN_UP)


def _reached(session: Session, status: OrderStatus, since: dt.datetime) -> dict[int, dt.datetime]:
    """Return when orders reached a status since then; they were placed some weeks before it at most."""
    found = session.execute(
        sa.select(OrderHistory.order_id, sa.func.min(OrderHistory.at, type_=OrderHistory.at.type))
        .join(Order, Order.id == OrderHistory.order_id)
        .where(
            Order.placed_on >= local_day(since - _SLOWEST_PAYMENT),
            Order.total_cents > 0,
            OrderHistory.event == HistoryEvent.STATUS_CHANGED,
            OrderHistory.after["status"].as_string() == status.value,
        )
        .group_by(OrderHistory.order_id)
    )
    return {row[0]: row[1] for row in found if row[1] >= since}


def _returned(session: Session, since: dt.datetime) -> dict[tuple[int, dt.datetime], dict[int, int]]:
    """Return what came back and was settled: by order and moment, units by order line."""
    found = session.execute(
        sa.select(Return.order_id, Return.requested_at, ReturnLine.order_line_id, ReturnLine.quantity)
        .join(ReturnLine, ReturnLine.return_id == Return.id)
        .where(Return.status == ReturnStatus.COMPLETED, Return.requested_at >= since)
    )
    returned: dict[tuple[int, dt.datetime], dict[int, int]] = {}
    for order_id, requested_at, line_id, units in found:
        returned.setdefault((order_id, requested_at + dt.timedelta(days=5)), {})[line_id] = units
    return returned


def _given_up(session: Session, since: dt.datetime) -> dict[tuple[int, dt.datetime], dict[int, int]]:
    """Return what never left of orders that went on without it: by order and moment, units by order line."""
    found = session.execute(
        sa.select(OrderHistory.order_id, OrderHistory.at, OrderLine.id, OrderLine.quantity_cancelled)
        .join(OrderLine, OrderLine.order_id == OrderHistory.order_id)
        .where(
            OrderHistory.event == HistoryEvent.LINE_CANCELLED,
            OrderHistory.at >= since,
            OrderLine.quantity_cancelled > 0,
        )
    )
    given_up: dict[tuple[int, dt.datetime], dict[int, int]] = {}
    for order_id, at, line_id, units in found:
        given_up.setdefault((order_id, at), {})[line_id] = units
    return given_up


def _given_back(invoice: Snapshot, units: Mapping[int, int]) -> dict[int, tuple[int, int]]:
    """Return the units and cents to give back, by order line."""
    given = {}
    for each in creditable(invoice, []):
        count = units.get(each.line.order_line_id or 0, 0)
        if count and each.line.order_line_id is not None:
            kept = divide_half_up(each.gross_cents * (each.units - count), each.units)
            given[each.line.order_line_id] = (count, each.gross_cents - kept)
    return given


def _is_worth_something(invoice: Snapshot, units: Mapping[int, int] | None) -> bool:
    """Tell whether there is something to give back: of an article that was free there is nothing."""
    return units is None or any(cents for _, cents in _given_back(invoice, units).values())


class _Books:
    """The series as they grow: what ``db/services/documents/series.py`` does one by one, for thousands at once."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._house = house(session)
        self._issuer = cache(lambda seller_id: issuer(session, seller_id))
        self._series: dict[str, DocumentSeries] = {}
        #: By order: the invoice and its id.
        self._invoices: dict[int, tuple[int, Snapshot]] = {}

    def enter(self, causes: Sequence[_Cause]) -> None:
        """Write the documents of some causes, oldest first; an invoice before what is credited of it."""
        # Invoiced before anything was cancelled of it.
        sold = {
            order_id: replace(
                sale,
                lines=tuple(
                    replace(line, quantity_cancelled=0, quantity_returned=0, settled_cents=0) for line in sale.lines
                ),
            )
            for order_id, sale in sales(self._session, sorted({cause.order_id for cause in causes})).items()
        }
        invoices = [cause for cause in causes if cause.kind is DocumentKind.INVOICE]
        drafts = [self._invoice(cause, sold[cause.order_id]) for cause in invoices]
        for draft, document_id in zip(drafts, self._write(drafts), strict=True):
            self._invoices[draft.parties.order_id] = (document_id, draft.snapshot)
        credited = [cause for cause in causes if cause.kind is DocumentKind.CREDIT_NOTE]
        self._write(
            [
                self._credit_note(each, sold[each.order_id])
                for each in credited
                if each.order_id in self._invoices and _is_worth_something(self._invoices[each.order_id][1], each.units)
            ]
        )
        numbered = sa.update(Order).where(Order.id == sa.bindparam("key")).values(invoice_number=sa.bindparam("given"))
        if drafts:
            numbers = [{"key": each.parties.order_id, "given": each.snapshot.number} for each in drafts]
            self._session.connection().execute(numbered, numbers)

    def _invoice(self, cause: _Cause, sale: Sale) -> "_Draft":
        seller: Issuer = self._issuer(sale.seller_id)
        taken = self._taken(cause, seller, sale.seller_id)
        link = follow_up_url(cause.order_id, sale.link_generation, on_paper=True)
        snapshot = draft_invoice(self._house, seller, sale, link, taken.place)
        return self._draft(taken, snapshot, Parties(cause.order_id, sale.seller_id, sale.customer_id))

    def _credit_note(self, cause: _Cause, sale: Sale) -> "_Draft":
        invoice_id, invoice = self._invoices[cause.order_id]
        whole = CreditRequest(whole=True)
        units = cause.units
        request = whole if units is None else by_order_line(creditable(invoice, []), _given_back(invoice, units))
        taken = self._taken(cause, self._issuer(sale.seller_id), sale.seller_id)
        snapshot = draft_credit_note(invoice, credit(invoice, [], request), cause.reason, taken.place)
        return self._draft(taken, snapshot, Parties(cause.order_id, sale.seller_id, sale.customer_id, invoice_id))

    def _draft(self, taken: Taken, snapshot: Snapshot, parties: Parties) -> "_Draft":
        """Go on with the series."""
        row = document_row(taken, snapshot, parties)
        series = self._series[snapshot.series]
        series.last_sequence, series.last_issued_at = snapshot.sequence, snapshot.issued_at
        series.last_hash = row["content_hash"]
        return _Draft(row, snapshot, parties)

    def _write(self, drafts: Sequence["_Draft"]) -> list[int]:
        if not drafts:
            return []
        inserted = sa.insert(Document).returning(Document.id, sort_by_parameter_order=True)
        ids = list(self._session.scalars(inserted, [draft.row for draft in drafts]))
        known = list(zip(ids, drafts, strict=True))
        rates = [row for key, draft in known for row in vat_rows(key, draft.snapshot, draft.parties)]
        self._session.execute(sa.insert(DocumentVat), rates)
        self._session.execute(sa.insert(StoredFile), [_file(key, draft) for key, draft in known])
        self._session.execute(sa.insert(OrderHistory), [_entry(key, draft) for key, draft in known])
        return ids

    def _taken(self, cause: _Cause, seller: Issuer, seller_id: int) -> Taken:
        year = local_day(cause.at).year
        code = series_code(cause.kind, seller.code, year)
        series = self._series.get(code)
        if series is None:
            series = DocumentSeries(
                code=code, kind=cause.kind, seller_id=seller_id, year=year, last_sequence=0, last_hash=FIRST_HASH
            )
            self._session.add(series)
            self._session.flush()
            self._series[code] = series
        sequence = series.last_sequence + 1
        place = Place(code, sequence, document_number(code, sequence), cause.at)
        return Taken(series.id, series.last_hash, place)


@dataclass(frozen=True, slots=True)
class _Draft:
    """A document that is about to be written."""

    row: dict[str, Any]
    snapshot: Snapshot
    parties: Parties


def _file(document_id: int, draft: _Draft) -> dict[str, Any]:
    stated = draft.snapshot
    return {
        "kind": FileKind.DOCUMENT,
        "title": issued_words(stated.kind, stated.number, stated.gross_cents, stated.currency),
        "arguments": {"document_id": document_id},
        "document_id": document_id,
        "seller_id": draft.parties.seller_id,
        "total": 1,
        "person_name": SYSTEM.name,
        "asked_at": stated.issued_at,
    }


def _entry(document_id: int, draft: _Draft) -> dict[str, Any]:
    stated = draft.snapshot
    return {
        "order_id": draft.parties.order_id,
        "at": stated.issued_at,
        "actor_kind": SYSTEM.kind,
        "actor_name": SYSTEM.name,
        "event": HistoryEvent.DOCUMENT_ISSUED,
        "after": {
            "document_id": document_id,
            "kind": stated.kind.value,
            "number": stated.number,
            "amount_cents": stated.gross_cents,
        },
    }
