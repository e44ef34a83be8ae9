"""What is known when orders are planned."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from db.imports.olist.catalogue import customer_ref, product_ref
from db.imports.olist.files import OlistCustomer, OlistFiles, OlistItem, OlistOrder, OlistPayment


@dataclass(frozen=True, slots=True)
class Known:
    """The files, and the database's ids by reference."""

    files: OlistFiles
    sellers: dict[str, int]
    customers: dict[str, int]
    products: dict[str, int]
    now: dt.datetime

    def customer_of(self, order: OlistOrder) -> OlistCustomer | None:
        """Return who ordered."""
        return self.files.customers.get(order.customer_id)

    def customer_id_of(self, order: OlistOrder) -> int | None:
        """Return the id of who ordered."""
        customer = self.customer_of(order)
        return self.customers[customer_ref(customer.person)] if customer else None

    def product_id_of(self, item: OlistItem) -> int | None:
        """Return the id of what was sold; None where the products file does not have it."""
        return self.products.get(product_ref(item.product_id, item.seller_id))

    def items_of(self, order: OlistOrder) -> Sequence[OlistItem]:
        """Return what was ordered, in the order's numbering."""
        return self.files.items.get(order.id, [])

    def payments_of(self, order: OlistOrder) -> Sequence[OlistPayment]:
        """Return how it was paid, in the order's numbering."""
        return self.files.payments.get(order.id, [])


def articles_of(items: Sequence[OlistItem]) -> list[list[OlistItem]]:
    """Bring together the units of one product at one price: the files have one row per unit."""
    articles: dict[tuple[str, str, int], list[OlistItem]] = {}
    for item in items:
        articles.setdefault((item.seller_id, item.product_id, item.price_cents), []).append(item)
    return list(articles.values())
