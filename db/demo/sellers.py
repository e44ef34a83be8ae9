"""The sellers with their legal data, and the products they sell."""

import datetime as dt
from dataclasses import dataclass
from itertools import accumulate
from random import Random
from typing import Any

from db.demo import identifiers
from db.demo.catalogue import SHOPS, TRADES, Good, Shop, Trade
from db.demo.places import BRITTANY, STREETS
from db.domain.formats import money
from db.domain.money import divide_half_up
from db.domain.search_text import seller_text
from db.domain.text import fold

Row = dict[str, Any]

#: Payouts to these are held until they give their bank details.
_WITHOUT_IBAN = {"TERRE", "SERRE"}
#: Legal forms that state their capital; who trades in their own name (EI) has none.
_WITH_CAPITAL = {"SARL", "SAS", "SA", "SCOP", "EARL", "GAEC"}
#: Where the companies of a département are registered.
_REGISTRIES = {"22": "Saint-Brieuc", "29": "Quimper", "35": "Rennes", "56": "Vannes"}
#: Some sell so fast, or take so long to come, that their seller wants to know earlier.
_LARGE_THRESHOLD, _PRODUCTS_PER_LARGE_THRESHOLD = 20, 11
_SHARE_OUT_OF_STOCK = 0.03
_SHARE_UNCOUNTED = 0.10
_SHARE_INACTIVE = 0.03


@dataclass(frozen=True, slots=True)
class DemoProduct:
    """What an order line copies."""

    id: int
    sku: str
    name: str
    attributes: dict[str, str]
    supplier: str
    unit_price_cents: int
    vat_rate_bp: int
    weight_g: int


@dataclass(frozen=True, slots=True)
class DemoSeller:
    """A seller, what it sells and how often each product is picked."""

    id: int
    code: str
    name: str
    lead_days: int
    popularity: int
    pickup_address: str
    products: tuple[DemoProduct, ...]
    product_weights: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Market:
    """Everything that exists before the first order."""

    sellers: tuple[DemoSeller, ...]
    seller_weights: tuple[int, ...]
    supplier_rows: list[Row]
    seller_rows: list[Row]
    product_rows: list[Row]


def draw_market(rng: Random, opened_at: dt.datetime) -> Market:
    """Return the sellers, suppliers and products of the demo.

    Args:
        rng: Where the draws come from.
        opened_at: The instant the marketplace opened: everybody was there from the start.
    """
    suppliers = {name: number for number, name in enumerate(_supplier_names(), start=1)}
    sellers: list[DemoSeller] = []
    seller_rows: list[Row] = []
    product_rows: list[Row] = []
    for seller_id, shop in enumerate(SHOPS, start=1):
        trade = TRADES[shop.trade]
        row = _seller_row(rng, seller_id, shop, opened_at)
        products = _draw_products(rng, trade, _goods_of(shop), len(product_rows) + 1)
        seller_rows.append(row)
        product_rows += [_product_row(rng, p, seller_id, suppliers, trade, opened_at) for p in products]
        sellers.append(
            DemoSeller(
                seller_id,
                shop.code,
                shop.name,
                trade.lead_days,
                shop.popularity,
                f"{shop.name}\n{row['street']}\n{row['postcode']} {row['city']}",
                tuple(products),
                tuple(accumulate(_popularity(rng, product) for product in products)),
            )
        )
    return Market(
        tuple(sellers),
        tuple(accumulate(seller.popularity for seller in sellers)),
        [{"id": number, "name": name, "email": f"{_slug(name)}@example.net"} for name, number in suppliers.items()],
        seller_rows,
        product_rows,
    )


def _supplier_names() -> list[str]:
    return list(dict.fromkeys(name for trade in TRADES.values() for name in trade.suppliers))


def _goods_of(shop: Shop) -> list[Good]:
    """Return what a shop sells of its trade: two shops of a trade share two goods and divide the others."""
    goods = TRADES[shop.trade].goods
    colleagues = [other for other in SHOPS if other.trade == shop.trade]
    rank = colleagues.index(shop)
    return [good for index, good in enumerate(goods) if index < 2 or index % len(colleagues) == rank]


