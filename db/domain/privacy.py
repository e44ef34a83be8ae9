"""Customers' rights over their data (RGPD, art. 15, 17 and 20): what is handed out, what is erased, what must stay.

Invoices and credit notes, and the sales, payments and refunds that prove them, are kept for ten years after the
financial year is closed (Code de commerce, art. L123-22): erasure takes away who bought, never what was sold.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from db.domain.errors import MarketplaceError
from db.domain.formats import enumeration, plural

#: In place of the customer's name, wherever a name has to stand.
ERASED_NAME = "Client effacé"
#: Of the movement that takes the points of an erased account, and why money was given back to it.
ERASED_NOTE = "Données effacées"
#: In place of an address that somebody was written to at; the row's id tells two of an event apart.
ERASED_RECIPIENT = "effacé-"
KEPT_YEARS = 10
#: A refusal names a few orders; whoever has more opens the list.
_NAMED = 5


class PrivacyAct(StrEnum):
    """What was done with a customer's data."""

    EXPORT = "export"
    ERASURE = "erasure"

    @property
    def label(self) -> str:
        """Return the label on the screen."""
        return PRIVACY_ACT_LABELS[self]


PRIVACY_ACT_LABELS = {
    PrivacyAct.EXPORT: "Export des données",
    PrivacyAct.ERASURE: "Effacement des données",
}


@dataclass(frozen=True, slots=True)
class Obstacles:
    """Why a customer's data cannot be erased yet: the numbers of the orders of which something is still to be done."""

    orders: tuple[str, ...] = ()
    returns: tuple[str, ...] = ()
    refunds: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Tell whether there is any."""
        return bool(self.orders or self.returns or self.refunds or self.documents)

    @property
    def words(self) -> tuple[str, ...]:
        """Return each kind with the orders it concerns: « 1 retour en cours (commande ORD-00012) »."""
        said = (
            (self.orders, "commande en cours", "commandes en cours"),
            (self.returns, "retour en cours", "retours en cours"),
            (self.refunds, "remboursement à faire", "remboursements à faire"),
            (self.documents, "facture ou avoir à établir", "factures ou avoirs à établir"),
        )
        return tuple(f"{plural(len(each), one, many)} ({_named(each)})" for each, one, many in said if each)


def _named(numbers: Sequence[str]) -> str:
    shown = list(dict.fromkeys(numbers))
    more = len(shown) - _NAMED
    return ", ".join([*shown[:_NAMED], *([f"et {plural(more, 'autre')}"] if more > 0 else [])])


class ErasureRefusedError(MarketplaceError):
    """Something of the customer's is under way: without their name and address it could not be finished."""

    def __init__(self, obstacles: Obstacles) -> None:
        self.obstacles = obstacles
        super().__init__(
            f"Les données de ce client ne peuvent pas encore être effacées\u00a0: {enumeration(obstacles.words)}. "
            "Terminez d’abord ce qui est en cours."
        )


class AlreadyErasedError(MarketplaceError):
    """There is nothing left of the customer to act on."""

    def __init__(self) -> None:
        super().__init__("Les données de ce client ont été effacées\u00a0: il n’y a plus rien à modifier ici.")


#: What an entry of the log counts, in words: one and many.
COUNT_WORDS: Mapping[str, tuple[str, str]] = {
    "orders": ("commande", "commandes"),
    "addresses": ("adresse", "adresses"),
    "returns": ("retour", "retours"),
    "messages": ("e-mail ou SMS", "e-mails ou SMS"),
    "thread": ("message de retour", "messages de retours"),
    "photos": ("photo", "photos"),
    "notes": ("note interne", "notes internes"),
    "points": ("point de fidélité", "points de fidélité"),
    "files": ("fichier préparé", "fichiers préparés"),
    "documents": ("facture ou avoir", "factures et avoirs"),
    "vouchers": ("bon d’achat", "bons d’achat"),
    "kept_documents": ("facture ou avoir conservé", "factures et avoirs conservés"),
    "kept_orders": ("vente conservée sans nom", "ventes conservées sans nom"),
    "kept_named": ("vente à facturer, conservée avec son nom", "ventes à facturer, conservées avec leur nom"),
    "kept_vouchers": ("bon d’achat encore valable", "bons d’achat encore valables"),
}


def count_words(counts: Mapping[str, int]) -> tuple[str, ...]:
    """Return what an act counted: « 3 commandes », « 2 adresses »; nothing of what there was none of."""
    return tuple(plural(counts[name], *words) for name, words in COUNT_WORDS.items() if counts.get(name))


#: Strings of the history that are codes or numbers of ours, never what somebody wrote about the customer.
_CODES = frozenset(
    {"status", "method", "payment_state", "template", "delivery_mode", "reason", "kind", "state", "number", "carrier"}
)


def without_words(facts: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Return what a history entry states without anything a person wrote: amounts, quantities, codes and ids stay."""
    if facts is None:
        return None
    return {name: value for name, value in facts.items() if name in _CODES or not _holds_text(value)}


def _holds_text(value: object) -> bool:
    if isinstance(value, Mapping):
        return any(map(_holds_text, value.values()))
    return isinstance(value, str) or (isinstance(value, Sequence) and any(map(_holds_text, value)))
