"""What goes with e-mails that are about to leave: documents, statements and charts, where those are ready."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.documents import DocumentKind
from db.domain.enclosures import PATIENCE, Enclosure, Missing, enclosures
from db.domain.files import UNDER_WAY_STATES, FileState
from db.domain.payouts import FeeInvoicing
from db.models import Document, DueDocument, FeeDocument, OutboxMessage, Payout, PayoutSettings, StoredFile
from db.queries.columns import columns


@dataclass(frozen=True, slots=True)
class Enclosing:
    """What goes with one e-mail, and whether it is worth waiting for more of it."""

    found: tuple[Enclosure, ...]
    waits_since: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class _File:
    id: int
    state: FileState
    is_flagged: bool
    ref: str
    name: str
    sha256: str
    number: str = ""


@dataclass(frozen=True, slots=True)
class _Known:
    """What the database says of all documents that some e-mails ask for."""

    #: By document.
    files: Mapping[int, _File]
    #: Order → its invoice that is not wholly credited.
    invoices: Mapping[int, int]
    #: Order → when the invoice it is owed is to be issued.
    owed: Mapping[int, dt.datetime]
    #: What is being made for an e-mail, by its own id: statements, charts.
    awaited: Mapping[int, _File]
    #: Payout → the invoice of its fees, None while it is to be issued; payouts without one are left out.
    fees: Mapping[int, _File | None]


def enclosings(session: Session, rows: Sequence[OutboxMessage], now: dt.datetime) -> dict[int, Enclosing]:
    """Return what goes with each e-mail that asks for something, by its id; others are left out.

    Five statements at most, whatever the number of rows; none where no e-mail asks for anything.
    """
    asking = {row.id: enclosures(row.attachments) for row in rows if row.attachments}
    asking = {key: asked for key, asked in asking.items() if any(each.is_looked_up for each in asked)}
    if not asking:
        return {}
    orders = {row.id: row.order_id or 0 for row in rows}
    known = _known(
        session,
        {orders[key] for key, asked in asking.items() if any(each.invoice and not each.document_id for each in asked)},
        [each for asked in asking.values() for each in asked],
    )
    return {key: _enclosing(asked, orders[key], known, now) for key, asked in asking.items()}


def _enclosing(asked: Sequence[Enclosure], order_id: int, known: _Known, now: dt.datetime) -> Enclosing:
    found = tuple(_found(each, order_id, known, now) if each.is_looked_up else each for each in asked)
    waiting = [dt.datetime.fromisoformat(each.waits_since) for each in found if each.waits_since]
    return Enclosing(found, min(waiting, default=None))


def _found(each: Enclosure, order_id: int, known: _Known, now: dt.datetime) -> Enclosure:
    asked = each.as_asked()
    since = dt.datetime.fromisoformat(each.waits_since) if each.waits_since else now
    if asked.awaited_file:
        return _of_file(asked, known.awaited.get(int(asked.awaited_file)), since, now)
    if asked.fee_of_payout:
        return _fee_found(asked, known.fees, since, now)
    document_id = int(asked.document_id) if asked.document_id else known.invoices.get(order_id)
    if document_id is None:
        owed_at = known.owed.get(order_id)
        if owed_at is None:
            return replace(asked, missing=Missing.NO_INVOICE)
        # What could not be issued is tried again in an hour: too late for this e-mail.
        return _later(asked, since, now, is_hopeful=owed_at < since + PATIENCE)
    found = _of_file(asked, known.files.get(document_id), since, now)
    return replace(found, document_id=str(document_id)) if found.is_enclosed else found


def _fee_found(asked: Enclosure, fees: Mapping[int, _File | None], since: dt.datetime, now: dt.datetime) -> Enclosure:
    payout_id = int(asked.fee_of_payout)
    if payout_id not in fees:
        return replace(asked, missing=Missing.NO_INVOICE)
    file = fees[payout_id]
    return _later(asked, since, now, is_hopeful=True) if file is None else _of_file(asked, file, since, now)


def _of_file(asked: Enclosure, file: _File | None, since: dt.datetime, now: dt.datetime) -> Enclosure:
    """Return what is asked for with its file, or why it goes without."""
    if file is not None and file.state in UNDER_WAY_STATES:
        return _later(asked, since, now, is_hopeful=True)
    if file is None or file.is_flagged or file.state is not FileState.READY:
        return replace(asked, missing=Missing.NOT_FIT)
    return replace(
        asked,
        ref=file.ref,
        name=file.name,
        sha256=file.sha256,
        file_id=str(file.id),
        number=file.number,
    )


def _later(asked: Enclosure, since: dt.datetime, now: dt.datetime, *, is_hopeful: bool) -> Enclosure:
    if is_hopeful and now < since + PATIENCE:
        return replace(asked, waits_since=since.isoformat())
    return replace(asked, missing=Missing.NOT_READY)


def _known(session: Session, order_ids: Collection[int], asked: Sequence[Enclosure]) -> _Known:
    invoices: dict[int, int] = {}
    owed: dict[int, dt.datetime] = {}
    if order_ids:
        # What is owed first: one that is issued between the two statements is found by the second.
        due = sa.select(DueDocument.order_id, DueDocument.due_at).where(
            DueDocument.order_id.in_(order_ids), DueDocument.kind == DocumentKind.INVOICE
        )
        owed = {row.order_id: row.due_at for row in session.execute(due)}
        is_invoice = sa.case((Document.kind == DocumentKind.INVOICE, Document.id))
        current = (
            sa.select(Document.order_id, sa.func.max(is_invoice))
            .where(Document.order_id.in_(order_ids))
            .group_by(Document.order_id)
            .having(sa.func.sum(Document.gross_cents) != 0)
        )
        invoices = {row[0]: row[1] for row in session.execute(current)}
    document_ids = {int(each.document_id) for each in asked if each.document_id}
    return _Known(
        _files(session, {*document_ids, *invoices.values()}),
        invoices,
        owed,
        _awaited(session, {int(each.awaited_file) for each in asked if each.awaited_file}),
        _fees(session, {int(each.fee_of_payout) for each in asked if each.fee_of_payout}),
    )


def _files(session: Session, document_ids: Collection[int]) -> dict[int, _File]:
    if not document_ids:
        return {}
    found = session.execute(
        sa.select(Document.id.label("document_id"), Document.number, *_FILE_COLUMNS)
        .join(StoredFile, StoredFile.document_id == Document.id)
        .where(Document.id.in_(document_ids))
    )
    return {row.document_id: _file(row) for row in found}


def _awaited(session: Session, file_ids: Collection[int]) -> dict[int, _File]:
    if not file_ids:
        return {}
    found = session.execute(sa.select(*_FILE_COLUMNS).where(StoredFile.id.in_(file_ids)))
    return {row.id: _file(row) for row in found}


def _fees(session: Session, payout_ids: Collection[int]) -> dict[int, _File | None]:
    """Return the invoices of the fees in payouts, those included that will be issued in a moment."""
    if not payout_ids:
        return {}
    invoicing = session.scalar(sa.select(PayoutSettings.fee_invoicing)) or FeeInvoicing.PER_PAYOUT
    found = session.execute(
        sa.select(Payout.id.label("payout_id"), Payout.fee_document_id, FeeDocument.number, *_FILE_COLUMNS)
        .outerjoin(FeeDocument, FeeDocument.id == Payout.fee_document_id)
        .outerjoin(StoredFile, StoredFile.id == FeeDocument.file_id)
        .where(Payout.id.in_(payout_ids), Payout.fee_cents != 0)
    )
    return {
        row.payout_id: _file(row) if row.fee_document_id is not None else None
        for row in found
        if row.fee_document_id is not None or invoicing is FeeInvoicing.PER_PAYOUT
    }


def _file(row: sa.Row[*tuple[Any, ...]]) -> _File:
    known = row._asdict()
    return _File(**{name: known[name] for name in _FILE_FIELDS if name in known})


_FILE_FIELDS = tuple(field.name for field in fields(_File))
_FILE_COLUMNS = columns(StoredFile, _File)
