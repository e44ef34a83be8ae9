"""What people put in a basket, and the orders it splits into: one per seller, with sums that add up."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate
from random import Random

from db.demo.customers import DemoCustomer
from db.demo.places import PICKUP_SHOPS, STREETS
from db.demo.sellers import DemoProduct, DemoSeller, Market
from db.domain.money import divide_half_up, split_by_weight
from db.domain.orders import DeliveryMode, Origin, PaymentMethod


class Oddity(StrEnum):
    """What real order books hold sooner or later, and every screen must bear."""

    ERROR = "error"
    GIFT = "gift"
    MANY_LINES = "many_lines"
    THREE_RATES = "three_rates"
    PART_PAID = "part_paid"
    OVERPAID = "overpaid"
    STUCK_CONFIRMING = "stuck_confirming"
    STUCK_READY = "stuck_ready"
    STUCK_PARTLY_SHIPPED = "stuck_partly_shipped"
    RETURN_REQUESTED = "return_requested"
    RETURN_AWAITING_PARCEL = "return_awaiting_parcel"


_LINES = range(1, 10)
_LINES_WEIGHTS = tuple(accumulate((25, 24, 19, 12, 8, 5, 3, 2, 2)))
_QUANTITIES = (1, 2, 3, 4, 6, 12)
_QUANTITIES_WEIGHTS = tuple(accumulate((70, 18, 5, 3, 3, 1)))
_MOST_PER_LINE_CENTS = 60_00
_MANY_LINES = 40
_SELLERS_PER_BASKET = (1, 2, 3)
_SELLERS_PER_BASKET_WEIGHTS = tuple(accumulate((78, 17, 5)))

_SHARE_DISCOUNTED = 0.08
_DISCOUNTS_PERCENT = (5, 10, 10, 15, 20)
_SHARE_WITH_GIFT = 0.015

_LOCAL_MODES = frozenset({DeliveryMode.CLICK_AND_COLLECT, DeliveryMode.IN_STORE})
_MODES = (DeliveryMode.HOME, DeliveryMode.PICKUP_POINT, DeliveryMode.CLICK_AND_COLLECT, DeliveryMode.IN_STORE)
_MODES_NEAR = tuple(accumulate((46, 30, 16, 8)))
_MODES_FAR = tuple(accumulate((60, 40)))
_METHODS = (
    PaymentMethod.CARD,
    PaymentMethod.PAYPAL,
    PaymentMethod.TRANSFER,
    PaymentMethod.CHEQUE,
    PaymentMethod.CASH,
)
_METHODS_SENT = tuple(accumulate((72, 14, 8, 6)))
_METHODS_LOCAL = tuple(accumulate((52, 6, 3, 9, 30)))
_ORIGINS = tuple(Origin)
_ORIGINS_WEIGHTS = tuple(accumulate((30, 28, 14, 5, 2, 11, 8, 2)))

#: Carrier, how often it is chosen, its price as a share (percent) of the tariff below.
_CARRIERS = {
    DeliveryMode.HOME: (("Colissimo", 66, 100), ("Chronopost", 16, 180), ("DPD", 18, 110)),
    DeliveryMode.PICKUP_POINT: (("Mondial Relay", 64, 70), ("Relais Colis", 20, 75), ("Chronopost Shop2Shop", 16, 85)),
}
#: Up to so many grams, so many cents.
_TARIFF = ((500, 4_95), (1_000, 6_50), (2_000, 7_90), (5_000, 10_90), (10_000, 14_90), (10**9, 22_90))
_ABROAD_CENTS = 9_00
_FREE_FROM_CENTS = 60_00


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A line of an order; ``product`` is None for a gift that no catalogue lists."""

    product: DemoProduct | None
    name: str
    quantity: int
    unit_price_cents: int
    vat_rate_bp: int
    discount_cents: int
    total_cents: int
    weight_g: int


