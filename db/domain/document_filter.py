"""What is asked of Finances › Factures: one object for the rows, their totals and the file they are exported to."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from db.domain.documents import DocumentKind

_DIGITS = 6  # A number's sequence is written with at least so many.


class DocumentStatus(StrEnum):
    """What one may want to know of a document beside what it states; the value is what the URL says.

    An invoice can have two: a part of it given back, and the rest still to be paid.
    """

    SETTLED = "reglee"
    TO_SETTLE = "a-regler"
    PARTLY_CREDITED = "avoir-partiel"
    CREDITED = "soldee"
    IN_PREPARATION = "en-preparation"
    TO_CHECK = "a-verifier"

    @property
    def label(self) -> str:
        """Return the label on the screen."""
        return DOCUMENT_STATUS_LABELS[self]


DOCUMENT_STATUS_LABELS = {
    DocumentStatus.SETTLED: "Réglée",
    DocumentStatus.TO_SETTLE: "À régler",
    DocumentStatus.PARTLY_CREDITED: "En partie portée en avoir",
    DocumentStatus.CREDITED: "Soldée par avoir",
    DocumentStatus.IN_PREPARATION: "PDF en préparation",
    DocumentStatus.TO_CHECK: "À vérifier",
}
#: Of the document's file, whatever it is.
FILE_STATUSES = frozenset({DocumentStatus.IN_PREPARATION, DocumentStatus.TO_CHECK})


def invoice_statuses(gross_cents: int, credited_cents: int, kept_cents: int) -> tuple[DocumentStatus, ...]:
    """Return how an invoice stands.

    Args:
        gross_cents: What it claims.
        credited_cents: What its credit notes gave back, positive.
        kept_cents: What was paid for the order and not refunded.
    """
    left = gross_cents - credited_cents
    if left <= 0:
        return (DocumentStatus.CREDITED,)
    settled = DocumentStatus.SETTLED if kept_cents >= left else DocumentStatus.TO_SETTLE
    return (settled, DocumentStatus.PARTLY_CREDITED) if credited_cents else (settled,)


@dataclass(frozen=True, slots=True)
class DocumentFilter:
    """Every filter of the page; None and empty texts mean « any »."""

    kind: DocumentKind | None = None
    first_day: dt.date | None = None
    last_day: dt.date | None = None
    seller_id: int | None = None
    status: DocumentStatus | None = None
    #: VAT included, whatever the sign: an invoice and its credit note are found by one amount.
    min_cents: int | None = None
    max_cents: int | None = None
    #: A document's number or the start of one, or an order's, as typed.
    number: str = ""
    #: The customer's name, e-mail or company, as typed.
    customer: str = ""

    @property
    def is_in_totals_index(self) -> bool:
        """Tell whether only columns are filtered that ``document_vat`` holds beside its amounts."""
        return not (self.status or self.number or self.customer) and self.min_cents is None and self.max_cents is None


class ListFormat(StrEnum):
    """What a list of documents is exported as."""

    XLSX = "xlsx"
    CSV = "csv"

    @property
    def label(self) -> str:
        """Return the label on the screen."""
        return {ListFormat.XLSX: "Classeur Excel (XLSX)", ListFormat.CSV: "Fichier CSV"}[self]


def sequences_starting_with(digits: str) -> list[tuple[int, int]]:
    """Return the sequences, first and last, whose written form starts with some digits: « 0001 » → 100 to 199.

    At least six digits are written, so those after a leading zero are exactly six.
    """
    if len(digits) > _DIGITS:
        widths = range(len(digits), len(digits) + 1)
    else:
        widths = range(_DIGITS, _DIGITS + 1 if digits.startswith("0") else _DIGITS + 3)
    ranges = []
    for width in widths:
        step = 10 ** (width - len(digits))
        first = int(digits) * step
        ranges.append((max(first, 1), first + step - 1))
    return ranges
