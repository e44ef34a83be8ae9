"""What the files of Olist say, typed and checked; nothing is decided here."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from db.domain.orders import OrderStatus, PaymentMethod
from db.imports.csv_files import CsvRow, read_csv
from db.imports.olist.words import ORDER_STATUSES, PAYMENT_METHODS, SAO_PAULO, TIME_PRECISIONS
from db.imports.report import ImportReport, Outcome, Place

READ_BEFORE = "identifiant déjà lu plus haut dans le fichier"
ORDER_UNKNOWN = "commande absente du fichier des commandes"


@dataclass(frozen=True, slots=True)
class OlistAddress:
    """Where a customer or a seller is; the files know no street."""

    zip_prefix: str
    city: str
    state: str


@dataclass(frozen=True, slots=True)
class OlistSeller:
    """One row of the sellers file."""

    place: Place
    id: str
    address: OlistAddress


@dataclass(frozen=True, slots=True)
class OlistCustomer:
    """One row of the customers file: ``id`` is one per order, ``person`` is who buys."""

    place: Place
    id: str
    person: str
    address: OlistAddress


@dataclass(frozen=True, slots=True)
class OlistProduct:
    """One row of the products file."""

    place: Place
    id: str
    category: str
    photos: int | None
    weight_g: int | None
    #: Length, height and width.
    sides_cm: tuple[int | None, int | None, int | None]


@dataclass(frozen=True, slots=True)
class OlistItem:
    """One unit of one product in an order, with its freight."""

    place: Place
    order_id: str
    number: int
    product_id: str
    seller_id: str
    ship_by: dt.datetime
    price_cents: int
    freight_cents: int


@dataclass(frozen=True, slots=True)
class OlistPayment:
    """One payment of an order; an order may have many."""

    place: Place
    order_id: str
    number: int
    wording: str
    method: PaymentMethod
    installments: int
    cents: int


@dataclass(frozen=True, slots=True)
class OlistOrder:
    """One order as the customer made it, over all its sellers. Times are aware."""

    place: Place
    id: str
    customer_id: str
    wording: str
    status: OrderStatus
    placed_at: dt.datetime
    approved_at: dt.datetime | None
    carrier_at: dt.datetime | None
    delivered_at: dt.datetime | None
    expected_on: dt.date | None
    is_minute_precise: bool


@dataclass(frozen=True, slots=True)
class OlistFiles:
    """All seven files by their keys; items and payments by order, in their own numbering."""

    orders: dict[str, OlistOrder]
    items: dict[str, list[OlistItem]]
    payments: dict[str, list[OlistPayment]]
    customers: dict[str, OlistCustomer]
    sellers: dict[str, OlistSeller]
    products: dict[str, OlistProduct]
    #: Portuguese category → English.
    categories: dict[str, str]


def read_files(directory: Path, report: ImportReport) -> OlistFiles:
    """Read and check everything, before anything is written.

    Raises:
        UnusableFileError: A file is missing, malformed, or holds a value that cannot be read.
    """
    orders = {order.id: order for order in _once(_orders(directory), lambda order: order.id, report)}
    items = _once(_items(directory), lambda item: (item.order_id, item.number), report)
    payments = _once(_payments(directory), lambda payment: (payment.order_id, payment.number), report)
    return OlistFiles(
        orders=orders,
        items=_by_order(items, orders, report),
        payments=_by_order(payments, orders, report),
        customers={customer.id: customer for customer in _once(_customers(directory), lambda row: row.id, report)},
        sellers={seller.id: seller for seller in _once(_sellers(directory), lambda row: row.id, report)},
        products={product.id: product for product in _once(_products(directory), lambda row: row.id, report)},
        categories=_categories(directory),
    )


_Read = TypeVar("_Read", OlistOrder, OlistItem, OlistPayment, OlistCustomer, OlistSeller, OlistProduct)
_OfOrder = TypeVar("_OfOrder", OlistItem, OlistPayment)


def _once(rows: Iterator[_Read], key: Callable[[_Read], Hashable], report: ImportReport) -> Iterator[_Read]:
    """Yield the rows whose key was not read before; the others are refused."""
    seen: set[Hashable] = set()
    for row in rows:
        if key(row) in seen:
            report.remarks.append(row.place.remark(Outcome.REFUSED, READ_BEFORE, str(key(row)), _at_stake(row)))
        else:
            seen.add(key(row))
            yield row


def _by_order(
    rows: Iterator[_OfOrder], orders: dict[str, OlistOrder], report: ImportReport
) -> dict[str, list[_OfOrder]]:
    grouped: dict[str, list[_OfOrder]] = defaultdict(list)
    for row in rows:
        if row.order_id in orders:
            grouped[row.order_id].append(row)
        else:
            report.remarks.append(row.place.remark(Outcome.REFUSED, ORDER_UNKNOWN, row.order_id, _at_stake(row)))
    for group in grouped.values():
        group.sort(key=lambda row: row.number)
    return grouped


def _at_stake(row: object) -> int | None:
    if isinstance(row, OlistItem):
        return row.price_cents + row.freight_cents
    return row.cents if isinstance(row, OlistPayment) else None


def _orders(directory: Path) -> Iterator[OlistOrder]:
    columns = (
        "order_id",
        "customer_id",
        "order_status",
        "order_purchase_timestamp",
        "order_approved_at",
        "order_delivered_carrier_date",
        "order_delivered_customer_date",
        "order_estimated_delivery_date",
    )
    for row in read_csv(directory, "olist_orders_dataset.csv", columns):
        expected_at = row.optional_local_time("order_estimated_delivery_date")
        yield OlistOrder(
            place=row.place,
            id=row.key("order_id"),
            customer_id=row.key("customer_id"),
            wording=row.text("order_status"),
            status=row.one_of("order_status", ORDER_STATUSES),
            placed_at=_aware(row.local_time("order_purchase_timestamp")),
            approved_at=_aware_or_none(row, "order_approved_at"),
            carrier_at=_aware_or_none(row, "order_delivered_carrier_date"),
            delivered_at=_aware_or_none(row, "order_delivered_customer_date"),
            expected_on=expected_at.date() if expected_at else None,
            is_minute_precise=_is_minute_precise(row),
        )


def _is_minute_precise(row: CsvRow) -> bool:
    # The column is not in Olist's own files: it was added where part of the orders lost their seconds.
    return "ts_precision" in row.values and row.one_of("ts_precision", TIME_PRECISIONS)


def _items(directory: Path) -> Iterator[OlistItem]:
    columns = (
        "order_id",
        "order_item_id",
        "product_id",
        "seller_id",
        "shipping_limit_date",
        "price",
        "freight_value",
    )
    for row in read_csv(directory, "olist_order_items_dataset.csv", columns):
        yield OlistItem(
            place=row.place,
            order_id=row.key("order_id"),
            number=row.integer("order_item_id"),
            product_id=row.key("product_id"),
            seller_id=row.key("seller_id"),
            ship_by=_aware(row.local_time("shipping_limit_date")),
            price_cents=row.cents("price"),
            freight_cents=row.cents("freight_value"),
        )


def _payments(directory: Path) -> Iterator[OlistPayment]:
    columns = ("order_id", "payment_sequential", "payment_type", "payment_installments", "payment_value")
    for row in read_csv(directory, "olist_order_payments_dataset.csv", columns):
        yield OlistPayment(
            place=row.place,
            order_id=row.key("order_id"),
            number=row.integer("payment_sequential"),
            wording=row.text("payment_type"),
            method=row.one_of("payment_type", PAYMENT_METHODS),
            installments=row.integer("payment_installments"),
            cents=row.cents("payment_value"),
        )


def _customers(directory: Path) -> Iterator[OlistCustomer]:
    columns = (
        "customer_id",
        "customer_unique_id",
        "customer_zip_code_prefix",
        "customer_city",
        "customer_state",
    )
    for row in read_csv(directory, "olist_customers_dataset.csv", columns):
        yield OlistCustomer(row.place, row.key("customer_id"), row.key("customer_unique_id"), _address(row, "customer"))


def _sellers(directory: Path) -> Iterator[OlistSeller]:
    columns = ("seller_id", "seller_zip_code_prefix", "seller_city", "seller_state")
    for row in read_csv(directory, "olist_sellers_dataset.csv", columns):
        yield OlistSeller(row.place, row.key("seller_id"), _address(row, "seller"))


def _products(directory: Path) -> Iterator[OlistProduct]:
    columns = (
        "product_id",
        "product_category_name",
        "product_photos_qty",
        "product_weight_g",
        "product_length_cm",
        "product_height_cm",
        "product_width_cm",
    )
    for row in read_csv(directory, "olist_products_dataset.csv", columns):
        yield OlistProduct(
            place=row.place,
            id=row.key("product_id"),
            category=row.text("product_category_name"),
            photos=row.optional_integer("product_photos_qty"),
            weight_g=row.optional_integer("product_weight_g"),
            sides_cm=(
                row.optional_integer("product_length_cm"),
                row.optional_integer("product_height_cm"),
                row.optional_integer("product_width_cm"),
            ),
        )


def _categories(directory: Path) -> dict[str, str]:
    columns = ("product_category_name", "product_category_name_english")
    rows = read_csv(directory, "product_category_name_translation.csv", columns)
    return {row.key(columns[0]): row.text(columns[1]) for row in rows}


def _address(row: CsvRow, who: str) -> OlistAddress:
    return OlistAddress(row.text(f"{who}_zip_code_prefix"), row.text(f"{who}_city"), row.text(f"{who}_state"))


def _aware(local: dt.datetime) -> dt.datetime:
    """Return São Paulo's time in UTC; the hour repeated when summer time ends is taken as its first pass."""
    return local.replace(tzinfo=SAO_PAULO).astimezone(dt.UTC)


def _aware_or_none(row: CsvRow, column: str) -> dt.datetime | None:
    local = row.optional_local_time(column)
    return _aware(local) if local else None
