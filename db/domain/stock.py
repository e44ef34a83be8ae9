"""Stock: why units of a product came or went, and which products somebody asks for."""

from dataclasses import dataclass
from enum import StrEnum


class StockKind(StrEnum):
    """Why units came or went."""

    OPENING = "opening"
    SALE = "sale"
    CANCELLATION = "cancellation"
    RETURN = "return"
    CORRECTION = "correction"
    #: Somebody set ``products.stock`` itself: a trigger writes the difference.
    SHOP = "shop"

    @property
    def label(self) -> str:
        """Return the label on the screen."""
        return STOCK_KIND_LABELS[self]


STOCK_KIND_LABELS = {
    StockKind.OPENING: "Stock de départ",
    StockKind.SALE: "Vente",
    StockKind.CANCELLATION: "Annulation",
    StockKind.RETURN: "Retour",
    StockKind.CORRECTION: "Correction",
    StockKind.SHOP: "Écrit par la boutique",
}


class StockReason(StrEnum):
    """Why a person corrects a stock. Chosen, not written: its movement is never erased, so it names nobody."""

    INVENTORY = "inventory"
    RECEIVED = "received"
    LOST = "lost"
    STOLEN = "stolen"
    UNSELLABLE = "unsellable"
    SENT_BACK = "sent_back"
    OWN_USE = "own_use"
    SOLD_ELSEWHERE = "sold_elsewhere"
    MISTAKE = "mistake"

    @property
    def label(self) -> str:
        """Return the label on the screen, which the movement keeps."""
        return STOCK_REASON_LABELS[self]


STOCK_REASON_LABELS = {
    StockReason.INVENTORY: "Inventaire",
    StockReason.RECEIVED: "Réception de marchandise",
    StockReason.LOST: "Casse ou perte",
    StockReason.STOLEN: "Vol",
    StockReason.UNSELLABLE: "Périmé ou invendable",
    StockReason.SENT_BACK: "Renvoi au fournisseur",
    StockReason.OWN_USE: "Échantillon ou usage interne",
    StockReason.SOLD_ELSEWHERE: "Vendu ou rendu hors du site",
    StockReason.MISTAKE: "Erreur de saisie",
}


class StockLevel(StrEnum):
    """How a product's stock is."""

    OUT = "out"
    LOW = "low"
    ENOUGH = "enough"
    NOT_COUNTED = "not_counted"
    #: Not on sale any more, whatever is left.
    WITHDRAWN = "withdrawn"


STOCK_LEVEL_LABELS = {
    StockLevel.OUT: "Épuisé",
    StockLevel.LOW: "Bas",
    StockLevel.ENOUGH: "En stock",
    StockLevel.NOT_COUNTED: "Non compté",
    StockLevel.WITHDRAWN: "Retiré",
}


def sale_cause(line_id: int) -> str:
    """Return the cause of a sale's movement; the shop may write the very same row (docs/database.md)."""
    return f"sale:{line_id}"


#: So few are left that somebody should know, where nobody has said another number.
USUAL_LOW_STOCK = 5
#: What fits a shelf and a mistake does not reach.
MAX_UNITS = 1_000_000


class StockList(StrEnum):
    """The lists of products; the value is what the URL says."""

    #: On sale, counted, and few are left.
    LOW = "bas"
    COUNTED = "comptes"
    NOT_COUNTED = "non-comptes"

    @property
    def label(self) -> str:
        """Return the label on the screen."""
        return _LIST_LABELS[self]


_LIST_LABELS = {
    StockList.LOW: "Stock bas",
    StockList.COUNTED: "Produits comptés",
    StockList.NOT_COUNTED: "Non comptés",
}


@dataclass(frozen=True, slots=True)
class StockFilter:
    """What a person asks of the list of products."""

    list: StockList = StockList.LOW
    seller_id: int | None = None
    #: Words of the name, the reference, the category or an attribute, as typed.
    text: str = ""
