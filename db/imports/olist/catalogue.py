"""Sellers, customers, addresses and products of Olist as our rows. The files are anonymous: names are made of ids."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from db.domain.text import fold
from db.imports.olist.files import OlistAddress, OlistCustomer, OlistFiles, OlistItem, OlistProduct, OlistSeller
from db.imports.olist.words import COUNTRY_CODE, CURRENCY, LOCALE, SOURCE, VAT_RATE_BP
from db.imports.report import Outcome, Remark
from db.imports.writing import Row

_SHORT_ID = 8  # What a person can compare at a glance.
_CODE_ID = 12  # What keeps thousands of seller codes apart.

UNKNOWN_SELLER_REF = f"{SOURCE}:seller:unknown"

NEVER_SOLD = "produit sans vendeur ni prix : aucune commande du fichier ne le contient"
SOLD_BY_SEVERAL = "produit vendu par plusieurs vendeurs : un produit par vendeur"
NO_CATEGORY = "produit sans catégorie : nommé « Produit »"
CATEGORY_NOT_TRANSLATED = "catégorie absente du fichier de traduction : laissée en portugais"
NO_WEIGHT = "produit sans poids : 0 g"


def seller_ref(seller_id: str) -> str:
    """Return the key of a seller."""
    return f"{SOURCE}:{seller_id}"


def seller_row(seller: OlistSeller) -> Row:
    """Return a seller as our row."""
    name = f"Vendeur {seller.id[:_SHORT_ID]} ({seller.address.city.title()})"
    return _seller_row(seller_ref(seller.id), f"OLIST-{seller.id[:_CODE_ID].upper()}", name, is_active=True) | {
        "postcode": seller.address.zip_prefix,
        "city": city_and_state(seller.address),
    }


def unknown_seller_row() -> Row:
    """Return the seller that keeps orders of which the files do not tell who sold what."""
    row = _seller_row(UNKNOWN_SELLER_REF, "OLIST-INCONNU", "Vendeur inconnu (Olist)", is_active=False)
    return row | {"postcode": "", "city": ""}


def _seller_row(ref: str, code: str, name: str, *, is_active: bool) -> Row:
    return {
        "external_ref": ref,
        "code": code,
        "name": name,
        "country_code": COUNTRY_CODE,
        "is_active": is_active,
        "search_text": fold(f"{name} {code}"),
    }


def customer_ref(person: str) -> str:
    """Return the key of a customer."""
    return f"{SOURCE}:{person}"


def customer_name(customer: OlistCustomer | None) -> str:
    """Return what an order calls its customer."""
    return f"Client {customer.person[:_SHORT_ID]}" if customer else "Client inconnu"


def customer_rows(files: OlistFiles, now: dt.datetime) -> list[Row]:
    """Return one row per person, a customer since their first purchase; each order has a customer id of its own."""
    since: dict[str, dt.datetime] = {}
    for order in files.orders.values():
        if customer := files.customers.get(order.customer_id):
            since[customer.person] = min(order.placed_at, since.get(customer.person, order.placed_at))
    persons = {customer.person: customer for customer in files.customers.values()}
    return [
        {
            "external_ref": customer_ref(person),
            "name": customer_name(customer),
            "locale": LOCALE,
            "created_at": since.get(person, now),
        }
        for person, customer in persons.items()
    ]


def address_row(customer: OlistCustomer) -> Row:
    """Return where a customer is, for the address book and for the order alike."""
    return {
        "name": customer_name(customer),
        "postcode": customer.address.zip_prefix,
        "city": city_and_state(customer.address),
        "country_code": COUNTRY_CODE,
    }


def city_and_state(address: OlistAddress) -> str:
    """Return « Sao Paulo - SP », as Brazilians write it; we have no column for states."""
    return " - ".join(part for part in (address.city.title(), address.state) if part)


@dataclass(frozen=True, slots=True)
class ProductFacts:
    """What an order line copies of a product."""

    name: str
    category: str
    attributes: dict[str, str]
    weight_g: int


def facts_of(product_id: str, files: OlistFiles) -> ProductFacts:
    """Return a product as it is shown; the files have no title, so its category and id stand for one."""
    product = files.products.get(product_id)
    category = _readable(product.category, files.categories) if product else ""
    name = f"{category or 'Produit'} {product_id[:_SHORT_ID]}"
    return ProductFacts(name, category, _attributes(product), (product.weight_g or 0) if product else 0)


def _readable(category: str, categories: dict[str, str]) -> str:
    return (categories.get(category) or category).replace("_", " ").capitalize()


def _attributes(product: OlistProduct | None) -> dict[str, str]:
    if product is None:
        return {}
    attributes = {}
    if all(product.sides_cm):
        attributes["Dimensions"] = " × ".join(str(side) for side in product.sides_cm) + " cm"
    if product.category:
        attributes["Catégorie d'origine"] = product.category
    if product.photos is not None:
        attributes["Photos"] = str(product.photos)
    return attributes


def product_ref(product_id: str, seller_id: str) -> str:
    """Return the key of a product as one seller sells it."""
    return f"{SOURCE}:{product_id}:{seller_id}"


def product_rows(files: OlistFiles, seller_ids: dict[str, int]) -> list[Row]:
    """Return one row per product and seller who sold it, at its last price."""
    return [
        _product_row(item, facts_of(item.product_id, files), seller_ids[seller_ref(item.seller_id)])
        for item in _last_sales(files)
    ]


def _last_sales(files: OlistFiles) -> Iterable[OlistItem]:
    last: dict[tuple[str, str], OlistItem] = {}
    for items in files.items.values():
        for item in items:
            if item.product_id in files.products and item.seller_id in files.sellers:
                known = last.setdefault((item.product_id, item.seller_id), item)
                # The order id breaks ties, so that the order of rows in the file never matters.
                if (item.ship_by, item.order_id) > (known.ship_by, known.order_id):
                    last[item.product_id, item.seller_id] = item
    return last.values()


def _product_row(item: OlistItem, facts: ProductFacts, seller_id: int) -> Row:
    return {
        "external_ref": product_ref(item.product_id, item.seller_id),
        "seller_id": seller_id,
        "sku": item.product_id,
        "name": facts.name,
        "category": facts.category,
        "attributes": facts.attributes,
        "unit_price_cents": item.price_cents,
        "currency": CURRENCY,
        "vat_rate_bp": VAT_RATE_BP,
        "weight_g": facts.weight_g,
    }


def product_remarks(files: OlistFiles, new_refs: frozenset[str]) -> Iterator[Remark]:
    """Tell which products are not stored, and what had to be done about those that were stored now."""
    sellers: dict[str, set[str]] = {}
    for items in files.items.values():
        for item in items:
            sellers.setdefault(item.product_id, set()).add(item.seller_id)
    for product in files.products.values():
        if product.id not in sellers:
            yield product.place.remark(Outcome.REFUSED, NEVER_SOLD, product.id)
        elif any(product_ref(product.id, seller) in new_refs for seller in sellers[product.id]):
            yield from _corrections(product, files.categories)
            if len(sellers[product.id]) > 1:
                yield product.place.remark(Outcome.FLAGGED, SOLD_BY_SEVERAL, product.id)


def _corrections(product: OlistProduct, categories: dict[str, str]) -> Iterator[Remark]:
    if not product.category:
        yield product.place.remark(Outcome.CORRECTED, NO_CATEGORY, product.id)
    elif product.category not in categories:
        yield product.place.remark(Outcome.FLAGGED, CATEGORY_NOT_TRANSLATED, product.id)
    if product.weight_g is None:
        yield product.place.remark(Outcome.CORRECTED, NO_WEIGHT, product.id)
