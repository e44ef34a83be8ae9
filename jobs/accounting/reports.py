"""The reports that are lists: their columns, and their rows read a piece at a time."""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from db.domain.accounting_reports import AccountingFilter, Report
from db.domain.documents import DocumentKind
from db.domain.orders import PaymentKind
from db.domain.vat import totals_per_rate
from db.domain.viewer import Viewer
from db.engine import reading
from db.queries.accounting.e_reporting import days_of_payments, days_of_sales
from db.queries.accounting.money_journal import MoneyRow, all_money_rows
from db.queries.accounting.sales_journal import SalesRow, sales_rows
from db.queries.accounting.vat import vat_by_month
from jobs.spreadsheets import Cell, ListColumn, Value

_READ_AT_ONCE = 1_000

Rows = Sequence[tuple[Value, ...]]


@dataclass(frozen=True, slots=True)
class Layout:
    """How a report is written: what its file is called, its columns, and where its rows come from."""

    name: str
    columns: tuple[ListColumn, ...]
    read: Callable[[sa.Engine, Viewer, AccountingFilter], Iterator[Rows]]


def _sales(engine: sa.Engine, viewer: Viewer, wanted: AccountingFilter) -> Iterator[Rows]:
    after: tuple[dt.date, int] | None = None
    while True:
        with reading(engine) as session:
            rows = sales_rows(session, viewer, wanted, after, _READ_AT_ONCE)
        if not rows:
            return
        yield [_sale(row) for row in rows]
        after = rows[-1].issued_on, rows[-1].document_id


def _sale(row: SalesRow) -> tuple[Value, ...]:
    return (
        row.issued_on,
        "Avoir" if row.kind is DocumentKind.CREDIT_NOTE else "Facture",
        row.number,
        row.order_number,
        row.seller_name,
        row.customer_name,
        row.rate_bp,
        row.net_cents,
        row.vat_cents,
        row.gross_cents,
        row.currency,
    )


def _money(engine: sa.Engine, viewer: Viewer, wanted: AccountingFilter) -> Iterator[Rows]:
    with reading(engine) as session:
        for rows in all_money_rows(session, viewer, wanted):
            yield [each for row in rows for each in _money_by_rate(row)]


def _money_by_rate(row: MoneyRow) -> Iterator[tuple[Value, ...]]:
    """Return a payment's rows, one for each rate of what it paid."""
    for rate_bp, cents in row.rates or (("", row.cents),):
        vat: Value = "" if isinstance(rate_bp, str) else totals_per_rate([(rate_bp, cents)])[0].vat_cents
        yield (
            row.booked_on,
            row.value_on or "",
            "Encaissement" if row.kind is PaymentKind.PAYMENT else "Remboursement",
            row.method.label,
            row.order_number,
            row.seller_name,
            row.customer_name,
            row.reference,
            rate_bp,
            cents,
            vat,
            row.currency,
        )


def _vat(engine: sa.Engine, viewer: Viewer, wanted: AccountingFilter) -> Iterator[Rows]:
    with reading(engine) as session:
        found = vat_by_month(session, viewer, wanted)
    yield [
        (
            row.month,
            row.issuer_name,
            row.rate_bp,
            row.invoiced_net_cents,
            row.invoiced_vat_cents,
            row.credited_net_cents,
            row.credited_vat_cents,
            row.net_cents,
            row.vat_cents,
        )
        for row in found
    ]


def _e_sales(engine: sa.Engine, viewer: Viewer, wanted: AccountingFilter) -> Iterator[Rows]:
    with reading(engine) as session:
        found = days_of_sales(session, viewer, wanted)
    yield [
        (
            row.day,
            row.seller_name,
            row.siren,
            row.category,
            wanted.currency,
            row.rate_bp,
            row.invoices,
            row.credit_notes,
            row.net_cents,
            row.vat_cents,
        )
        for row in found
    ]


