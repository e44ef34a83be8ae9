"""Files of orders that people upload: their formats, and what a reader makes of one order."""

from dataclasses import dataclass
from enum import StrEnum

from db.domain.errors import MarketplaceError
from db.domain.incoming import IncomingOrder

#: What a browser and our memory carry at ease; 50,000 lines of our template are some 10 MB.
MAX_BYTES = 20_000_000
MAX_ROWS = 50_000


#: What ``orders.source`` says of an order from a file of ours; another platform's is named after it.
TEMPLATE_SOURCE = "template"


class OrderFormat(StrEnum):
    """What a file of orders is."""

    CSV = "csv"
    XLSX = "xlsx"
    SHOPIFY = "shopify"
    WOOCOMMERCE = "woocommerce"
    AMAZON = "amazon"

    @property
    def label(self) -> str:
        """Return the label on the screen."""
        return ORDER_FORMAT_LABELS[self]

    @property
    def source(self) -> str:
        """Return what ``orders.source`` says of an order that came in such a file."""
        return TEMPLATE_SOURCE if self.is_table else self.value

    @property
    def is_table(self) -> bool:
        """Tell whether it has columns, which may be called anything."""
        return self in {OrderFormat.CSV, OrderFormat.XLSX}


ORDER_FORMAT_LABELS = {
    OrderFormat.CSV: "Tableau CSV",
    OrderFormat.XLSX: "Classeur Excel (XLSX)",
    OrderFormat.SHOPIFY: "Commandes Shopify (JSON)",
    OrderFormat.WOOCOMMERCE: "Commandes WooCommerce (JSON)",
    OrderFormat.AMAZON: "Commandes Amazon (JSON, SP-API)",
}


@dataclass(frozen=True, slots=True)
class ReadOrder:
    """One order of a file, as it was read."""

    #: Where it stands, in words: « lignes 12 à 14 ».
    place: str
    #: Its number or id in the file; empty where it has none.
    reference: str
    #: None where it cannot be read at all.
    order: IncomingOrder | None
    #: What is stored otherwise than the file says it, a sentence each.
    corrections: tuple[str, ...] = ()
    #: Why it cannot be taken, a sentence each; it can where there is none.
    faults: tuple[str, ...] = ()
    #: What the customer wrote with the order: it becomes an internal note.
    note: str = ""


class UnreadableOrdersError(MarketplaceError):
    """A file from which no order can be read; the sentence says why and what to do."""
