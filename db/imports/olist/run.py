"""The import of Olist's files, from the folder to the report."""

import datetime as dt
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session
from tqdm import tqdm

from db.domain.time import utc_now
from db.engine import transaction
from db.imports.olist.catalogue import (
    address_row,
    customer_ref,
    customer_rows,
    product_remarks,
    product_rows,
    seller_row,
    unknown_seller_row,
)
from db.imports.olist.files import OlistFiles, read_files
from db.imports.olist.known import Known
from db.imports.olist.orders import basket_row, plan_orders
from db.imports.olist.words import CURRENCY
from db.imports.report import ImportReport, Kind
from db.imports.writing import (
    BATCH,
    basket_ids,
    batches,
    complete_new_customers,
    insert_missing,
    insert_missing_addresses,
    write_orders,
)
from db.models import Customer, Product, Seller


def import_olist(engine: sa.Engine, directory: Path) -> ImportReport:
    """Import the seven files of a folder in one transaction; importing them again changes nothing.

    Args:
        engine: A migrated database.
        directory: The folder with the files as Olist published them, gzipped or not.

    Returns:
        What was stored, found already there, corrected, flagged and refused.

    Raises:
        UnusableFileError: A file is missing or malformed; nothing was written.
    """
    report = ImportReport("Olist", CURRENCY)
    files = read_files(directory, report)
    with transaction(engine) as session:
        known = _write_catalogue(session, report, files, utc_now())
        _write_orders(session, report, known)
    return report


def _write_catalogue(session: Session, report: ImportReport, files: OlistFiles, now: dt.datetime) -> Known:
    sellers = insert_missing(
        session,
        report,
        Kind.SELLERS,
        Seller,
        [unknown_seller_row(), *(seller_row(seller) for seller in files.sellers.values())],
    )
    customers = insert_missing(session, report, Kind.CUSTOMERS, Customer, customer_rows(files, now))
    complete_new_customers(session, customers)
    addresses = [
        {"customer_id": customers.ids[customer_ref(customer.person)]} | address_row(customer)
        for customer in files.customers.values()
    ]
    insert_missing_addresses(session, report, addresses)
    products = insert_missing(session, report, Kind.PRODUCTS, Product, product_rows(files, sellers.ids))
    report.remarks += product_remarks(files, products.new)
    return Known(files, sellers.ids, customers.ids, products.ids, now)


def _write_orders(session: Session, report: ImportReport, known: Known) -> None:
    orders = list(known.files.orders.values())
    with tqdm(total=len(orders), desc="Commandes Olist", unit="", disable=None) as progress:
        for batch in batches(orders, BATCH):
            baskets = basket_ids(session, [basket_row(order, known) for order in batch])
            planned = [one for order in batch for one in plan_orders(order, baskets[order.id], known)]
            write_orders(session, report, planned)
            progress.update(len(batch))
