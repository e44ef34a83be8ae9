"""What goes with e-mails that are about to leave: the documents they ask for, where those are ready to be sent."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.documents import DocumentKind
from db.domain.enclosures import PATIENCE, Enclosure, Missing, enclosures
from db.domain.files import UNDER_WAY_STATES, FileState
from db.models import Document, DueDocument, OutboxMessage, StoredFile


@dataclass(frozen=True, slots=True)
class Enclosing:
    """What goes with one e-mail, and whether it is worth waiting for more of it."""

    found: tuple[Enclosure, ...]
    waits_since: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class _File:
    document_id: int
    number: str
    id: int
    state: FileState
    is_flagged: bool
    ref: str
    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class _Known:
    """What the database says of all documents that some e-mails ask for."""

    #: By document.
    files: Mapping[int, _File]
    #: Order → its invoice that is not wholly credited.
    invoices: Mapping[int, int]
    #: Order → when the invoice it is owed is to be issued.
    owed: Mapping[int, dt.datetime]


def enclosings(session: Session, rows: Sequence[OutboxMessage], now: dt.datetime) -> dict[int, Enclosing]:
    """Return what goes with each e-mail that asks for a document, by its id; others are left out.

    Three statements whatever the number of rows; none where no e-mail asks for anything.
    """
    asking = {row.id: enclosures(row.attachments) for row in rows if row.attachments}
    asking = {key: asked for key, asked in asking.items() if any(each.is_looked_up for each in asked)}
    if not asking:
        return {}
    orders = {row.id: row.order_id or 0 for row in rows}
    known = _known(
        session,
        {orders[key] for key, asked in asking.items() if any(not each.document_id for each in asked)},
        {int(each.document_id) for asked in asking.values() for each in asked if each.document_id},
    )
    return {key: _enclosing(asked, orders[key], known, now) for key, asked in asking.items()}


def _enclosing(asked: Sequence[Enclosure], order_id: int, known: _Known, now: dt.datetime) -> Enclosing:
    found = tuple(_found(each, order_id, known, now) if each.is_looked_up else each for each in asked)
    waiting = [dt.datetime.fromisoformat(each.waits_since) for each in found if each.waits_since]
    return Enclosing(found, min(waiting, default=None))


def _found(each: Enclosure, order_id: int, known: _Known, now: dt.datetime) -> Enclosure:
    asked = each.as_asked()
    since = dt.datetime.fromisoformat(each.waits_since) if each.waits_since else now
    document_id = int(asked.document_id) if asked.document_id else known.invoices.get(order_id)
    if document_id is None:
        owed_at = known.owed.get(order_id)
        if owed_at is None:
            return replace(asked, missing=Missing.NO_INVOICE)
        # What could not be issued is tried again in an hour: too late for this e-mail.
        return _later(asked, since, now, is_hopeful=owed_at < since + PATIENCE)
    file = known.files.get(document_id)
    if file is not None and file.state in UNDER_WAY_STATES:
        return _later(asked, since, now, is_hopeful=True)
    if file is None or file.is_flagged or file.state is not FileState.READY:
        return replace(asked, missing=Missing.NOT_FIT)
    return replace(
        asked,
        document_id=str(document_id),
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


def _known(session: Session, order_ids: Collection[int], document_ids: Collection[int]) -> _Known:
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
    return _Known(_files(session, {*document_ids, *invoices.values()}), invoices, owed)


def _files(session: Session, document_ids: Collection[int]) -> dict[int, _File]:
    if not document_ids:
        return {}
    found = session.execute(
        sa.select(
            Document.id.label("document_id"),
            Document.number,
            StoredFile.id,
            StoredFile.state,
            StoredFile.is_flagged,
            StoredFile.ref,
            StoredFile.name,
            StoredFile.sha256,
        )
        .join(StoredFile, StoredFile.document_id == Document.id)
        .where(Document.id.in_(document_ids))
    )
    return {row.document_id: _File(**row._asdict()) for row in found}
