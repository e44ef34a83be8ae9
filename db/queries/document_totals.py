"""How many documents a filter finds and what they come to, per currency and VAT rate: for whoever declares the VAT."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.document_filter import DocumentFilter
from db.domain.documents import DocumentKind
from db.domain.permissions import Permission
from db.domain.vat import VatTotal
from db.domain.viewer import Viewer
from db.models import Document, DocumentVat
from db.queries.document_conditions import Where, bounds_of, few_ids, where
from db.queries.plans import materialized

#: Beyond this a filter that no index answers says « plus de 10 000 » and gives no sum.
COUNT_CAP = 10_000

_AMOUNTS = (DocumentVat.net_cents, DocumentVat.vat_cents, DocumentVat.gross_cents)


@dataclass(frozen=True, slots=True)
class CurrencyTotals:
    """What documents of one currency come to; credit notes are subtracted."""

    currency: str
    #: One for each rate, lowest first.
    rates: tuple[VatTotal, ...]
    #: The invoices of them alone, at the same rates.
    invoices: tuple[VatTotal, ...]
    credit_notes: tuple[VatTotal, ...]

    @property
    def net_cents(self) -> int:
        """Return the total without VAT."""
        return sum(each.net_cents for each in self.rates)

    @property
    def vat_cents(self) -> int:
        """Return the VAT."""
        return sum(each.vat_cents for each in self.rates)

    @property
    def gross_cents(self) -> int:
        """Return the total, VAT included."""
        return sum(each.gross_cents for each in self.rates)


@dataclass(frozen=True, slots=True)
class DocumentTotals:
    """How many documents match. ``is_capped`` means « more than ``documents`` », and then no sum is known."""

    documents: int
    is_capped: bool
    currencies: tuple[CurrencyTotals, ...] = ()


def document_totals(session: Session, viewer: Viewer, wanted: DocumentFilter) -> DocumentTotals:
    """Return how many documents match and what they come to, exactly wherever that is quick.

    Raises:
        NotAllowedError: The person may not read documents.
    """
    viewer.require(Permission.READ_DOCUMENTS)
    if wanted.is_in_totals_index:
        return _from_index(session, viewer, wanted)
    matching = where(session, viewer, wanted)
    ids = few_ids(session, matching)
    if ids is not None:
        of_few = [DocumentVat.document_id.in_(ids)]
        return DocumentTotals(len(ids), is_capped=False, currencies=_sums(session, _summed(DocumentVat).where(*of_few)))
    return _walked(session, matching)


def _from_index(session: Session, viewer: Viewer, wanted: DocumentFilter) -> DocumentTotals:
    """Count and add up in the indexes alone, up to all there is."""
    count = sa.select(sa.func.count()).select_from(Document).where(*bounds_of(Document, viewer, wanted))
    # Added up in the order of the index first: to sort all its rows by rate would take twice as long.
    amounts = [sa.cast(sa.func.sum(amount), sa.BigInteger).label(amount.key) for amount in _AMOUNTS]
    by_day = (
        sa.select(DocumentVat.currency, DocumentVat.kind, DocumentVat.rate_bp, *amounts)
        .where(*bounds_of(DocumentVat, viewer, wanted))
        .group_by(
            DocumentVat.issued_on,
            DocumentVat.seller_id,
            DocumentVat.kind,
            DocumentVat.currency,
            DocumentVat.rate_bp,
        )
        .subquery("by_day")
    )
    sums = _summed(by_day.c)
    return DocumentTotals(session.scalar(count) or 0, is_capped=False, currencies=_sums(session, sums))


def _walked(session: Session, matching: Where) -> DocumentTotals:
    found = matching.capped(COUNT_CAP + 1)
    ids = list(session.scalars(found))
    if len(ids) > COUNT_CAP:
        return DocumentTotals(COUNT_CAP, is_capped=True)
    few = materialized(found, "few")
    sums = _summed(DocumentVat).join(few, few.c.id == DocumentVat.document_id)
    return DocumentTotals(len(ids), is_capped=False, currencies=_sums(session, sums))


def _summed(of: Any) -> sa.Select[*tuple[Any, ...]]:  # noqa: ANN401  a table or the columns of a subquery
    """Return the sums of rows that have a currency, a kind, a rate and amounts."""
    sums = [sa.cast(sa.func.sum(getattr(of, amount.key)), sa.BigInteger) for amount in _AMOUNTS]
    select: sa.Select[*tuple[Any, ...]] = sa.select(of.currency, of.kind, of.rate_bp, *sums)
    return select.group_by(of.currency, of.kind, of.rate_bp)


def _sums(session: Session, select: sa.Select[*tuple[Any, ...]]) -> tuple[CurrencyTotals, ...]:
    found: defaultdict[str, list[tuple[DocumentKind, VatTotal]]] = defaultdict(list)
    for currency, kind, *total in session.execute(select):
        found[currency].append((kind, VatTotal(*total)))
    totals = [_of_currency(currency, found[currency]) for currency in sorted(found)]
    return tuple(sorted(totals, key=lambda each: -abs(each.gross_cents)))


def _of_currency(currency: str, found: list[tuple[DocumentKind, VatTotal]]) -> CurrencyTotals:
    rates = sorted({total.rate_bp for _, total in found})

    def summed(*kinds: DocumentKind) -> tuple[VatTotal, ...]:
        of_kinds = [total for kind, total in found if kind in kinds]
        return tuple(_sum(rate, (each for each in of_kinds if each.rate_bp == rate)) for rate in rates)

    return CurrencyTotals(
        currency, summed(*DocumentKind), summed(DocumentKind.INVOICE), summed(DocumentKind.CREDIT_NOTE)
    )


def _sum(rate_bp: int, totals: Iterable[VatTotal]) -> VatTotal:
    amounts = [(each.net_cents, each.vat_cents, each.gross_cents) for each in totals]
    return VatTotal(rate_bp, *map(sum, zip(*amounts, strict=True))) if amounts else VatTotal(rate_bp, 0, 0, 0)