def _draw_products(rng: Random, trade: Trade, goods: list[Good], first_id: int) -> list[DemoProduct]:
    products: list[DemoProduct] = []
    for good_number, good in enumerate(goods, start=1):
        supplier = rng.choice(trade.suppliers)
        for variant_number, (value, percent) in enumerate(good.choice.values, start=1):
            products.append(
                DemoProduct(
                    first_id + len(products),
                    f"{trade.sku_prefix}-{good_number:02d}{variant_number}",
                    good.name,
                    {good.choice.attribute: value, **good.facts},
                    supplier,
                    _shelf_price(good.price_cents * percent),
                    good.vat_rate_bp,
                    divide_half_up(good.weight_g * percent, 100),
                )
            )
    return products


def _popularity(rng: Random, product: DemoProduct) -> int:
    """Return how often a product is picked: some are loved, and cheap ones sell more."""
    return rng.randint(1, 10) ** 2 * 10_000 // (20_00 + product.unit_price_cents)


def _shelf_price(hundredths_of_cents: int) -> int:
    """Round to ten cents, as prices on a shelf are."""
    return divide_half_up(hundredths_of_cents, 1_000) * 10


def _product_row(
    rng: Random, product: DemoProduct, seller_id: int, suppliers: dict[str, int], trade: Trade, at: dt.datetime
) -> Row:
    return {
        "id": product.id,
        "seller_id": seller_id,
        "supplier_id": suppliers[product.supplier],
        "sku": product.sku,
        "name": product.name,
        "category": trade.category,
        "attributes": product.attributes,
        "unit_price_cents": product.unit_price_cents,
        "vat_rate_bp": product.vat_rate_bp,
        "weight_g": product.weight_g,
        "stock": _draw_stock(rng),
        "low_stock_at": _LARGE_THRESHOLD if product.id % _PRODUCTS_PER_LARGE_THRESHOLD == 0 else None,
        "is_active": rng.random() >= _SHARE_INACTIVE,
        "created_at": at,
    }


def _draw_stock(rng: Random) -> int | None:
    draw = rng.random()
    if draw < _SHARE_UNCOUNTED:
        return None
    return 0 if draw < _SHARE_UNCOUNTED + _SHARE_OUT_OF_STOCK else rng.randint(1, 240)


def _seller_row(rng: Random, seller_id: int, shop: Shop, opened_at: dt.datetime) -> Row:
    place = next(place for place in BRITTANY if place.name == shop.town)
    siren = identifiers.siren(rng)
    iban, bic = identifiers.iban_and_bic(rng)
    email = f"contact@{_slug(shop.name)}.example.com"
    return {
        "id": seller_id,
        "code": shop.code,
        "name": shop.name,
        "legal_name": shop.legal_name,
        "siren": siren,
        "siret": identifiers.siret(siren),
        "vat_number": identifiers.vat_number(siren),
        "street": f"{rng.randint(1, 60)} {rng.choice(STREETS)}",
        "postcode": place.postcode,
        "city": place.name,
        "email": email,
        "mobile": identifiers.mobile(rng),
        "iban": None if shop.code in _WITHOUT_IBAN else iban,
        "bic": None if shop.code in _WITHOUT_IBAN else bic,
        "iban_changed_at": None if shop.code in _WITHOUT_IBAN else opened_at,
        "mandate_signed_on": opened_at.date(),
        "legal_notice": _legal_notice(seller_id, shop.legal_name, siren, place.postcode),
        "search_text": seller_text(shop.name, shop.code, email),
        "created_at": opened_at,
    }


def _legal_notice(seller_id: int, legal_name: str, siren: str, postcode: str) -> str:
    """Return what stands on invoices: « SARL au capital de 5 000 € – RCS Quimper 404 833 048 »."""
    form = next((word for word in legal_name.split() if word in _WITH_CAPITAL), "")
    capital = money(100_000 * (1 + seller_id % 9)).partition(",")[0]
    registered = f"RCS {_REGISTRIES[postcode[:2]]} {siren[:3]} {siren[3:6]} {siren[6:]}"
    return f"{form} au capital de {capital}\u00a0€ – {registered}" if form else registered


def _slug(name: str) -> str:
    return "-".join("".join(c if c.isalnum() else " " for c in fold(name)).split())
