"""Which lines of an invoice are articles, which are shipping, and which are no sale at all."""

from collections.abc import Sequence
from dataclasses import dataclass

from db.imports.online_retail.file import InvoiceLine
from db.imports.online_retail.words import WHY_NOT_A_SALE, Trade, trade_of

NOT_AN_INVOICE = "numéro qui n'est ni d'une vente ni d'une annulation (« C… »)"
OTHER_CUSTOMER = "ligne d'un autre client ou pays que le reste de sa facture"
NO_QUANTITY = "quantité négative ou nulle hors annulation : un mouvement de stock, pas une vente"
NEGATIVE_PRICE = "prix négatif"
NO_PRICE = "facture sans client ni prix : un mouvement de stock, pas une vente"


@dataclass(frozen=True, slots=True)
class SaleInvoice:
    """The lines of one invoice, sorted out."""

    articles: Sequence[InvoiceLine]
    shipping: Sequence[InvoiceLine]
    #: Lines that are no sale, with the reason.
    refused: Sequence[tuple[InvoiceLine, str]]

    @property
    def kept(self) -> Sequence[InvoiceLine]:
        """Return the lines that make an order, if any."""
        return [*self.articles, *self.shipping]


def is_cancellation(lines: Sequence[InvoiceLine]) -> bool:
    """Tell whether an invoice takes back what others sold."""
    return lines[0].invoice.startswith("C")


def sort_out(lines: Sequence[InvoiceLine]) -> SaleInvoice:
    """Decide what each line of an invoice is."""
    articles: list[InvoiceLine] = []
    shipping: list[InvoiceLine] = []
    refused: list[tuple[InvoiceLine, str]] = []
    why_all = _why_all_refused(lines)
    for line in lines:
        if why := _why_refused(line, lines[0]) or why_all:
            refused.append((line, why))
        elif trade_of(line.code) is Trade.SHIPPING:
            shipping.append(line)
        else:
            articles.append(line)
    return SaleInvoice(articles, shipping, refused)


def _why_all_refused(lines: Sequence[InvoiceLine]) -> str | None:
    if not lines[0].invoice.isdecimal():
        return NOT_AN_INVOICE
    has_customer_or_price = lines[0].customer or any(line.price for line in lines)
    return None if has_customer_or_price else NO_PRICE


def _why_refused(line: InvoiceLine, first: InvoiceLine) -> str | None:
    if trade_of(line.code) is Trade.NOT_A_SALE:
        return WHY_NOT_A_SALE[line.code]
    if line.quantity <= 0:
        return NO_QUANTITY
    if line.price < 0:
        return NEGATIVE_PRICE
    if (line.customer, line.country) != (first.customer, first.country):
        return OTHER_CUSTOMER
    return None
