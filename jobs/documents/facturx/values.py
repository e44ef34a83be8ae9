"""How texts, amounts and prices are written in XML."""

import re
from decimal import Decimal
from typing import Any

from db.domain.money import divide_half_up

#: What XML 1.0 cannot hold, escaped or not.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
#: Decimals of a unit price, from the fewest; French platforms read no more than six.
_PRICE_DECIMALS = range(2, 7)


def text(value: str) -> str:
    """Return a text on one line, without the characters that XML cannot hold."""
    return " ".join(_FORBIDDEN.sub(" ", value).split())


def code(value: str) -> str:
    """Return an identifier as machines compare it: « fr 83 404 833 048 » is FR83404833048."""
    return "".join(each for each in value if each.isascii() and each.isalnum()).upper()


def amount(cents: int) -> str:
    """Return an amount with its two decimals."""
    return f"{Decimal(cents).scaleb(-2):.2f}"


def percent(basis_points: int) -> str:
    """Return a rate with its two decimals."""
    return amount(basis_points)


def unit_price(total_cents: int, quantity: int) -> dict[str, str]:
    """Return what one unit costs, from what all of them cost, so that price × quantity is that sum to the cent.

    A price is never below zero (BR-27): of a line that is deducted, total and quantity both are.

    Returns:
        BT-146, with the fewest decimals that do; where even six would not, the price of all of them, with BT-149.
    """
    if quantity < 0:
        total_cents, quantity = -total_cents, -quantity
    for decimals in _PRICE_DECIMALS:
        finer = int(10 ** (decimals - 2))
        price = divide_half_up(total_cents * finer, quantity)
        if divide_half_up(price * quantity, finer) == total_cents:
            return {"BT-146": f"{Decimal(price).scaleb(-decimals):.{decimals}f}"}
    return {"BT-146": amount(total_cents), "BT-149": str(quantity)}


def stated(**values: Any) -> dict[str, Any]:  # noqa: ANN401  texts, days and lists alike
    """Return what is not empty: an empty element is a fault where an absent one is none."""
    return {name: value for name, value in values.items() if value}
