"""One sale invoice as one order."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from db.domain.orders import (
    DeliveryMode,
    OrderStatus,
    Origin,
    PaymentKind,
    PaymentMethod,
    PaymentRecordState,
    payment_state,
)
from db.domain.time import local_day
from db.imports.online_retail.catalogue import Catalogue, address_row, customer_name, customer_ref, product_ref
from db.imports.online_retail.file import PRICE_PER_CENT, InvoiceFile, InvoiceLine
from db.imports.online_retail.invoices import SaleInvoice
from db.imports.online_retail.words import COUNTRY_CODES, CURRENCY, SOURCE, VAT_RATE_BP
from db.imports.report import Outcome, Place, Remark
from db.imports.writing import ImportedOrder, Row
from db.models.orders import AddressKind

#: Every invoice is taken as paid this way: the file has no payments, and wholesale is paid by transfer.
PAYMENT_METHOD = PaymentMethod.TRANSFER

NO_CUSTOMER = "facture sans client : commande de « Client inconnu »"
SEVERAL_TIMES = "facture à plusieurs heures : la première est gardée"
COUNTRY_UNKNOWN = "pays qui n'en est pas un pour ISO 3166 : code ZZ, mots du fichier gardés comme ville"
PRICE_BELOW_CENT = "prix plus fin que le centime : arrondi au centime supérieur, l'écart en remise"
NO_TEXT = "ligne sans texte : nommée comme son produit"


@dataclass(frozen=True, slots=True)
class Known:
    """What is known when orders are planned: the catalogue, and the database's ids by reference."""

    file: InvoiceFile
    catalogue: Catalogue
    seller_id: int
    customers: dict[str, int]
    products: dict[str, int]
    now: dt.datetime


def order_ref(invoice: str) -> str:
    """Return the key of an order."""
    return f"{SOURCE}:{invoice}"


def plan_order(sale: SaleInvoice, known: Known) -> ImportedOrder:
    """Return the order that a sale invoice is."""
    first = min(sale.kept, key=lambda line: (line.local_time, line.line))
    lines = [_line_row(position, line, known) for position, line in enumerate(sale.articles, start=1)]
    order = _order_row(first, lines, sum(line.cents for line in sale.shipping), known)
    return ImportedOrder(
        place=Place(known.file.name, first.line),
        order=order,
        lines=lines,
        payments=_payment_rows(first, order),
        addresses=[{"kind": AddressKind.BILLING} | address_row(first.customer, first.country)],
        facts=_facts(first, sale.shipping),
        remarks=list(_remarks(sale.kept, first, known.file)),
    )


def _order_row(first: InvoiceLine, lines: Sequence[Row], shipping_cents: int, known: Known) -> Row:
    items_cents = sum(line["total_cents"] for line in lines)
    total_cents = items_cents + shipping_cents
    return {
        "number": f"OR-{first.invoice}",
        "external_ref": order_ref(first.invoice),
        "source": SOURCE,
        "seller_id": known.seller_id,
        "customer_id": known.customers[customer_ref(first.customer)] if first.customer else None,
        "customer_name": customer_name(first.customer),
        "status": OrderStatus.COMPLETED,
        "payment_method": PAYMENT_METHOD,
        "payment_state": payment_state(total_cents, total_cents, 0),
        "paid_cents": total_cents,
        "delivery_mode": DeliveryMode.HOME,
        "origin": Origin.OTHER,
        "currency": CURRENCY,
        "items_cents": items_cents,
        "shipping_cents": shipping_cents,
        "shipping_vat_rate_bp": VAT_RATE_BP,
        "discount_cents": sum(line["discount_cents"] for line in lines),
        "total_cents": total_cents,
        "placed_at": first.at,
        "placed_on": local_day(first.at),
        "updated_at": known.now,
        "intake_at": known.now,
    }


def _line_row(position: int, line: InvoiceLine, known: Known) -> Row:
    unit_price_cents = unit_price(line)
    return {
        "position": position,
        "product_id": known.products.get(product_ref(line.code)),
        "sku": line.code,
        "name": line.text or known.catalogue.product_name(line.code),
        "quantity": line.quantity,
        "unit_price_cents": unit_price_cents,
        "vat_rate_bp": VAT_RATE_BP,
        "discount_cents": line.quantity * unit_price_cents - line.cents,
        "total_cents": line.cents,
        "quantity_shipped": line.quantity,
    }


def unit_price(line: InvoiceLine) -> int:
    """Return the price in cents, rounded up where it is finer: the difference becomes a discount of the line."""
    return -(-line.price // PRICE_PER_CENT)


def _payment_rows(first: InvoiceLine, order: Row) -> list[Row]:
    if not order["total_cents"]:
        return []
    return [
        {
            "external_ref": f"{SOURCE}:{first.invoice}:payment",
            "kind": PaymentKind.PAYMENT,
            "method": PAYMENT_METHOD,
            "state": PaymentRecordState.CAPTURED,
            "amount_cents": order["total_cents"],
            "currency": CURRENCY,
            "reference": f"Facture {first.invoice}, supposée réglée",
            "received_at": order["placed_at"],
            "created_at": order["placed_at"],
            "booked_at": order["placed_at"],
        }
    ]


def _facts(first: InvoiceLine, shipping: Sequence[InvoiceLine]) -> Row:
    return {
        "invoice": first.invoice,
        "country": first.country,
        "shipping": [{"code": s.code, "text": s.text, "quantity": s.quantity, "cents": s.cents} for s in shipping],
    }


def _remarks(lines: Sequence[InvoiceLine], first: InvoiceLine, file: InvoiceFile) -> Iterator[Remark]:
    if not first.customer:
        yield file.remark(first, Outcome.FLAGGED, NO_CUSTOMER, sum(line.cents for line in lines))
    if first.country not in COUNTRY_CODES:
        yield file.remark(first, Outcome.CORRECTED, COUNTRY_UNKNOWN)
    if any(line.local_time != first.local_time for line in lines):
        yield file.remark(first, Outcome.CORRECTED, SEVERAL_TIMES)
    for line in lines:
        if line.price % PRICE_PER_CENT:
            yield file.remark(line, Outcome.CORRECTED, PRICE_BELOW_CENT, line.cents)
        if not line.text:
            yield file.remark(line, Outcome.CORRECTED, NO_TEXT)
