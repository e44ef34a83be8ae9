"""What tests of imports share: everything a database holds, in comparable form, and small files made by hand."""

import csv
import gzip
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path

import pyarrow as pa
import sqlalchemy as sa
from pyarrow import parquet
from sqlalchemy.orm import Session

from db.imports.report import ImportReport, Outcome
from db.models import Base, Order

Rows = Iterable[Mapping[str, object]]


def everything_in(engine: sa.Engine) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, so that « changes nothing » is what it says."""
    with engine.connect() as connection:
        return {
            table.name: sorted(map(tuple, connection.execute(sa.select(table))), key=repr)
            for table in Base.metadata.sorted_tables
        }


def fingerprint(engine: sa.Engine) -> dict[str, tuple[int, int]]:
    """The number of rows of each table and a checksum of all they hold, whatever their order; quick on many rows."""
    with engine.connect() as connection:
        return {name: _checksum(connection.exec_driver_sql(f'SELECT * FROM "{name}"')) for name in Base.metadata.tables}


def _checksum(rows: Iterable[sa.Row[tuple[object, ...]]]) -> tuple[int, int]:
    checksums = [zlib.crc32(repr(tuple(row)).encode()) for row in rows]
    return len(checksums), sum(checksums)


def is_empty(engine: sa.Engine) -> bool:
    return not any(everything_in(engine).values())


def order_numbered(session: Session, number: str) -> Order:
    return session.scalars(sa.select(Order).where(Order.number == number)).one()


def lines_about(report: ImportReport, outcome: Outcome, reason: str) -> list[int]:
    """The line numbers that a report gives for a reason."""
    return sorted(r.place.line for r in report.remarks if (r.outcome, r.reason) == (outcome, reason))


def plain(text: str) -> str:
    """A French sentence with ordinary spaces."""
    return text.replace("\u00a0", " ").replace("\u202f", " ")


# --- Olist -----------------------------------------------------------------------------------------------------------

FILES = {
    "orders": "olist_orders_dataset.csv",
    "items": "olist_order_items_dataset.csv",
    "payments": "olist_order_payments_dataset.csv",
    "customers": "olist_customers_dataset.csv",
    "sellers": "olist_sellers_dataset.csv",
    "products": "olist_products_dataset.csv",
    "categories": "product_category_name_translation.csv",
}


def an_order(order_id: str = "o1", **columns: str) -> dict[str, str]:
    return {
        "order_id": order_id,
        "customer_id": f"c-{order_id}",
        "order_status": "delivered",
        "order_purchase_timestamp": "2017-07-03 10:00:00",
        "order_approved_at": "2017-07-03 10:05:00",
        "order_delivered_carrier_date": "2017-07-04 09:00:00",
        "order_delivered_customer_date": "2017-07-10 12:00:00",
        "order_estimated_delivery_date": "2017-07-20 00:00:00",
        "ts_precision": "second",
    } | columns


def an_item(order_id: str = "o1", number: int = 1, **columns: str) -> dict[str, str]:
    return {
        "order_id": order_id,
        "order_item_id": str(number),
        "product_id": "p1",
        "seller_id": "s1",
        "shipping_limit_date": "2017-07-06 10:00:00",
        "price": "20.00",
        "freight_value": "5.50",
    } | columns


def a_payment(order_id: str = "o1", number: int = 1, value: str = "25.50", **columns: str) -> dict[str, str]:
    return {
        "order_id": order_id,
        "payment_sequential": str(number),
        "payment_type": "credit_card",
        "payment_installments": "1",
        "payment_value": value,
    } | columns


def a_customer(order_id: str = "o1", person: str = "alice", **columns: str) -> dict[str, str]:
    return {
        "customer_id": f"c-{order_id}",
        "customer_unique_id": person,
        "customer_zip_code_prefix": "01310",
        "customer_city": "sao paulo",
        "customer_state": "SP",
    } | columns


def a_seller(seller_id: str = "s1", **columns: str) -> dict[str, str]:
    return {
        "seller_id": seller_id,
        "seller_zip_code_prefix": "13023",
        "seller_city": "campinas",
        "seller_state": "SP",
    } | columns


def a_product(product_id: str = "p1", **columns: str) -> dict[str, str]:
    return {
        "product_id": product_id,
        "product_category_name": "perfumaria",
        "product_photos_qty": "2",
        "product_weight_g": "225",
        "product_length_cm": "16",
        "product_height_cm": "10",
        "product_width_cm": "14",
    } | columns


A_CATEGORY = {"product_category_name": "perfumaria", "product_category_name_english": "perfumery"}
SAMPLES: dict[str, list[dict[str, str]]] = {
    "orders": [an_order()],
    "items": [an_item()],
    "payments": [a_payment()],
    "customers": [a_customer()],
    "sellers": [a_seller()],
    "products": [a_product()],
    "categories": [A_CATEGORY],
}


def olist_folder(folder: Path, **files: Rows) -> Path:
    """Write the seven files: what is not given is one order of one product, delivered and paid."""
    orders = list(files.get("orders", [an_order()]))
    defaults: dict[str, Rows] = SAMPLES | {
        "orders": orders,
        "items": [an_item(str(order["order_id"])) for order in orders],
        "payments": [a_payment(str(order["order_id"])) for order in orders],
        "customers": [a_customer(str(order["order_id"])) for order in orders],
    }
    folder.mkdir(exist_ok=True)
    for key, name in FILES.items():
        rows = list(files.get(key, defaults[key]))
        write_csv(folder / name, rows, header=list((rows or SAMPLES[key])[0]))
    return folder


def write_csv(path: Path, rows: Rows, header: list[str]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, header)
        writer.writeheader()
        writer.writerows(rows)


def gzipped(path: Path) -> None:
    """Replace a file by its gzipped self, as Olist's slice has them."""
    path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes()))
    path.unlink()


# --- Online Retail ---------------------------------------------------------------------------------------------------


def a_line(invoice: str = "536365", code: str = "85123A", **columns: object) -> dict[str, object]:
    return {
        "InvoiceNo": invoice,
        "StockCode": code,
        "Description": "WHITE HANGING HEART T-LIGHT HOLDER",
        "Quantity": 6,
        "InvoiceDate": "2010-12-01T08:26:00",
        "UnitPrice": 2.55,
        "CustomerID": "17850",
        "Country": "United Kingdom",
    } | columns


def retail_file(folder: Path, *lines: Mapping[str, object], name: str = "retail.parquet") -> Path:
    """Write a Parquet file as UCI's is: no zone in the times, NULL where there is no customer."""
    columns = {key: [line[key] for line in lines] for key in a_line()}
    table = pa.table(columns)
    if pa.types.is_string(table.schema.field("InvoiceDate").type):
        position = table.schema.get_field_index("InvoiceDate")
        instants = table.column("InvoiceDate").cast(pa.timestamp("us"))
        table = table.set_column(position, "InvoiceDate", instants)
    path = folder / name
    parquet.write_table(table, path)
    return path
