"""Finances › Commissions: what the marketplace invoiced to its sellers, page by page, and what that comes to."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.errors import NotFoundError
from db.domain.fee_filter import FeeFilter, FeeTab
from db.domain.files import FileState
from db.domain.payouts import payout_id_of, reference_of
from db.domain.permissions import Permission
from db.domain.snapshot import FeeSnapshot
from db.domain.snapshot_json import fees_from_json
from db.domain.text import is_storable
from db.domain.viewer import Viewer
from db.models import FeeDocument, Payout, Seller, StoredFile
from db.queries.plans import holds, not_indexed

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class FeeRow:
    """One line of the list. Amounts are cents; a credit note's are negative."""

    id: int
    number: str
    is_credit_note: bool
    seller_id: int
    seller_name: str
    issued_on: dt.date
    first_on: dt.date
    last_on: dt.date
    currency: str
    net_cents: int
    vat_cents: int
    gross_cents: int
    file_id: int
    file_state: FileState
    #: Whether an official check found something wrong in its file.
    is_flagged: bool

    @property
    def is_ready(self) -> bool:
        """Tell whether its PDF can be had."""
        return self.file_state is FileState.READY


@dataclass(frozen=True, slots=True)
class FeePage:
    """One page of the list, newest first."""

    rows: tuple[FeeRow, ...]
    has_newer: bool
    has_older: bool


@dataclass(frozen=True, slots=True)
class FeeTotals:
    """What the documents of a filter come to in one currency."""

    currency: str
    count: int
    net_cents: int
    vat_cents: int
    gross_cents: int


@dataclass(frozen=True, slots=True)
class InvoicedPayout:
    """A payout whose fees a document states."""

    id: int
    fee_cents: int

    @property
    def reference(self) -> str:
        """Return « REV-000012 »."""
        return reference_of(self.id)


@dataclass(frozen=True, slots=True)
class FeeDetail:
    """One document: its line in the list, all that it states, and the payouts that lead to its orders."""

    row: FeeRow
    stated: FeeSnapshot
    payouts: tuple[InvoicedPayout, ...]


class FeeDocumentNotFoundError(NotFoundError):
    """No such document, or not for this person."""

    def __init__(self) -> None:
        super().__init__("Cette facture de commission n’existe pas ou ne vous est pas accessible.")


def fee_page(
    session: Session, viewer: Viewer, wanted: FeeFilter, *, before: int | None = None, after: int | None = None
) -> FeePage:
    """Return one page of the documents that a filter asks for.

    Args:
        session: An open session.
        viewer: Who looks; a seller sees only its own.
        wanted: Which documents.
        before: Only those further down than this one (its id).
        after: The page that ends just above this one (its id); ``before`` is then not looked at.

    Raises:
        NotAllowedError: The person may not read payouts.
    """
    viewer.require(Permission.READ_PAYOUTS)
    upwards = after is not None
    edge = _place(session, before if after is None else after)
    place = sa.tuple_(FeeDocument.issued_on, FeeDocument.id)
    ids = sa.select(FeeDocument.id).where(*_where(viewer, wanted))
    if edge is not None:
        ids = ids.where(place > edge if upwards else place < edge)
    day, key = FeeDocument.issued_on, FeeDocument.id
    ids = ids.order_by(*((day, key) if upwards else (day.desc(), key.desc())))
    found = session.scalars(ids.limit(PAGE_SIZE + 1)).all()
    has_more, shown = len(found) > PAGE_SIZE, found[:PAGE_SIZE]
    rows = {row.id: FeeRow(**row._asdict()) for row in session.execute(_rows().where(FeeDocument.id.in_(shown)))}
    return FeePage(
        rows=tuple(rows[each] for each in (shown[::-1] if upwards else shown)),
        has_newer=has_more if upwards else edge is not None,
        has_older=True if upwards else has_more,
    )


