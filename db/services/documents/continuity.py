"""The continuity report: read every document of a series as it flows by, and keep what a check found.

One statement reads a series, so that what its row counts and its documents are of one instant, however many more are
issued meanwhile. Whoever checks many opens a session for each: a long one would keep the database from tidying up.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from db.domain.actor import Actor
from db.domain.continuity import Anchor, Check, SeriesReport, reports_from_json, reports_to_json
from db.domain.documents import DocumentKind
from db.domain.files import FileKind
from db.domain.series_check import IssuedRow, RateRow, SeriesFacts, vanished
from db.domain.snapshot_json import said_in
from db.domain.text import fold
from db.domain.time import local_day
from db.domain.vat import VatTotal
from db.models import Document, DocumentCheck, DocumentSeries, DocumentVat, FeeSeries, Seller
from db.services.documents.series_reading import AS_IT_IS, Progress, Reading, Row, check_as_it_flows, series_facts
from db.services.fee_invoices.continuity import fee_series_to_check
from db.services.files import ask_for_file

#: How long every check is kept; of those before, the last of each month, and all that found something.
ALL_CHECKS_KEPT = dt.timedelta(days=90)


def series_to_check(session: Session, year: int | None = None) -> Mapping[int, int]:
    """Return the series of a year, or of all, each with how many numbers it has given: newest year first, by seller."""
    found = sa.select(
        DocumentSeries.id, DocumentSeries.year, DocumentSeries.kind, DocumentSeries.last_sequence, Seller.name
    ).join(Seller, Seller.id == DocumentSeries.seller_id)
    if year is not None:
        found = found.where(DocumentSeries.year == year)
    rows = sorted(
        session.execute(found),
        key=lambda row: (-row.year, fold(row.name), row.kind is DocumentKind.CREDIT_NOTE, row.id),
    )
    return {row.id: row.last_sequence for row in rows}


def known_anchors(session: Session) -> dict[str, Anchor]:
    """Return where the last check of all series found each of them to end, by their codes."""
    return {report.code: report.anchor for report in _last_reports(session)}


def lost_series(session: Session, year: int | None = None) -> list[SeriesReport]:
    """Return reports on the series of a year, or of all, that the last check of all knew and that are there no more."""
    there = set(session.scalars(sa.union_all(sa.select(DocumentSeries.code), sa.select(FeeSeries.code))))
    known = [report for report in _last_reports(session) if year in {None, report.year}]
    return [vanished(report) for report in known if report.code not in there]


def inspect_series(
    session: Session, series_id: int, known: Mapping[str, Anchor], progress: Progress = lambda _: None
) -> SeriesReport:
    """Check one series, in flat memory however long it is.

    Args:
        session: Open for reading.
        series_id: Which.
        known: What ``known_anchors`` returned.
        progress: Called now and then.
    """
    reading = Reading(_documents_of(series_id), _facts, partial(_issued, session))
    return check_as_it_flows(session, reading, known, progress)


def keep_check(
    session: Session,
    reports: Sequence[SeriesReport],
    now: dt.datetime,
    *,
    year: int | None = None,
    person_name: str = "",
) -> Check:
    """Write down what a check found, which nobody changes afterwards."""
    row = DocumentCheck(checked_at=now, person_name=person_name, year=year, report=reports_to_json(reports))
    found = Check(0, now, person_name, year, reports)
    row.documents, row.is_sound = found.documents, found.is_sound
    session.add(row)
    session.flush()
    return replace(found, id=row.id)


def purge_checks(session: Session, now: dt.datetime) -> None:
    """Forget the sound checks of long ago but for the last of each month.

    What is expected of a series is carried over from each check of all series to the next: the last one is all that a
    later one needs, and as the last of its month it stays, however long ago it was.
    """
    checks = session.execute(
        sa.select(DocumentCheck.id, DocumentCheck.checked_at, DocumentCheck.year, DocumentCheck.is_sound).order_by(
            DocumentCheck.id
        )
    ).all()
    last_of_month = {(check.year, local_day(check.checked_at).replace(day=1)): check.id for check in checks}
    kept = set(last_of_month.values())
    old = [check.id for check in checks if check.is_sound and check.checked_at < now - ALL_CHECKS_KEPT]
    session.execute(sa.delete(DocumentCheck).where(DocumentCheck.id.in_([each for each in old if each not in kept])))


def ask_for_check(session: Session, actor: Actor, now: dt.datetime, *, year: int | None = None) -> int:
    """Have the worker check the series of a year, or all, and print what it finds; return the file's id.

    Raises:
        NotAllowedError: The actor may not see the documents of all sellers.
    """
    title = f"Contrôle de continuité {year}" if year else "Contrôle de continuité"
    total = max(1, sum((*series_to_check(session, year).values(), *fee_series_to_check(session, year).values())))
    return ask_for_file(session, actor, FileKind.CONTINUITY, title, {"year": year, "by": actor.name}, total, now)


def ask_for_report(
    session: Session, actor: Actor, check_id: int, now: dt.datetime, *, year: int | None, seller_id: int | None
) -> int:
    """Have the worker print what a check found, of a year or a seller alone where they are given; return the file's id.

    Raises:
        NotAllowedError: The actor may not see the documents of all sellers.
    """
    title = f"Rapport de continuité {year}" if year else "Rapport de continuité"
    arguments = {"check_id": check_id, "year": year, "seller_id": seller_id}
    return ask_for_file(session, actor, FileKind.CONTINUITY, title, arguments, 1, now)


def _last_reports(session: Session) -> list[SeriesReport]:
    last = (
        sa.select(DocumentCheck.report).where(DocumentCheck.year.is_(None)).order_by(DocumentCheck.id.desc()).limit(1)
    )
    return reports_from_json(session.scalar(last) or [])


def _documents_of(series_id: int) -> sa.Select[*tuple[Any, ...]]:
    """Return the documents of a series in the order of their numbers, each beside what the series counts."""
    original = aliased(Document)
    return (
        sa.select(
            DocumentSeries.code,
            DocumentSeries.kind.label("series_kind"),
            DocumentSeries.seller_id.label("series_seller_id"),
            Seller.name.label("seller"),
            DocumentSeries.year,
            DocumentSeries.last_sequence,
            DocumentSeries.last_issued_at,
            DocumentSeries.last_hash,
            *(getattr(Document, name) for name in _AS_IT_IS),
            Document.id,
            sa.func.coalesce(original.number, "").label("original"),
            # As text: what somebody broke shall be reported, not stop the check.
            sa.cast(Document.snapshot, sa.Text).label("said"),
        )
        .select_from(DocumentSeries)
        .join(Seller, Seller.id == DocumentSeries.seller_id)
        .outerjoin(Document, Document.series_id == DocumentSeries.id)
        .outerjoin(original, original.id == Document.original_id)
        .where(DocumentSeries.id == series_id)
        .order_by(Document.sequence, Document.id)
    )


_AS_IT_IS = (*AS_IT_IS, "kind", "seller_id", "customer_name")


def _facts(row: Row) -> SeriesFacts:
    return series_facts(row, row.series_kind, row.series_seller_id)


def _issued(session: Session, documents: Sequence[Row]) -> Iterator[IssuedRow]:
    rates = _rates(session, [row.id for row in documents])
    for row in documents:
        columns = {name: getattr(row, name) for name in _AS_IT_IS}
        yield IssuedRow(**columns, original=row.original, rates=rates.get(row.id, ()), snapshot=said_in(row.said))


def _rates(session: Session, document_ids: Sequence[int]) -> dict[int, list[RateRow]]:
    # Written in the transactions of their documents and never after: all of them are seen.
    rates: dict[int, list[RateRow]] = {}
    for row in session.execute(sa.select(DocumentVat.__table__).where(DocumentVat.document_id.in_(document_ids))):
        total = VatTotal(row.rate_bp, row.net_cents, row.vat_cents, row.gross_cents)
        rates.setdefault(row.document_id, []).append(
            RateRow(row.kind, row.seller_id, row.issued_on, row.currency, total)
        )
    return rates
