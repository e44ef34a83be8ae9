"""VAT, month by month and rate by rate: of the sellers' documents, and of the fees that the house itself invoices."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.accounting_reports import AccountingFilter
from db.domain.documents import DocumentKind
from db.domain.files import FileKind
from db.domain.months import month_of
from db.domain.snapshot_json import fees_from_json
from db.domain.viewer import Viewer
from db.models import DocumentVat, FeeDocument, Seller
from db.queries.accounting.periods import of_sellers
from db.queries.columns import sum_of

#: What the house's own fees are listed under.
HOUSE = "Marketplace (commissions)"


@dataclass(frozen=True, slots=True)
class VatOfMonth:
    """What one issuer's documents of a month state at one rate, in cents; credit notes are negative."""

    month: dt.date
    #: None: the house itself.
    seller_id: int | None
    issuer_name: str
    rate_bp: int
    invoiced_net_cents: int = 0
    invoiced_vat_cents: int = 0
    credited_net_cents: int = 0
    credited_vat_cents: int = 0

    @property
    def net_cents(self) -> int:
        """Return the base that is declared."""
        return self.invoiced_net_cents + self.credited_net_cents

    @property
    def vat_cents(self) -> int:
        """Return the VAT that is declared."""
        return self.invoiced_vat_cents + self.credited_vat_cents


def vat_by_month(session: Session, viewer: Viewer, wanted: AccountingFilter) -> list[VatOfMonth]:
    """Return the VAT of some days by month, issuer and rate: sellers by name, the house's own fees last.

    Raises:
        NotAllowedError: The person may not take figures of the house out of it.
    """
    viewer.require(FileKind.ACCOUNTING.permission)
    found = _of_sales(session, viewer, wanted)
    if wanted.seller_id is None and viewer.seller_id is None:
        found += _of_fees(session, wanted)
    found.sort(key=lambda each: (each.month, each.seller_id is None, each.issuer_name, each.rate_bp))
    return found


def _of_sales(session: Session, viewer: Viewer, wanted: AccountingFilter) -> list[VatOfMonth]:
    of = DocumentVat
    year, month = sa.extract("year", of.issued_on), sa.extract("month", of.issued_on)
    keys = (year.label("year"), month.label("month"), of.seller_id, of.rate_bp, of.kind)
    found = (
        sa.select(*keys, sum_of(of.net_cents).label("net"), sum_of(of.vat_cents).label("vat"))
        .where(
            of.issued_on.between(wanted.first_day, wanted.last_day),
            of.currency == wanted.currency,
            *of_sellers(viewer, wanted, of.seller_id),
        )
        .group_by(year, month, of.seller_id, of.rate_bp, of.kind)
    )
    if wanted.rate_bp is not None:
        found = found.where(of.rate_bp == wanted.rate_bp)
    names = {row.id: row.name for row in session.execute(sa.select(Seller.id, Seller.name))}
    rows: dict[tuple[dt.date, int, int], VatOfMonth] = {}
    for row in session.execute(found):
        first = dt.date(int(row.year), int(row.month), 1)
        key = first, row.seller_id, row.rate_bp
        known = rows.get(key) or VatOfMonth(first, row.seller_id, names[row.seller_id], row.rate_bp)
        rows[key] = _added(known, row.net, row.vat, is_credit_note=row.kind is DocumentKind.CREDIT_NOTE)
    return list(rows.values())


def _of_fees(session: Session, wanted: AccountingFilter) -> list[VatOfMonth]:
    documents = session.execute(
        sa.select(FeeDocument.issued_on, FeeDocument.is_credit_note, FeeDocument.snapshot).where(
            FeeDocument.issued_on.between(wanted.first_day, wanted.last_day), FeeDocument.currency == wanted.currency
        )
    )
    sums: defaultdict[tuple[dt.date, int], list[tuple[int, int, bool]]] = defaultdict(list)
    for issued_on, is_credit_note, snapshot in documents:
        for line in fees_from_json(snapshot).vat:
            if wanted.rate_bp in {None, line.rate_bp}:
                sums[month_of(issued_on), line.rate_bp].append((line.net_cents, line.vat_cents, is_credit_note))
    found = []
    for (month, rate_bp), amounts in sums.items():
        row = VatOfMonth(month, None, HOUSE, rate_bp)
        for net, vat, is_credit_note in amounts:
            row = _added(row, net, vat, is_credit_note=is_credit_note)
        found.append(row)
    return found


def _added(row: VatOfMonth, net: int, vat: int, *, is_credit_note: bool) -> VatOfMonth:
    if is_credit_note:
        return replace(
            row, credited_net_cents=row.credited_net_cents + net, credited_vat_cents=row.credited_vat_cents + vat
        )
    return replace(
        row, invoiced_net_cents=row.invoiced_net_cents + net, invoiced_vat_cents=row.invoiced_vat_cents + vat
    )