@dataclass(frozen=True, slots=True)
class Draft:
    """An order as it was placed, before anything happened to it."""

    seller: DemoSeller
    customer: DemoCustomer
    placed_at: dt.datetime
    method: PaymentMethod
    mode: DeliveryMode
    carrier: str
    pickup_address: str
    origin: Origin
    lines: tuple[DraftLine, ...]
    items_cents: int
    discount_cents: int
    shipping_cents: int
    weight_g: int
    oddity: Oddity | None

    @property
    def total_cents(self) -> int:
        """Return what the customer is asked to pay."""
        return self.items_cents + self.shipping_cents

    @property
    def is_collected(self) -> bool:
        """Tell whether the customer comes for it, so that nothing is shipped."""
        return self.mode in _LOCAL_MODES


def draw_sizes(rng: Random, orders: int, oddity: Oddity | None) -> list[int]:
    """Spread a day's orders over baskets: how many sellers each buys from. An oddity comes first, alone."""
    sizes = [1] if oddity and orders else []
    left = orders - len(sizes)
    while left:
        sizes.append(min(left, rng.choices(_SELLERS_PER_BASKET, cum_weights=_SELLERS_PER_BASKET_WEIGHTS)[0]))
        left -= sizes[-1]
    return sizes


def draw_basket(
    rng: Random, market: Market, customer: DemoCustomer, placed_at: dt.datetime, size: int, oddity: Oddity | None
) -> list[Draft]:
    """Return the orders of one checkout, from ``size`` sellers; an oddity befalls the first."""
    method, mode = _draw_method_and_mode(rng, customer, oddity)
    origin = rng.choices(_ORIGINS, cum_weights=_ORIGINS_WEIGHTS)[0]
    drafts = []
    for position, seller in enumerate(_draw_sellers(rng, market, size, oddity)):
        odd = oddity if position == 0 else None
        lines = _draw_lines(rng, seller, odd)
        weight_g = sum(line.weight_g for line in lines)
        items_cents = sum(line.total_cents for line in lines)
        carrier, shipping_cents = _draw_carrier(rng, mode, weight_g, items_cents, customer)
        drafts.append(
            Draft(
                seller,
                customer,
                placed_at,
                method,
                mode,
                carrier,
                _pickup_address(rng, mode, seller, customer),
                origin,
                lines,
                items_cents,
                sum(line.discount_cents for line in lines),
                shipping_cents,
                weight_g,
                odd,
            )
        )
    return drafts


def _draw_method_and_mode(
    rng: Random, customer: DemoCustomer, oddity: Oddity | None
) -> tuple[PaymentMethod, DeliveryMode]:
    if customer.is_town_hall or oddity is Oddity.OVERPAID:
        return PaymentMethod.TRANSFER, DeliveryMode.HOME
    if oddity is Oddity.PART_PAID:
        return PaymentMethod.CHEQUE, DeliveryMode.HOME
    if oddity is not None:
        return PaymentMethod.CARD, DeliveryMode.HOME
    if customer.town.country_code != "FR":
        return rng.choice((PaymentMethod.CARD, PaymentMethod.CARD, PaymentMethod.PAYPAL)), DeliveryMode.HOME
    is_near = customer.town.postcode[:2] in {"22", "29", "35", "56"}
    mode = rng.choices(_MODES if is_near else _MODES[:2], cum_weights=_MODES_NEAR if is_near else _MODES_FAR)[0]
    if mode in _LOCAL_MODES:
        return rng.choices(_METHODS, cum_weights=_METHODS_LOCAL)[0], mode
    return rng.choices(_METHODS[:4], cum_weights=_METHODS_SENT)[0], mode


