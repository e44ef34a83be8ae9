"""Text as people search it: case, accents and punctuation variants folded away."""

import unicodedata

_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "đ": "d", "ł": "l", "’": "'"})


class _Folding(dict[int, str]):
    """What each character folds to, worked out when it is first met: texts are folded by the million."""

    def __missing__(self, code_point: int) -> str:
        lowered = unicodedata.normalize("NFKD", chr(code_point)).casefold().translate(_LIGATURES)
        decomposed = unicodedata.normalize("NFKD", lowered)
        kept = (" " if unicodedata.category(c)[0] in "CZ" else c for c in decomposed if not unicodedata.combining(c))
        self[code_point] = "".join(kept)
        return self[code_point]


_FOLDED = _Folding()


def fold(text: str) -> str:
    """Return the text lower-cased, without accents, control characters or repeated spaces.

    Both what is stored for search and what is typed go through here, so « Évelyne Œuvrard » is found by
    ``oeuvrard EVELYNE``. Folding twice changes nothing.
    """
    return " ".join(text.translate(_FOLDED).split())


def phone_digits(text: str) -> str:
    """Return the national digits of a phone number as typed.

    ``+33 6 12 34``, ``+33 (0)6 12 34`` and ``06 12 34`` meet in ``61234``.
    """
    digits = "".join(c for c in text if c.isascii() and c.isdigit())
    for prefix in ("0033", "33"):
        if digits.startswith(prefix) and len(digits) > len(prefix):
            digits = digits[len(prefix) :]
            break
    return digits[1:] if digits.startswith("0") and len(digits) > 1 else digits


def is_storable(text: str) -> bool:
    """Tell whether a database can hold the text: neither lone surrogates nor, for PostgreSQL, a NUL."""
    return "\x00" not in text and not any("\ud800" <= c <= "\udfff" for c in text)
