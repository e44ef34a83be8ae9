"""Text as people search it: case, accents and punctuation variants folded away."""

import unicodedata

_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "đ": "d", "ł": "l", "’": "'"})


def fold(text: str) -> str:
    """Return the text lower-cased, without accents, control characters or repeated spaces.

    Both what is stored for search and what is typed go through here, so « Évelyne Œuvrard » is found by
    ``oeuvrard EVELYNE``. Folding twice changes nothing.
    """
    lowered = unicodedata.normalize("NFKD", text).casefold().translate(_LIGATURES)
    decomposed = unicodedata.normalize("NFKD", lowered)
    kept = (" " if unicodedata.category(c)[0] in "CZ" else c for c in decomposed if not unicodedata.combining(c))
    return " ".join("".join(kept).split())


def phone_digits(text: str) -> str:
    """Return the national digits of a phone number as typed: ``+33 6 12 34`` and ``06 12 34`` meet in ``61234``."""
    digits = "".join(c for c in text if c.isascii() and c.isdigit())
    for prefix in ("0033", "33", "0"):
        if digits.startswith(prefix) and len(digits) > len(prefix):
            return digits[len(prefix) :]
    return digits