def _draw_sellers(rng: Random, market: Market, size: int, oddity: Oddity | None) -> Sequence[DemoSeller]:
    if oddity in {Oddity.MANY_LINES, Oddity.THREE_RATES}:
        # Only a shop with everything sells goods of all three rates, or enough of them for forty lines.
        return [max(market.sellers, key=lambda s: (len({p.vat_rate_bp for p in s.products}), len(s.products)))]
    sellers: dict[int, DemoSeller] = {}
    while len(sellers) < size:
        seller = rng.choices(market.sellers, cum_weights=market.seller_weights)[0]
        sellers[seller.id] = seller
    return list(sellers.values())


def _draw_lines(rng: Random, seller: DemoSeller, oddity: Oddity | None) -> tuple[DraftLine, ...]:
    products = _draw_products(rng, seller, oddity)
    drawn = rng.choices(_QUANTITIES, cum_weights=_QUANTITIES_WEIGHTS, k=len(products))
    # Nobody buys a dozen dear things.
    quantities = [
        min(quantity, max(1, _MOST_PER_LINE_CENTS // product.unit_price_cents))
        for quantity, product in zip(drawn, products, strict=True)
    ]
    totals = [product.unit_price_cents * quantity for product, quantity in zip(products, quantities, strict=True)]
    discounts = [0] * len(totals)
    if rng.random() < _SHARE_DISCOUNTED or oddity is Oddity.THREE_RATES:
        percent = rng.choice(_DISCOUNTS_PERCENT)
        discounts = split_by_weight(divide_half_up(sum(totals) * percent, 100), totals)
    lines = [
        DraftLine(
            product,
            product.name,
            quantity,
            product.unit_price_cents,
            product.vat_rate_bp,
            discount,
            total - discount,
            product.weight_g * quantity,
        )
        for product, quantity, total, discount in zip(products, quantities, totals, discounts, strict=True)
    ]
    if oddity is Oddity.GIFT or rng.random() < _SHARE_WITH_GIFT:
        lines.append(DraftLine(None, "Échantillon offert", 1, 0, lines[0].vat_rate_bp, 0, 0, 20))
    return tuple(lines)


def _draw_products(rng: Random, seller: DemoSeller, oddity: Oddity | None) -> list[DemoProduct]:
    if oddity is Oddity.MANY_LINES:
        # More lines than the shop has products: the same one comes again, wrapped apart.
        return [seller.products[index % len(seller.products)] for index in range(_MANY_LINES)]
    if oddity is Oddity.THREE_RATES:
        return list({product.vat_rate_bp: product for product in seller.products}.values())
    count = rng.choices(_LINES, cum_weights=_LINES_WEIGHTS)[0]
    if oddity is Oddity.STUCK_PARTLY_SHIPPED:
        count += 1
    drawn = rng.choices(seller.products, cum_weights=seller.product_weights, k=count + 2)
    return list({product.id: product for product in drawn}.values())[:count]


def _draw_carrier(
    rng: Random, mode: DeliveryMode, weight_g: int, items_cents: int, customer: DemoCustomer
) -> tuple[str, int]:
    if mode in _LOCAL_MODES:
        return "", 0
    carriers = _CARRIERS[mode]
    carrier, _, percent = rng.choices(carriers, weights=[weight for _, weight, _ in carriers])[0]
    is_abroad = customer.town.country_code != "FR"
    if items_cents >= _FREE_FROM_CENTS and percent <= 100 and not is_abroad:
        return carrier, 0
    tariff = next(cents for up_to, cents in _TARIFF if weight_g <= up_to)
    return carrier, divide_half_up(tariff * percent, 1_000) * 10 + (_ABROAD_CENTS if is_abroad else 0)


def _pickup_address(rng: Random, mode: DeliveryMode, seller: DemoSeller, customer: DemoCustomer) -> str:
    if mode is DeliveryMode.HOME:
        return ""
    if mode in _LOCAL_MODES:
        return seller.pickup_address
    town = customer.town
    return f"{rng.choice(PICKUP_SHOPS)}\n{rng.randint(1, 80)} {rng.choice(STREETS)}\n{town.postcode} {town.name}"
