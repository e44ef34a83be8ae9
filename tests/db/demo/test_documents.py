"""The demo data's invoices and credit notes are what the services would have issued."""

from itertools import groupby

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.demo.documents import SINCE
from db.domain.documents import FIRST_HASH, DocumentKind
from db.domain.orders import OrderStatus
from db.domain.snapshot_json import chained_hash
from db.domain.time import local_day
from db.models import Document, DocumentSeries, DocumentVat, Order, StoredFile
from tests.conftest import NOW


def test_every_sale_of_the_last_weeks_has_one_invoice_of_its_total(demo: Session) -> None:
    sold = demo.execute(
        sa.select(Order.id, Order.total_cents, Order.invoice_number, Document.number, Document.gross_cents)
        .outerjoin(Document, sa.and_(Document.order_id == Order.id, Document.kind == DocumentKind.INVOICE))
        .where(
            Order.placed_on > local_day(NOW - SINCE),
            Order.paid_at < NOW - SINCE / 30,
            Order.total_cents > 0,
            Order.status != OrderStatus.CANCELLED,
        )
    ).all()
    assert len(sold) > 20
    assert all(row.gross_cents == row.total_cents and row.invoice_number == row.number for row in sold)
    assert len({row.id for row in sold}) == len(sold)


def test_the_series_have_no_gap_and_their_chains_hold(demo: Session) -> None:
    last = {series.id: series for series in demo.scalars(sa.select(DocumentSeries))}
    rows = demo.scalars(sa.select(Document).order_by(Document.series_id, Document.sequence))
    for series_id, found in groupby(rows, key=lambda row: row.series_id):
        previous, documents = FIRST_HASH, list(found)
        assert [row.sequence for row in documents] == list(range(1, last[series_id].last_sequence + 1))
        assert [row.issued_at for row in documents] == sorted(row.issued_at for row in documents)
        for row in documents:
            assert (row.previous_hash, row.content_hash) == (previous, chained_hash(previous, row.snapshot))
            previous = row.content_hash
        assert last.pop(series_id).last_hash == previous
    assert last == {}


def test_base_and_vat_are_those_of_the_rates_and_each_document_waits_for_its_file(demo: Session) -> None:
    documents = demo.execute(
        sa.select(Document.net_cents, Document.vat_cents, Document.gross_cents, StoredFile.arguments, Document.id)
        .join(StoredFile, StoredFile.document_id == Document.id)
        .order_by(Document.id)
    ).all()
    sums = sa.select(*(sa.func.sum(c) for c in (DocumentVat.net_cents, DocumentVat.vat_cents, DocumentVat.gross_cents)))
    rates = [
        tuple(map(int, row))
        for row in demo.execute(sums.group_by(DocumentVat.document_id).order_by(DocumentVat.document_id))
    ]
    assert [tuple(row[:3]) for row in documents] == rates
    assert all(row.arguments == {"document_id": row.id} for row in documents)


def test_some_are_credited_and_never_more_than_invoiced(demo: Session) -> None:
    left = demo.execute(sa.select(sa.func.sum(Document.gross_cents)).group_by(Document.order_id)).scalars().all()
    assert min(left) >= 0
    assert demo.scalar(sa.select(sa.func.count()).where(Document.kind == DocumentKind.CREDIT_NOTE))
