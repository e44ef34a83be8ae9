"""The continuity report of the marketplace's own series: its fee invoices, and the credit notes on them."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.continuity import HOUSE_ID, Anchor, SeriesReport
from db.domain.documents import DocumentKind
from db.domain.fee_invoices import kind_of_fee_series
from db.domain.series_check import IssuedRow, RateRow, SeriesFacts
from db.domain.snapshot_json import said_in
from db.domain.vat import VatTotal
from db.models import FeeDocument, FeeSeries, Marketplace, Payout
from db.services.documents.series_reading import AS_IT_IS, Progress, Reading, Row, check_as_it_flows, series_facts


def fee_series_to_check(session: Session, year: int | None = None) -> Mapping[int, int]:
    """Return the marketplace's own series of a year, or all, each with how many numbers it has given: newest first."""
    found = sa.select(FeeSeries.id, FeeSeries.last_sequence).order_by(FeeSeries.year.desc(), FeeSeries.code.desc())
    if year is not None:
        found = found.where(FeeSeries.year == year)
    return {row.id: row.last_sequence for row in session.execute(found)}


def inspect_fee_series(
    session: Session, series_id: int, known: Mapping[str, Anchor], progress: Progress = lambda _: None
) -> SeriesReport:
    """Check one series, in flat memory however long it is; see ``inspect_series`` of documents."""
    reading = Reading(_documents_of(series_id), _facts, partial(map, _issued))
    return check_as_it_flows(session, reading, known, progress)


def _documents_of(series_id: int) -> sa.Select[*tuple[Any, ...]]:
    """Return the documents of a series in the order of their numbers, each beside what the series counts."""
    withheld = (
        sa.select(-sa.cast(sa.func.coalesce(sa.func.sum(Payout.fee_cents), 0), sa.BigInteger))
        .where(Payout.fee_document_id == FeeDocument.id)
        .scalar_subquery()
    )
    house = sa.select(Marketplace.name).limit(1).scalar_subquery()
    return (
        sa.select(
            FeeSeries.code,
            FeeSeries.year,
            FeeSeries.last_sequence,
            FeeSeries.last_issued_at,
            FeeSeries.last_hash,
            sa.func.coalesce(house, "Marketplace").label("seller"),
            *(getattr(FeeDocument, name) for name in AS_IT_IS),
            FeeDocument.id,
            FeeDocument.is_credit_note,
            FeeDocument.seller_id,
            FeeDocument.first_on,
            FeeDocument.last_on,
            withheld.label("withheld_cents"),
            # As text: what somebody broke shall be reported, not stop the check.
            sa.cast(FeeDocument.snapshot, sa.Text).label("said"),
        )
        .select_from(FeeSeries)
        .outerjoin(FeeDocument, FeeDocument.series_id == FeeSeries.id)
        .where(FeeSeries.id == series_id)
        .order_by(FeeDocument.sequence, FeeDocument.id)
    )


def _facts(row: Row) -> SeriesFacts:
    return series_facts(row, kind_of_fee_series(row.code), HOUSE_ID)


def _issued(row: Row) -> IssuedRow:
    """Return a document as the check of all series reads it; what has no column beside it agrees with itself."""
    said = said_in(row.said)
    kind = DocumentKind.CREDIT_NOTE if row.is_credit_note else DocumentKind.INVOICE
    buyer = (said or {}).get("buyer") or {}
    return IssuedRow(
        **{name: getattr(row, name) for name in AS_IT_IS},
        kind=kind,
        seller_id=HOUSE_ID,
        customer_name=buyer.get("company") or buyer.get("name", ""),
        original="",
        rates=_rates(row, kind, said or {}),
        snapshot=said,
        also_differing=_differing(row, said or {}),
    )


def _rates(row: Row, kind: DocumentKind, said: Mapping[str, Any]) -> list[RateRow]:
    try:
        totals = [
            VatTotal(each["rate_bp"], each["net_cents"], each["vat_cents"], each["gross_cents"]) for each in said["vat"]
        ]
    except (KeyError, TypeError):  # Its content was changed, which is told by itself.
        return []
    return [RateRow(kind, HOUSE_ID, row.issued_on, row.currency, total) for total in totals]


def _differing(row: Row, said: Mapping[str, Any]) -> list[str]:
    """Return what only fee invoices have beside them and that says otherwise than they do, in words."""
    beside = {
        "vendeur": row.seller_id == said.get("seller_id"),
        "période": [row.first_on.isoformat(), row.last_on.isoformat()] == [said.get("first_on"), said.get("last_on")],
        "commissions des reversements": row.withheld_cents == row.gross_cents,
    }
    return [name for name, agrees in beside.items() if not agrees]
