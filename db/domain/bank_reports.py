"""What the bank answers to our transfers: status reports (pain.002) and account statements (camt.053, camt.054).

Read from the bank's own files, whatever their version; each answer names a transfer by its end-to-end identification.
"""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from xml.etree.ElementTree import Element

from db.domain.access import tidy
from db.domain.errors import InvalidInputError

_CENTS = 100
_MOST_WORDS = 200
#: Nothing that a marketplace pays is longer; it also keeps every amount inside a database integer.
_MOST_DIGITS = 15


class Said(StrEnum):
    """What the bank says of a transfer, the weakest first: of two answers, the stronger one counts."""

    ACCEPTED = "accepted"  # Taken; nothing has moved yet.
    PAID = "paid"  # Debited.
    DUPLICATE = "duplicate"  # It had it before: it says nothing of the first one.
    UNCLEAR = "unclear"  # None of what we know: somebody reads it.
    REJECTED = "rejected"
    RETURNED = "returned"  # Debited once, and back.

    @property
    def strength(self) -> int:
        """Return how much it counts beside another answer."""
        return list(Said).index(self)


@dataclass(frozen=True, slots=True)
class BankAnswer:
    """What the bank says of one transfer, or of all transfers of a file that it does not name."""

    said: Said
    #: The end-to-end identification; empty where it is about a whole file.
    reference: str = ""
    #: The message identification of the file; empty where it is not said.
    message_id: str = ""
    on: dt.date | None = None
    cents: int | None = None
    currency: str = ""
    code: str = ""
    #: Why, in words.
    words: str = ""
    #: The bank's own reference of the booking (AcctSvcrRef), the same in a notification and on the statement.
    booking: str = ""
    #: The reference of the line (NtryRef): it tells lines of one file apart, and nothing in another file.
    line: str = ""


@dataclass(frozen=True, slots=True)
class BankReport:
    """A bank's file."""

    #: « pain.002.001.10 ».
    message: str
    created_on: dt.date | None
    answers: tuple[BankAnswer, ...]
    #: Lines of a statement that are no transfers of ours.
    other_lines: int = 0

    @property
    def label(self) -> str:
        """Return what it is, in words."""
        return REPORT_LABELS[self.message.rpartition(".001.")[0]]


REPORT_LABELS = {
    "pain.002": "Compte rendu de virements (pain.002)",
    "camt.053": "Relevé de compte (camt.053)",
    "camt.054": "Avis d’opérations (camt.054)",
}


class WrongReportError(InvalidInputError):
    """A file that is no answer to transfers; the sentence says which files are."""

    def __init__(self, found: str) -> None:
        what = f"\u00a0: c’est un fichier « {found[:60]} »" if found else ""
        super().__init__(
            f"Ce n’est pas une réponse de la banque{what}. Importez un compte rendu pain.002, un relevé camt.053 ou un "
            "avis camt.054."
        )


def text_of(element: Element, path: str) -> str:
    """Return the text at a path, tidied; nothing where there is none."""
    return tidy(element.findtext(path) or "")[:_MOST_WORDS]


def day_of(element: Element, *paths: str) -> dt.date | None:
    """Return the first day that stands at one of the paths, of a day or of an instant."""
    for path in paths:
        try:
            return dt.date.fromisoformat(text_of(element, path)[:10])
        except ValueError:
            continue
    return None


def cents_of(element: Element, *paths: str) -> tuple[int | None, str]:
    """Return the first amount at one of the paths, in cents, and its currency; (None, "") where none is readable."""
    for path in paths:
        found = element.find(path)
        cents = _cents(tidy(found.text or "")) if found is not None else None
        if found is not None and cents is not None:
            return cents, found.get("Ccy", "")
    return None, ""


def _cents(text: str) -> int | None:
    """Return a decimal amount in cents, without ever being a float; None where it is none in whole cents."""
    units, _, decimals = text.partition(".")
    decimals = decimals.rstrip("0").ljust(2, "0")
    digits = units + decimals
    if not text or not (digits.isascii() and digits.isdecimal()) or len(decimals) > 2 or len(digits) > _MOST_DIGITS:
        return None
    return int(units or "0") * _CENTS + int(decimals)
