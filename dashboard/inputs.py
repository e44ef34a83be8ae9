"""What people type, read with care: amounts the French way."""

import re

from db.domain.errors import InvalidInputError

_AMOUNT = re.compile(r"(\d+)(?:[.,](\d{1,2}))?")
_SPACES = str.maketrans("", "", " \u00a0\u202f€")
#: Nothing a marketplace sells costs more; it also keeps every amount inside a database integer.
_MAX_CENTS = 10**12


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
