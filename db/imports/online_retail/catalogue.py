"""The wholesaler, its customers and its products as our rows, gathered over the whole file."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from db.domain.money import divide_half_up
from db.domain.text import fold
from db.imports.online_retail.file import PRICE_PER_CENT, InvoiceLine
from db.imports.online_retail.words import (
    COUNTRY_CODES,
    CURRENCY,
    LOCALE,
    SELLER_CODE,
    SELLER_REF,
    SOURCE,
    UNKNOWN_COUNTRY,
    VAT_RATE_BP,
    Trade,
    trade_of,
)
from db.imports.writing import Row

UNKNOWN_CUSTOMER = "Client inconnu"


def seller_row() -> Row:
    """Return the wholesaler: the file has no other seller, and does not name it."""
    name = "Online Retail (grossiste britannique)"
    return {
        "external_ref": SELLER_REF,
        "code": SELLER_CODE,
        "name": name,
        "country_code": "GB",
        "search_text": fold(f"{name} {SELLER_CODE}"),
    }


def customer_ref(customer: str) -> str:
    """Return the key of a customer."""
    return f"{SOURCE}:{customer}"


def customer_name(customer: str) -> str:
    """Return what an order calls its customer: the file has numbers only, and often not even that."""
    return f"Client {customer}" if customer else UNKNOWN_CUSTOMER


def address_row(customer: str, country: str) -> Row:
    """Return where a customer is: a country, and nothing else."""
    code = COUNTRY_CODES.get(country, UNKNOWN_COUNTRY)
    return {
        "name": customer_name(customer),
        "postcode": "",
        "city": country if code == UNKNOWN_COUNTRY else "",
        "country_code": code,
    }


def product_ref(code: str) -> str:
    """Return the key of a product."""
    return f"{SOURCE}:{code}"


@dataclass(slots=True)
class _Product:
    """What the articles of one stock code tell of it."""

    texts: Counter[str] = field(default_factory=Counter)
    #: The last price asked, and when: free articles do not make a product free.
    price: int = 0
    priced_at: dt.datetime | None = None


class Catalogue:
    """Products and customers, gathered invoice by invoice in one reading of the file."""

    def __init__(self) -> None:
        self._products: dict[str, _Product] = {}
        self._since: dict[str, dt.datetime] = {}
        self._countries: dict[tuple[str, str], None] = {}

    def add_customer(self, line: InvoiceLine) -> None:
        """Learn who an invoice is for from one of its lines."""
        if line.customer:
            self._countries[line.customer, line.country] = None
            self._since[line.customer] = min(line.at, self._since.get(line.customer, line.at))

    def add_articles(self, articles: Sequence[InvoiceLine]) -> None:
        """Learn what is sold, under which name and at which price."""
        for line in articles:
            if trade_of(line.code) is not Trade.GOODS:
                continue
            product = self._products.setdefault(line.code, _Product())
            if line.text:
                product.texts[line.text] += 1
            if line.price and (product.priced_at is None or line.local_time >= product.priced_at):
                product.price, product.priced_at = line.price, line.local_time

    def product_name(self, code: str) -> str:
        """Return the text most lines have for a code, the first in the alphabet among equals."""
        texts = self._products[code].texts if code in self._products else Counter[str]()
        return min(texts, key=lambda text: (-texts[text], text), default=code)

    def product_rows(self, seller_id: int) -> list[Row]:
        """Return one row per stock code that was ever sold."""
        return [
            {
                "external_ref": product_ref(code),
                "seller_id": seller_id,
                "sku": code,
                "name": self.product_name(code),
                "unit_price_cents": divide_half_up(product.price, PRICE_PER_CENT),
                "currency": CURRENCY,
                "vat_rate_bp": VAT_RATE_BP,
            }
            for code, product in self._products.items()
        ]

    def customer_rows(self) -> list[Row]:
        """Return one row per customer number, a customer since their first invoice."""
        return [
            {
                "external_ref": customer_ref(customer),
                "name": customer_name(customer),
                "locale": LOCALE,
                "created_at": since,
            }
            for customer, since in self._since.items()
        ]

    def address_rows(self, customer_ids: dict[str, int]) -> Iterator[Row]:
        """Yield one address per customer and country."""
        for customer, country in self._countries:
            yield {"customer_id": customer_ids[customer_ref(customer)]} | address_row(customer, country)
