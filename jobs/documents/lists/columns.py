"""What a list of documents says: one row for each document and VAT rate, so that any sum of rows is right.

Accountants sort and add up by rate: a document's own totals beside several of its rows would be added twice. Rates
come and go over the years, so they are values of a column, never columns.
"""

from collections.abc import Iterator

from db.queries.document_list import ListedDocument
from jobs.spreadsheets import Cell, ListColumn, Value

COLUMNS = (
    ListColumn("Date", Cell.DAY, 11),
    ListColumn("Type", Cell.TEXT, 9),
    ListColumn("Numéro", Cell.TEXT, 24),
    ListColumn("Facture d’origine", Cell.TEXT, 24),
    ListColumn("Commande", Cell.TEXT, 34),
    ListColumn("Code vendeur", Cell.TEXT, 14),
    ListColumn("Vendeur", Cell.TEXT, 26),
    ListColumn("Client", Cell.TEXT, 28),
    ListColumn("Devise", Cell.TEXT, 8),
    ListColumn("Taux de TVA (%)", Cell.RATE, 15),
    ListColumn("Base HT à ce taux", Cell.MONEY, 18),
    ListColumn("TVA à ce taux", Cell.MONEY, 15),
    ListColumn("TTC à ce taux", Cell.MONEY, 15),
)


def rows_of(document: ListedDocument) -> Iterator[tuple[Value, ...]]:
    """Return a document's rows, one for each rate, in the order of ``COLUMNS``."""
    for rate in document.rates:
        yield (
            document.issued_on,
            document.kind.label,
            document.number,
            document.original_number or "",
            document.order_number,
            document.seller_code,
            document.seller_name,
            document.customer_name,
            document.currency,
            rate.rate_bp,
            rate.net_cents,
            rate.vat_cents,
            rate.gross_cents,
        )
