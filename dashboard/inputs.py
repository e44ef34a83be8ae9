"""What people type, read with care: amounts the French way."""

import re

from db.domain import formats
from db.domain.errors import InvalidInputError
from db.domain.money import BASIS_POINTS

_AMOUNT = re.compile(r"(\d+)(?:[.,](\d{1,2}))?")
_SPACES = str.maketrans("", "", " \u00a0\u202f€")
#: Nothing a marketplace sells costs more; it also keeps every amount inside a database integer.
_MAX_CENTS = 10**12
#: More digits than any quantity has; what is longer is no number to us.
_WHOLE_NUMBER = re.compile(r"[0-9]{1,9}")
_BELOW_ZERO = re.compile(r"[-−–]\s*[0-9]+")


def parse_amount(text: str) -> int:
    """Return an amount typed as « 1 234,56 », « 1234.56 » or « 12 € » in cents.

    Raises:
        InvalidInputError: It is no amount, is negative, or has more than two decimals.
    """
    match = _AMOUNT.fullmatch(text.translate(_SPACES))
    cents = int(match[1]) * 100 + int((match[2] or "0").ljust(2, "0")) if match and match[0].isascii() else -1
    if not 0 <= cents <= _MAX_CENTS:
        raise InvalidInputError(f"« {text[:40]} » n’est pas un montant. Saisissez par exemple 12,50.")
    return cents


def parse_rate(text: str) -> int:
    """Return a rate typed as « 2,9 » or « 2,9 % » in basis points.

    Raises:
        InvalidInputError: It is no rate, is negative, above 100 %, or has more than two decimals.
    """
    try:
        basis_points = parse_amount(text.replace("%", ""))
    except InvalidInputError:
        basis_points = BASIS_POINTS + 1
    if basis_points > BASIS_POINTS:
        raise InvalidInputError(f"« {text[:40]} » n’est pas un taux de 0 à 100\u00a0%. Saisissez par exemple 2,9.")
    return basis_points


def parse_quantity(text: str, name: str, most: int | None = None) -> int:
    """Return how many units a text states; nothing typed is none.

    Args:
        text: As it was typed.
        name: Of the article, for the refusals.
        most: How many there are; None where the service knows.

    Raises:
        InvalidInputError: It is no whole number, or more than there are.
    """
    typed = "".join(text.split())
    if not typed:
        return 0
    if _BELOW_ZERO.fullmatch(typed):
        raise InvalidInputError(f"La quantité de {name} ne peut pas être négative. Saisissez 0 pour n’en pas mettre.")
    if not _WHOLE_NUMBER.fullmatch(typed):
        limits = "" if most is None else f" de 0 à {formats.integer(most)}"
        raise InvalidInputError(
            f"«\u00a0{text.strip()[:40]}\u00a0» n’est pas une quantité de {name}. Saisissez un nombre entier{limits}."
        )
    if most is not None and int(typed) > most:
        raise InvalidInputError(f"Il reste {formats.integer(most)} {name}. Saisissez {formats.integer(most)} au plus.")
    return int(typed)