def _e_money(engine: sa.Engine, viewer: Viewer, wanted: AccountingFilter) -> Iterator[Rows]:
    with reading(engine) as session:
        found = days_of_payments(session, viewer, wanted)
    yield [
        (
            row.day,
            row.seller_name,
            row.siren,
            wanted.currency,
            row.rate_bp,
            row.payments,
            row.gross_cents,
            row.vat_cents,
        )
        for row in found
    ]


_DAY, _SELLER, _RATE = ListColumn("Date", Cell.DAY, 11), ListColumn("Vendeur", Cell.TEXT, 28), "Taux (%)"
_SIREN, _CURRENCY = ListColumn("SIREN", Cell.TEXT, 11), ListColumn("Devise", Cell.TEXT, 8)

LAYOUTS = {
    Report.SALES: Layout(
        "journal-des-ventes",
        (
            _DAY,
            ListColumn("Nature", Cell.TEXT, 10),
            ListColumn("Numéro", Cell.TEXT, 26),
            ListColumn("Commande", Cell.TEXT, 30),
            _SELLER,
            ListColumn("Client", Cell.TEXT, 28),
            ListColumn(_RATE, Cell.RATE, 9),
            ListColumn("Base HT", Cell.MONEY, 13),
            ListColumn("TVA", Cell.MONEY, 12),
            ListColumn("TTC", Cell.MONEY, 13),
            _CURRENCY,
        ),
        _sales,
    ),
    Report.MONEY: Layout(
        "journal-des-encaissements",
        (
            _DAY,
            ListColumn("Date de valeur", Cell.DAY, 13),
            ListColumn("Nature", Cell.TEXT, 15),
            ListColumn("Moyen", Cell.TEXT, 16),
            ListColumn("Commande", Cell.TEXT, 30),
            _SELLER,
            ListColumn("Client", Cell.TEXT, 28),
            ListColumn("Référence", Cell.TEXT, 24),
            ListColumn(_RATE, Cell.RATE, 9),
            ListColumn("TTC", Cell.MONEY, 13),
            ListColumn("dont TVA", Cell.MONEY, 12),
            _CURRENCY,
        ),
        _money,
    ),
    Report.VAT: Layout(
        "tva",
        (
            ListColumn("Mois", Cell.DAY, 11),
            ListColumn("Émetteur", Cell.TEXT, 28),
            ListColumn(_RATE, Cell.RATE, 9),
            ListColumn("Base facturée", Cell.MONEY, 14),
            ListColumn("TVA facturée", Cell.MONEY, 14),
            ListColumn("Base des avoirs", Cell.MONEY, 14),
            ListColumn("TVA des avoirs", Cell.MONEY, 14),
            ListColumn("Base nette", Cell.MONEY, 14),
            ListColumn("TVA nette", Cell.MONEY, 14),
        ),
        _vat,
    ),
    Report.E_SALES: Layout(
        "e-reporting-ventes",
        (
            _DAY,
            _SELLER,
            _SIREN,
            ListColumn("Catégorie", Cell.TEXT, 13),
            _CURRENCY,
            ListColumn(_RATE, Cell.RATE, 9),
            ListColumn("Factures", Cell.COUNT, 10),
            ListColumn("Avoirs", Cell.COUNT, 8),
            ListColumn("Base HT", Cell.MONEY, 13),
            ListColumn("TVA", Cell.MONEY, 12),
        ),
        _e_sales,
    ),
    Report.E_MONEY: Layout(
        "e-reporting-paiements",
        (
            _DAY,
            _SELLER,
            _SIREN,
            _CURRENCY,
            ListColumn(_RATE, Cell.RATE, 9),
            ListColumn("Mouvements", Cell.COUNT, 11),
            ListColumn("Encaissé TTC", Cell.MONEY, 13),
            ListColumn("dont TVA", Cell.MONEY, 12),
        ),
        _e_money,
    ),
}
