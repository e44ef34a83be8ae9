"""Give fee invoices their numbers: taken in the transaction that inserts them, so that none is missing or doubled."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.documents import FIRST_HASH, DocumentKind
from db.domain.fee_invoices import fee_series_code
from db.domain.snapshot import FeeSnapshot
from db.domain.time import local_day
from db.models import FeeDocument, FeeSeries
from db.services.documents.series import Taken, go_on, numbered_row, take_next


def take_number(session: Session, kind: DocumentKind, now: dt.datetime) -> Taken:
    """Take the next number of a series; whoever wants one of the same series waits for this transaction."""
    year = local_day(now).year
    begun = {"code": fee_series_code(kind, year), "year": year, "last_sequence": 1, "last_hash": FIRST_HASH}
    return take_next(session, FeeSeries, begun, [FeeSeries.code], now)


def insert_fees(session: Session, taken: Taken, snapshot: FeeSnapshot, cause: str, file_id: int) -> int:
    """Write a document under the number that was taken for it, and go on with the series' chain; return its id."""
    row = numbered_row(taken, snapshot) | {
        "is_credit_note": snapshot.is_credit_note,
        "seller_id": snapshot.seller_id,
        "cause": cause,
        "first_on": snapshot.first_on,
        "last_on": snapshot.last_on,
        "file_id": file_id,
    }
    document_id = session.scalars(sa.insert(FeeDocument).returning(FeeDocument.id), row).one()
    go_on(session, FeeSeries, row)
    return document_id
