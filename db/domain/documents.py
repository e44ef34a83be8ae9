"""Numbered documents: their kinds, their series, and why one is not issued. DOMAIN.md, « Documents »."""

import datetime as dt
from enum import StrEnum

from db.domain.errors import MarketplaceError, NotFoundError
from db.domain.formats import enumeration, money


class DocumentKind(StrEnum):
    """What a numbered document is."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"

    @property
    def label(self) -> str:
        """Return the label on the screen."""
        return DOCUMENT_KIND_LABELS[self]

    @property
    def prefix(self) -> str:
        """Return what its numbers begin with."""
        return DOCUMENT_PREFIXES[self]


DOCUMENT_KIND_LABELS = {DocumentKind.INVOICE: "Facture", DocumentKind.CREDIT_NOTE: "Avoir"}
DOCUMENT_PREFIXES = {DocumentKind.INVOICE: "F", DocumentKind.CREDIT_NOTE: "AV"}

#: What the hash of a series' first document goes on from.
FIRST_HASH = "0" * 64


def series_code(kind: DocumentKind, seller_code: str, year: int) -> str:
    """Return the series of a seller's documents of a year: ``F2026-BRULERIE``."""
    return f"{kind.prefix}{year}-{seller_code}"


def document_number(series: str, sequence: int) -> str:
    """Return the number of a series' document: ``F2026-BRULERIE-000001``."""
    return f"{series}-{sequence:06d}"


class DocumentNotFoundError(NotFoundError):
    """No such document, or not for this person."""

    def __init__(self) -> None:
        super().__init__("Ce document n’existe pas ou ne vous est pas accessible.")


class NotIssuedError(MarketplaceError):
    """A document that is not issued; the subclass and the sentence say why."""


class AlreadyInvoicedError(NotIssuedError):
    """The order has an invoice that is not wholly credited: a second one would claim the same money twice."""

    def __init__(self, number: str) -> None:
        self.number = number
        super().__init__(
            f"Cette commande a déjà la facture {number}. Établissez d’abord un avoir de tout ce qu’elle facture."
        )


class InvoicedElsewhereError(NotIssuedError):
    """Another programme invoiced the order: a second invoice would claim the same money twice."""

    def __init__(self, number: str) -> None:
        self.number = number
        super().__init__(f"Cette commande a déjà la facture {number}, établie par un autre logiciel.")


class NothingToInvoiceError(NotIssuedError):
    """A cancelled order, or one that costs nothing."""

    def __init__(self, why: str) -> None:
        super().__init__(f"Il n’y a rien à facturer\u00a0: {why}.")


_SHEET_OF = "La fiche de"


class IssuerIncompleteError(NotIssuedError):
    """What the law wants on an invoice is not known of the seller."""

    def __init__(self, seller: str, missing: list[str]) -> None:
        self.missing = missing
        super().__init__(
            f"{_SHEET_OF} {seller} est incomplète\u00a0: il manque {enumeration(missing)}. Complétez-la dans "
            "Réglages › Vendeurs, la facture sera ensuite établie d’elle-même."
        )


def is_issuer_incomplete(error: str) -> bool:
    """Tell whether it is the seller's sheet that a document waits for, of the sentence that was kept."""
    return error.startswith(f"{_SHEET_OF} ")


class NothingToCreditError(NotIssuedError):
    """The credit note that was asked for would say nothing."""

    def __init__(self, limit: str) -> None:
        super().__init__(
            "Choisissez un article, une quantité ou un montant à porter en avoir, plus grand que 0\u00a0: il reste "
            f"{limit}."
        )


class TooMuchToCreditError(NotIssuedError):
    """More is to be credited than the invoice still claims."""

    def __init__(self, what: str, limit: str) -> None:
        super().__init__(f"{what}\u00a0: il reste {limit} à porter en avoir, pas davantage.")


class AmountChangedError(NotIssuedError):
    """What was announced is not what would be issued now: somebody else acted meanwhile."""

    def __init__(self, kind: DocumentKind, now: str) -> None:
        what = "de la facture" if kind is DocumentKind.INVOICE else "de l’avoir"
        super().__init__(
            f"Entre-temps, le montant {what} a changé : il serait de {now}. Vérifiez-le, puis confirmez de nouveau."
        )


class FullyCreditedError(NotIssuedError):
    """Nothing is left of the invoice."""

    def __init__(self, number: str) -> None:
        super().__init__(f"La facture {number} est déjà entièrement portée en avoir.")


def issued_words(kind: DocumentKind, number: str, gross_cents: int, currency: str) -> str:
    """Return what was issued, in words: « Facture F2026-A-000001 de 31,90 € »."""
    return f"{kind.label} {number} de {money(gross_cents, currency)}"


def later_of(now: dt.datetime, last: dt.datetime | None) -> dt.datetime:
    """Return when a document is issued: never before the last of its series, whatever the clocks of two machines."""
    return now if last is None else max(now, last)
