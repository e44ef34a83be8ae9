"""The import of the Online Retail file, from the path to the report."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session
from tqdm import tqdm

from db.domain.time import utc_now
from db.engine import transaction
from db.imports.online_retail.cancellations import apply_cancellations
from db.imports.online_retail.catalogue import Catalogue, seller_row
from db.imports.online_retail.file import InvoiceFile, InvoiceLine, read_file
from db.imports.online_retail.invoices import is_cancellation, sort_out
from db.imports.online_retail.orders import Known, plan_order
from db.imports.online_retail.words import CURRENCY, SELLER_REF
from db.imports.report import ImportReport, Kind, Outcome
from db.imports.writing import (
    BATCH,
    ImportedOrder,
    complete_new_customers,
    insert_missing,
    insert_missing_addresses,
    write_orders,
)
from db.models import Customer, Product, Seller

REPEATED = "ligne identique à une autre de sa facture : gardée, rien ne dit que c'est une erreur"


def import_online_retail(engine: sa.Engine, file: Path) -> ImportReport:
    """Import the Parquet file in one transaction; importing it again changes nothing.

    Args:
        engine: A migrated database.
        file: The file, with the columns UCI published.

    Returns:
        What was stored, found already there, corrected, flagged and refused.

    Raises:
        UnusableFileError: The file is missing or malformed; nothing was written.
    """
    report = ImportReport("Online Retail", CURRENCY)
    invoices = read_file(file)
    catalogue, cancelled = _first_reading(invoices, report)
    with transaction(engine) as session:
        known = _write_catalogue(session, report, invoices, catalogue, utc_now())
        _write_orders(session, report, known)
        apply_cancellations(session, report, invoices, cancelled, known.now)
    return report


def _first_reading(file: InvoiceFile, report: ImportReport) -> tuple[Catalogue, list[InvoiceLine]]:
    """Gather products, customers and cancelled lines; tell which lines are no sale."""
    catalogue = Catalogue()
    cancelled: list[InvoiceLine] = []
    for lines in file.invoices():
        _flag_repeated(file, lines, report)
        catalogue.add_customer(lines[0])
        if is_cancellation(lines):
            cancelled += lines
            continue
        sale = sort_out(lines)
        catalogue.add_articles(sale.articles)
        report.remarks += [file.remark(line, Outcome.REFUSED, why, line.cents) for line, why in sale.refused]
    return catalogue, cancelled


def _flag_repeated(file: InvoiceFile, lines: Sequence[InvoiceLine], report: ImportReport) -> None:
    seen: set[tuple[object, ...]] = set()
    for line in lines:
        content = line[1:]
        if content in seen:
            report.remarks.append(file.remark(line, Outcome.FLAGGED, REPEATED, line.cents))
        seen.add(content)


def _write_catalogue(
    session: Session, report: ImportReport, file: InvoiceFile, catalogue: Catalogue, now: dt.datetime
) -> Known:
    seller_id = insert_missing(session, report, Kind.SELLERS, Seller, [seller_row()]).ids[SELLER_REF]
    customers = insert_missing(session, report, Kind.CUSTOMERS, Customer, catalogue.customer_rows())
    complete_new_customers(session, customers)
    insert_missing_addresses(session, report, list(catalogue.address_rows(customers.ids)))
    products = insert_missing(session, report, Kind.PRODUCTS, Product, catalogue.product_rows(seller_id))
    return Known(file, catalogue, seller_id, customers.ids, products.ids, now)


def _write_orders(session: Session, report: ImportReport, known: Known) -> None:
    batch: list[ImportedOrder] = []
    with tqdm(total=len(known.file), desc="Lignes Online Retail", unit="", disable=None) as progress:
        for lines in known.file.invoices():
            sale = None if is_cancellation(lines) else sort_out(lines)
            if sale and sale.kept:
                batch.append(plan_order(sale, known))
            if len(batch) == BATCH:
                write_orders(session, report, batch)
                batch.clear()
            progress.update(len(lines))
        write_orders(session, report, batch)
