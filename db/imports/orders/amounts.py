"""Other shops' amounts as ours: prices include VAT, a line is quantity × price − discount, and sums are exact."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from db.domain.formats import money
from db.domain.incoming import IncomingLine
from db.domain.money import BASIS_POINTS, divide_half_up, share_of, split_by_weight
from db.imports.orders.notes import Notes

#: The rates of France: a tax that is one of these to the cent is that one.
_FRENCH_RATES = (0, 210, 550, 850, 1000, 2000)


@dataclass(frozen=True, slots=True)
class Price:
    """What one article is sold for: the unit price and the discount that give exactly its total."""

    unit_price_cents: int
    discount_cents: int


def price_of(what: str, quantity: int, before_cents: int, after_cents: int, currency: str, notes: Notes) -> Price:
    """Return the price of an article whose totals are known, VAT included.

    A total that the quantity does not divide is kept to the cent by rounding the unit price up and giving the
    difference back as a discount.

    Args:
        what: The article's name.
        quantity: How many, at least one.
        before_cents: What they cost before any discount.
        after_cents: What they cost.
        currency: For the sentence.
        notes: Where a rounded price is said.
    """
    unit = -(-max(before_cents, after_cents) // quantity)
    discount = unit * quantity - after_cents
    if unit * quantity != before_cents:
        notes.corrected(
            f"«\u00a0{what}\u00a0»\u00a0: {money(after_cents, currency)} pour {quantity} ne se divise pas au centime "
            f"près\u00a0; noté {money(unit, currency)} pièce, remise {money(discount, currency)}."
        )
    return Price(unit, discount)


def rate_of(net_cents: int, tax_cents: int) -> int:
    """Return the VAT rate behind a tax, in basis points: a French one where it fits to the cent."""
    if net_cents <= 0 or tax_cents <= 0:
        return 0
    computed = min(divide_half_up(tax_cents * BASIS_POINTS, net_cents), BASIS_POINTS)
    fitting = [rate for rate in _FRENCH_RATES if abs(share_of(net_cents, rate) - tax_cents) <= 1]
    return min(fitting, key=lambda rate: abs(rate - computed), default=computed)


def fitted(parts: Sequence[int], whole: int) -> list[int]:
    """Return taxes of lines that add up to the tax of the order, where only their rounding keeps them from it."""
    off = abs(sum(parts) - whole)
    if not off or off > len(parts) or min(parts) < 0 or whole < 0:
        return list(parts)
    return split_by_weight(whole, parts)


def spread_discount(lines: Sequence[IncomingLine], discount_cents: int) -> list[IncomingLine]:
    """Take a discount on the whole order off its lines, in proportion, by largest remainders."""
    if not lines or not discount_cents:
        return list(lines)
    parts = split_by_weight(discount_cents, [line.total_cents for line in lines])
    return [replace(line, discount_cents=line.discount_cents + part) for line, part in zip(lines, parts, strict=True)]


def check_sum(
    lines: Sequence[IncomingLine], shipping_cents: int, total_cents: int, currency: str, notes: Notes
) -> None:
    """Refuse an order that does not come to what it says."""
    items = sum(line.total_cents for line in lines)
    if items + shipping_cents != total_cents:
        notes.refused(
            f"Le total annoncé ({money(total_cents, currency)}) n’est pas la somme des articles "
            f"({money(items, currency)}) et du port ({money(shipping_cents, currency)})."
        )
