"""Give fee invoices their numbers: taken in the transaction that inserts them, so that none is missing or doubled."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.documents import FIRST_HASH, DocumentKind, document_number, later_of
from db.domain.fee_invoices import fee_series_code
from db.domain.snapshot import FeeSnapshot
from db.domain.snapshot_json import chained_hash, to_json
from db.domain.time import local_day
from db.models import FeeDocument, FeeSeries
from db.services.documents.drafts import Place
from db.services.documents.series import Taken
from db.services.upsert import insert_for


def take_number(session: Session, kind: DocumentKind, now: dt.datetime) -> Taken:
    """Take the next number of a series; whoever wants one of the same series waits for this transaction."""
    year = local_day(now).year
    begun = {"code": fee_series_code(kind, year), "year": year, "last_sequence": 1, "last_hash": FIRST_HASH}
    counted = (
        insert_for(session, FeeSeries)
        .values(begun)
        .on_conflict_do_update(index_elements=[FeeSeries.code], set_={"last_sequence": FeeSeries.last_sequence + 1})
        .returning(FeeSeries.id, FeeSeries.code, FeeSeries.last_sequence, FeeSeries.last_issued_at, FeeSeries.last_hash)
    )
    row = session.execute(counted).one()
    issued_at = later_of(now, row.last_issued_at)
    place = Place(row.code, row.last_sequence, document_number(row.code, row.last_sequence), issued_at)
    return Taken(row.id, row.last_hash, place)


def insert_fees(session: Session, taken: Taken, snapshot: FeeSnapshot, cause: str, file_id: int) -> int:
    """Write a document under the number that was taken for it, and go on with the series' chain; return its id."""
    said = to_json(snapshot)
    content_hash = chained_hash(taken.previous_hash, said)
    row = {
        "series_id": taken.series_id,
        "sequence": snapshot.sequence,
        "number": snapshot.number,
        "is_credit_note": snapshot.is_credit_note,
        "seller_id": snapshot.seller_id,
        "cause": cause,
        "first_on": snapshot.first_on,
        "last_on": snapshot.last_on,
        "issued_at": snapshot.issued_at,
        "issued_on": snapshot.issued_on,
        "currency": snapshot.currency,
        "net_cents": snapshot.net_cents,
        "vat_cents": snapshot.vat_cents,
        "gross_cents": snapshot.gross_cents,
        "snapshot": said,
        "previous_hash": taken.previous_hash,
        "content_hash": content_hash,
        "file_id": file_id,
    }
    document_id = session.scalars(sa.insert(FeeDocument).returning(FeeDocument.id), row).one()
    session.execute(
        sa.update(FeeSeries)
        .where(FeeSeries.id == taken.series_id)
        .values(last_issued_at=snapshot.issued_at, last_hash=content_hash)
        .execution_options(synchronize_session=False)
    )
    return document_id
