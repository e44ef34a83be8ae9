"""What a file is, by what stands in it and not by its name; then its table or its documents."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from db.domain.order_files import MAX_BYTES, OrderFormat, ReadOrder, UnreadableOrdersError
from db.imports.orders import amazon, shopify, woocommerce
from db.imports.orders.csv_table import decoded, read_csv_table
from db.imports.orders.json_node import read_json
from db.imports.orders.table import Table
from db.imports.orders.xlsx_table import read_xlsx_table, refuse_old_workbook

_NOT_ORDERS = (
    "Ce fichier JSON ne contient aucune commande de Shopify, de WooCommerce ni d’Amazon. Exportez les commandes "
    "elles-mêmes, ou utilisez notre modèle CSV ou XLSX."
)
_READERS: Mapping[OrderFormat, Callable[[object, str], list[ReadOrder]]] = {
    OrderFormat.SHOPIFY: shopify.read_orders,
    OrderFormat.WOOCOMMERCE: woocommerce.read_orders,
    OrderFormat.AMAZON: amazon.read_orders,
}
_FINDERS: Mapping[OrderFormat, Callable[[object], list[object]]] = {
    OrderFormat.SHOPIFY: lambda document: list(shopify.orders_in(document)),
    OrderFormat.WOOCOMMERCE: lambda document: list(woocommerce.orders_in(document)),
    OrderFormat.AMAZON: lambda document: list(amazon.orders_in(document)),
}


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """A file whose format is known: a table whose columns are to be named, or documents that name themselves."""

    format: OrderFormat
    table: Table | None = None
    document: object = None


def open_file(content: bytes, wanted: OrderFormat | None = None) -> OpenedFile:
    """Return what a file is.

    Args:
        content: The whole file.
        wanted: The format that a person has chosen; None to find it out.

    Raises:
        UnreadableOrdersError: It is nothing that we read, or not what was chosen.
    """
    if len(content) > MAX_BYTES:
        raise UnreadableOrdersError(f"Ce fichier dépasse {MAX_BYTES // 1_000_000} Mo. Partagez-le en plusieurs.")
    if not content.strip():
        raise UnreadableOrdersError("Ce fichier est vide. Choisissez-en un autre.")
    refuse_old_workbook(content)
    if wanted is OrderFormat.XLSX or (wanted is None and content.startswith(b"PK")):
        return OpenedFile(OrderFormat.XLSX, table=read_xlsx_table(content))
    if wanted is OrderFormat.CSV or (wanted is None and not _looks_like_json(content)):
        return OpenedFile(OrderFormat.CSV, table=read_csv_table(content))
    return _open_document(content, wanted)


def read_documents(opened: OpenedFile, seller_code: str) -> list[ReadOrder]:
    """Return the orders of another platform's documents, all of one seller."""
    return _READERS[opened.format](opened.document, seller_code)


def _looks_like_json(content: bytes) -> bool:
    return content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in {b"{", b"["}


def _open_document(content: bytes, wanted: OrderFormat | None) -> OpenedFile:
    document = read_json(decoded(content))
    for order_format in [wanted] if wanted else _FINDERS:
        if _FINDERS[order_format](document):
            return OpenedFile(order_format, document=document)
    if wanted:
        raise UnreadableOrdersError(f"Ce fichier ne contient rien qui soit «\u00a0{wanted.label}\u00a0».")
    raise UnreadableOrdersError(_NOT_ORDERS)
