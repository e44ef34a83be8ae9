"""The invoices and credit notes of the order in words, each with the address it is downloaded from."""

from dataclasses import dataclass

from db.domain import formats
from db.queries.follow_up_documents import CustomersDocument


@dataclass(frozen=True, slots=True)
class DocumentLink:
    """One document; the address is below that of the page."""

    id: int
    title: str
    details: str


def document_link(document: CustomersDocument) -> DocumentLink:
    """Return a document as the page names it: what a credit note gives back is no debt to its reader."""
    amount = formats.money(abs(document.gross_cents), document.currency)
    title = f"{document.kind.label} {document.number}"
    return DocumentLink(document.id, title, f"{formats.date(document.issued_on)} · {amount}")
