"""What sellers transmit of their sales to consumers: CGI, art. 290 (transactions) and 290 A (payments).

Décret n° 2022-1299 du 7 octobre 2022 (CGI, ann. II, art. 242 nonies M s.): by day, what was invoiced to customers who
are no taxable persons, with its base and VAT for each rate and the number of transactions; and of services whose VAT is
due when they are paid, what was received by day and rate. A customer with neither a SIREN nor a VAT number counts as
one who is no taxable person: no electronic invoice could be addressed to them. For a payment the order's documents say
it; while there is none, the customer as they are now.
"""

import datetime as dt
from collections import Counter
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.accounting_reports import AccountingFilter
from db.domain.documents import DocumentKind
from db.domain.files import FileKind
from db.domain.snapshot import Nature
from db.domain.vat import totals_per_rate
from db.domain.viewer import Viewer
from db.models import Customer, Document, DocumentVat, Order, Seller
from db.queries.accounting.money_journal import all_money_rows
from db.queries.accounting.periods import of_sellers
from db.queries.columns import sum_of

_STATES_A_COMPANY = sa.or_(
    *(Document.snapshot[("buyer", field)].as_string() != "" for field in ("siren", "vat_number"))
)
#: The categories of the external specifications of the reform (flux 10): goods, services.
CATEGORIES = {Nature.GOODS: "TLB1", Nature.SERVICES: "TPS1", Nature.MIXED: "TLB1 / TPS1"}


@dataclass(frozen=True, slots=True)
class DayOfSales:
    """What one seller invoiced to consumers on one day at one rate, credit notes subtracted. Amounts are cents."""

    day: dt.date
    seller_id: int
    seller_name: str
    siren: str
    category: str
    rate_bp: int
    invoices: int
    credit_notes: int
    net_cents: int
    vat_cents: int


@dataclass(frozen=True, slots=True)
class DayOfPayments:
    """What one seller of services was paid on one day for what has one rate, less refunds. Amounts are cents."""

    day: dt.date
    seller_id: int
    seller_name: str
    siren: str
    rate_bp: int
    payments: int
    gross_cents: int
    vat_cents: int


def days_of_sales(session: Session, viewer: Viewer, wanted: AccountingFilter) -> list[DayOfSales]:
    """Return what is transmitted of sales to consumers.

    Raises:
        NotAllowedError: The person may not take figures of the house out of it.
    """
    viewer.require(FileKind.ACCOUNTING.permission)
    nature = Document.snapshot["nature"].as_string()
    is_invoice = sa.case((Document.kind == DocumentKind.INVOICE, 1), else_=0)
    found = (
        sa.select(
            Document.issued_on,
            Document.seller_id,
            Seller.name,
            Seller.siren,
            nature,
            DocumentVat.rate_bp,
            sum_of(is_invoice),
            sum_of(1 - is_invoice),
            sum_of(DocumentVat.net_cents),
            sum_of(DocumentVat.vat_cents),
        )
        .join(DocumentVat, DocumentVat.document_id == Document.id)
        .join(Seller, Seller.id == Document.seller_id)
        .where(
            Document.issued_on.between(wanted.first_day, wanted.last_day),
            Document.currency == wanted.currency,
            sa.not_(_STATES_A_COMPANY),
            *of_sellers(viewer, wanted, Document.seller_id),
        )
        .group_by(Document.issued_on, Document.seller_id, Seller.name, Seller.siren, nature, DocumentVat.rate_bp)
        .order_by(Document.issued_on, Seller.name, Document.seller_id, nature, DocumentVat.rate_bp)
    )
    if wanted.rate_bp is not None:
        found = found.where(DocumentVat.rate_bp == wanted.rate_bp)
    days = []
    for day, seller_id, name, siren, sold, *amounts in session.execute(found):
        days.append(DayOfSales(day, seller_id, name, siren, CATEGORIES[Nature(sold)], *amounts))
    return days


def days_of_payments(session: Session, viewer: Viewer, wanted: AccountingFilter) -> list[DayOfPayments]:
    """Return what is transmitted of payments by consumers: of services whose seller did not opt for VAT on debits.

    Whoever sells goods as well transmits what paid for articles that weigh nothing: goods are sent, and weighed.

    Raises:
        NotAllowedError: The person may not take figures of the house out of it.
    """
    viewer.require(FileKind.ACCOUNTING.permission)
    on_payment = Seller.nature.in_((Nature.SERVICES, Nature.MIXED)) & sa.not_(Seller.vat_on_debits)
    sellers = {
        row.id: row
        for row in session.execute(sa.select(Seller.id, Seller.name, Seller.siren, Seller.nature).where(on_payment))
        if wanted.seller_id in {None, row.id}
    }
    if not sellers:
        return []
    gross, payments = Counter[tuple[dt.date, int, int]](), Counter[tuple[dt.date, int, int]]()
    for rows in all_money_rows(session, viewer, wanted, [Order.seller_id.in_(sellers), _is_of_consumer()]):
        for row in rows:
            for rate_bp, cents in row.services if sellers[row.seller_id].nature is Nature.MIXED else row.rates:
                key = row.booked_on, row.seller_id, rate_bp
                gross[key] += cents
                payments[key] += 1
    keys = sorted(gross, key=lambda key: (key[0], sellers[key[1]].name, key[1], key[2]))
    return [
        DayOfPayments(
            day,
            seller_id,
            sellers[seller_id].name,
            sellers[seller_id].siren,
            rate_bp,
            payments[day, seller_id, rate_bp],
            gross[day, seller_id, rate_bp],
            totals_per_rate([(rate_bp, gross[day, seller_id, rate_bp])])[0].vat_cents,
        )
        for day, seller_id, rate_bp in keys
    ]


def _is_of_consumer() -> sa.ColumnElement[bool]:
    """Return the condition on orders that the sales' report has, or will have, as a consumer's."""
    is_told = sa.exists().where(Document.order_id == Order.id)
    company_told = sa.exists().where(Document.order_id == Order.id, _STATES_A_COMPANY)
    company_now = sa.exists().where(
        Customer.id == Order.customer_id, sa.or_(Customer.siren != "", Customer.vat_number != "")
    )
    return sa.case((is_told, sa.not_(company_told)), else_=sa.not_(company_now))
