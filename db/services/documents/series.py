"""Give documents their numbers: taken in the transaction that inserts them, so that none is missing or given twice."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from db.domain.documents import DocumentKind, document_number, later_of, series_code
from db.domain.snapshot import Numbered, Snapshot
from db.domain.snapshot_json import chained_hash, to_json
from db.domain.time import local_day
from db.models import Document, DocumentSeries, DocumentVat, FeeSeries
from db.services.documents.drafts import Place
from db.services.upsert import insert_for


@dataclass(frozen=True, slots=True)
class Taken:
    """A number that is taken until the transaction ends: committed with its document, or given back with it."""

    series_id: int
    previous_hash: str
    place: Place


@dataclass(frozen=True, slots=True)
class Parties:
    """The rows that a document belongs to."""

    order_id: int
    seller_id: int
    customer_id: int | None
    #: Of a credit note: its invoice.
    original_id: int | None = None


def take_number(
    session: Session,
    kind: DocumentKind,
    seller_id: int,
    seller_code: str,
    now: dt.datetime,
    *,
    not_before: dt.datetime | None = None,
) -> Taken:
    """Take the next number of a seller's series; whoever wants one of the same series waits for this transaction.

    ``not_before`` is when the invoice was issued that a credit note corrects.
    """
    now = later_of(now, not_before)
    year = local_day(now).year
    code = series_code(kind, seller_code, year)
    begun = {"code": code, "kind": kind, "seller_id": seller_id, "year": year, "last_sequence": 1}
    of_one = (DocumentSeries.seller_id, DocumentSeries.kind, DocumentSeries.year)
    return take_next(session, DocumentSeries, begun, of_one, now)


def take_next(
    session: Session,
    series: type[DocumentSeries | FeeSeries],
    begun: Mapping[str, Any],
    of_one: Collection[InstrumentedAttribute[Any]],
    now: dt.datetime,
) -> Taken:
    """Take the next number of a series, or the first of one that begins.

    Args:
        session: The transaction that inserts the document.
        series: The table that counts the numbers.
        begun: The series as it begins.
        of_one: The columns that tell it from all others.
        now: The instant; a document is not issued before the last one of its series.
    """
    first = insert_for(session, series).values(begun)
    counted = first.on_conflict_do_update(
        index_elements=of_one, set_={"last_sequence": series.last_sequence + 1}
    ).returning(series.id, series.code, series.last_sequence, series.last_issued_at, series.last_hash)
    row = session.execute(counted).one()
    issued_at = later_of(now, row.last_issued_at)
    place = Place(row.code, row.last_sequence, document_number(row.code, row.last_sequence), issued_at)
    return Taken(row.id, row.last_hash, place)


def insert_document(session: Session, taken: Taken, snapshot: Snapshot, parties: Parties) -> int:
    """Write a document under the number that was taken for it, and go on with the series' chain; return its id."""
    row = document_row(taken, snapshot, parties)
    document_id = session.scalars(sa.insert(Document).returning(Document.id), row).one()
    session.execute(sa.insert(DocumentVat), vat_rows(document_id, snapshot, parties))
    go_on(session, DocumentSeries, row)
    return document_id


def go_on(session: Session, series: type[DocumentSeries | FeeSeries], row: Mapping[str, Any]) -> None:
    """Have the next document of a series follow the one that this row is."""
    session.execute(
        sa.update(series)
        .where(series.id == row["series_id"])
        .values(last_issued_at=row["issued_at"], last_hash=row["content_hash"])
        .execution_options(synchronize_session=False)
    )


def document_row(taken: Taken, snapshot: Snapshot, parties: Parties) -> dict[str, Any]:
    """Return a document as its row of ``documents``."""
    return numbered_row(taken, snapshot) | {
        "kind": snapshot.kind,
        "order_id": parties.order_id,
        "seller_id": parties.seller_id,
        "customer_id": parties.customer_id,
        "customer_name": snapshot.buyer.company or snapshot.buyer.name,
        "original_id": parties.original_id,
    }


def numbered_row(taken: Taken, snapshot: Numbered) -> dict[str, Any]:
    """Return what every numbered document has in its row: its place, its amounts, what it states and what proves it."""
    said = to_json(snapshot)
    return {
        "series_id": taken.series_id,
        "sequence": snapshot.sequence,
        "number": snapshot.number,
        "issued_at": snapshot.issued_at,
        "issued_on": snapshot.issued_on,
        "currency": snapshot.currency,
        "net_cents": snapshot.net_cents,
        "vat_cents": snapshot.vat_cents,
        "gross_cents": snapshot.gross_cents,
        "snapshot": said,
        "previous_hash": taken.previous_hash,
        "content_hash": chained_hash(taken.previous_hash, said),
    }


def vat_rows(document_id: int, snapshot: Snapshot, parties: Parties) -> list[dict[str, Any]]:
    """Return what a document states for each rate, as rows of ``document_vat``."""
    return [
        {
            "document_id": document_id,
            "rate_bp": each.rate_bp,
            "kind": snapshot.kind,
            "seller_id": parties.seller_id,
            "issued_on": snapshot.issued_on,
            "currency": snapshot.currency,
            "net_cents": each.net_cents,
            "vat_cents": each.vat_cents,
            "gross_cents": each.gross_cents,
        }
        for each in snapshot.vat
    ]