def fee_totals(session: Session, viewer: Viewer, wanted: FeeFilter) -> list[FeeTotals]:
    """Return what the documents of a filter come to, credit notes subtracted, by currency.

    Raises:
        NotAllowedError: The person may not read payouts.
    """
    viewer.require(Permission.READ_PAYOUTS)
    found = (
        sa.select(
            FeeDocument.currency,
            sa.func.count(),
            sa.cast(sa.func.sum(FeeDocument.net_cents), sa.BigInteger),
            sa.cast(sa.func.sum(FeeDocument.vat_cents), sa.BigInteger),
            sa.cast(sa.func.sum(FeeDocument.gross_cents), sa.BigInteger),
        )
        .where(*_where(viewer, wanted))
        .group_by(FeeDocument.currency)
        .order_by(FeeDocument.currency)
    )
    return [FeeTotals(*row) for row in session.execute(found)]


def fee_detail(session: Session, viewer: Viewer, document_id: int) -> FeeDetail:
    """Return one document with all that it states.

    Raises:
        NotAllowedError: The person may not read payouts.
        FeeDocumentNotFoundError: There is none, or not for this person.
    """
    viewer.require(Permission.READ_PAYOUTS)
    row = session.execute(_rows().where(FeeDocument.id == document_id, *_own(viewer))).one_or_none()
    if row is None:
        raise FeeDocumentNotFoundError
    said = session.scalars(sa.select(FeeDocument.snapshot).where(FeeDocument.id == document_id)).one()
    payouts = session.execute(
        sa.select(Payout.id, Payout.fee_cents).where(Payout.fee_document_id == document_id).order_by(Payout.id)
    )
    return FeeDetail(
        FeeRow(**row._asdict()), fees_from_json(said), tuple(InvoicedPayout(*payout) for payout in payouts)
    )


def _rows() -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(
            FeeDocument.id,
            FeeDocument.number,
            FeeDocument.is_credit_note,
            FeeDocument.seller_id,
            Seller.name.label("seller_name"),
            FeeDocument.issued_on,
            FeeDocument.first_on,
            FeeDocument.last_on,
            FeeDocument.currency,
            FeeDocument.net_cents,
            FeeDocument.vat_cents,
            FeeDocument.gross_cents,
            FeeDocument.file_id,
            StoredFile.state.label("file_state"),
            StoredFile.is_flagged,
        )
        .join(Seller, Seller.id == FeeDocument.seller_id)
        .join(StoredFile, StoredFile.id == FeeDocument.file_id)
    )


def _place(session: Session, document_id: int | None) -> sa.Tuple | None:
    if document_id is None:
        return None
    day = session.scalar(sa.select(FeeDocument.issued_on).where(FeeDocument.id == document_id))
    return sa.tuple_(sa.literal(day), sa.literal(document_id)) if day else None


def _own(viewer: Viewer) -> list[sa.ColumnElement[bool]]:
    return [] if viewer.seller_id is None else [FeeDocument.seller_id == viewer.seller_id]


def _where(viewer: Viewer, wanted: FeeFilter) -> list[sa.ColumnElement[bool]]:
    checks = _own(viewer)
    if wanted.seller_id is not None:
        checks.append(FeeDocument.seller_id == wanted.seller_id)
    if wanted.first_day:
        checks.append(FeeDocument.issued_on >= wanted.first_day)
    if wanted.last_day:
        checks.append(FeeDocument.issued_on <= wanted.last_day)
    if wanted.tab in {FeeTab.INVOICES, FeeTab.CREDIT_NOTES}:
        checks.append(not_indexed(FeeDocument.is_credit_note.is_(wanted.tab is FeeTab.CREDIT_NOTES)))
    if wanted.text:
        checks.append(_is_named(wanted.text))
    return checks


def _is_named(text: str) -> sa.ColumnElement[bool]:
    """Return the condition that a document's number holds a text, or that it states the payout which that names."""
    if not is_storable(text):
        return sa.false()
    payout_id = payout_id_of(text)
    if payout_id is None:
        return holds(FeeDocument.number, text.strip().upper())
    its_own = sa.select(Payout.fee_document_id).where(Payout.id == payout_id)
    return FeeDocument.id.in_(its_own.where(Payout.fee_document_id.is_not(None)))
