"""« Contrôle »: what a sale comes to as it was ordered, documented, paid and credited, and why these may differ.

Orders = invoices − credit notes = payments − refunds = the sellers' share + fees + VAT on the fees.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum


class Equality(StrEnum):
    """What the orders are compared with."""

    DOCUMENTS = "documents"
    MONEY = "money"
    SELLERS = "sellers"

    @property
    def label(self) -> str:
        """Return the label on the screen."""
        return EQUALITY_LABELS[self]


EQUALITY_LABELS = {
    Equality.DOCUMENTS: "Factures et avoirs",
    Equality.MONEY: "Règlements",
    Equality.SELLERS: "Comptes vendeurs",
}


class Why(StrEnum):
    """Why an order does not agree with its documents, its money or its seller's account; first what is in order."""

    #: Not taken in yet: the worker completes it within seconds.
    INTAKE = "intake"
    IN_ERROR = "in_error"
    NOT_PAID = "not_paid"
    PAYMENT_TO_BOOK = "payment_to_book"
    PAID_ELSEWHERE = "paid_elsewhere"
    REFUND_UNDER_WAY = "refund_under_way"
    OVERPAID = "overpaid"
    GIFT = "gift"
    TO_INVOICE = "to_invoice"
    TO_CREDIT = "to_credit"
    WITHOUT_CREDIT_NOTE = "without_credit_note"
    CREDITED_BY_HAND = "credited_by_hand"
    INVOICED_ELSEWHERE = "invoiced_elsewhere"
    NEVER_INVOICED = "never_invoiced"
    BEFORE_THE_LEDGER = "before_the_ledger"
    # Nothing that anybody did explains the following.
    PARTS_DIFFER = "parts_differ"
    PAYMENTS_DIFFER = "payments_differ"
    MONEY_MISSING = "money_missing"
    MONEY_TOO_MUCH = "money_too_much"
    INVOICE_MISSING = "invoice_missing"
    DOCUMENTS_DIFFER = "documents_differ"
    SALE_MISSING = "sale_missing"
    LEDGER_DIFFERS = "ledger_differs"

    @property
    def is_explained(self) -> bool:
        """Tell whether what the house does explains it: it is no fault."""
        return self not in UNEXPLAINED

    @property
    def label(self) -> str:
        """Return the reason on the screen."""
        return WHY_LABELS[self]


UNEXPLAINED = frozenset(
    {
        Why.PARTS_DIFFER,
        Why.PAYMENTS_DIFFER,
        Why.MONEY_MISSING,
        Why.MONEY_TOO_MUCH,
        Why.INVOICE_MISSING,
        Why.DOCUMENTS_DIFFER,
        Why.SALE_MISSING,
        Why.LEDGER_DIFFERS,
    }
)
WHY_LABELS = {
    Why.INTAKE: "Prise en charge en cours",
    Why.IN_ERROR: "Commande en erreur",
    Why.NOT_PAID: "Pas encore réglée",
    Why.PAYMENT_TO_BOOK: "Paiement en cours d’enregistrement",
    Why.PAID_ELSEWHERE: "Réglée avant la reprise",
    Why.REFUND_UNDER_WAY: "Remboursement en cours",
    Why.OVERPAID: "Trop-perçu à rendre",
    Why.GIFT: "Rendu par la boutique au-delà de la vente",
    Why.TO_INVOICE: "Facture à établir",
    Why.TO_CREDIT: "Avoir à établir",
    Why.WITHOUT_CREDIT_NOTE: "Rendu sans avoir, par choix",
    Why.CREDITED_BY_HAND: "Avoir établi à la main, sans remboursement",
    Why.INVOICED_ELSEWHERE: "Facturée avant la reprise",
    Why.NEVER_INVOICED: "Jamais facturée, avant la reprise",
    Why.BEFORE_THE_LEDGER: "Vente antérieure au grand livre",
    Why.PARTS_DIFFER: "Le total n’est pas celui des articles",
    Why.PAYMENTS_DIFFER: "Les règlements ne font pas les sommes notées",
    Why.MONEY_MISSING: "Dite réglée, mais l’argent n’y est pas",
    Why.MONEY_TOO_MUCH: "Plus d’argent que la vente, sans remboursement prévu",
    Why.INVOICE_MISSING: "Réglée, ni facturée ni à facturer",
    Why.DOCUMENTS_DIFFER: "Factures et avoirs ne font pas la vente",
    Why.SALE_MISSING: "La vente manque au compte du vendeur",
    Why.LEDGER_DIFFERS: "Le compte du vendeur ne porte pas la vente",
}


@dataclass(frozen=True, slots=True)
class Control:
    """What the books say of some orders of one currency, in cents."""

    orders: int = 0
    #: What the orders ask for now: their totals, less what was cancelled, settled or taken back.
    sold_cents: int = 0
    invoiced_cents: int = 0
    #: Positive: what credit notes took back.
    credited_cents: int = 0
    paid_cents: int = 0
    refunded_cents: int = 0
    #: What the ledger owes the sellers for them; what it kept as fees, without VAT, and the VAT in the fees.
    seller_cents: int = 0
    fee_net_cents: int = 0
    fee_vat_cents: int = 0
    #: Orders of which something differs, for whatever reason; those of which nothing explains it.
    differing_orders: int = 0
    unexplained_orders: int = 0

    def __add__(self, other: "Control") -> "Control":
        """Return both together."""
        sums = (getattr(self, each.name) + getattr(other, each.name) for each in fields(self))
        return Control(*sums)

    def found(self, equality: Equality) -> int:
        """Return what stands on the other side of an equality."""
        match equality:
            case Equality.DOCUMENTS:
                return self.invoiced_cents - self.credited_cents
            case Equality.MONEY:
                return self.paid_cents - self.refunded_cents
            case Equality.SELLERS:
                return self.seller_cents + self.fee_net_cents + self.fee_vat_cents

    def difference(self, equality: Equality) -> int:
        """Return by how much it is more, or less (negative), than the orders ask for."""
        return self.found(equality) - self.sold_cents


@dataclass(frozen=True, slots=True)
class OrderControl:
    """One order of which something differs: its amounts, and the reason of each equality that does not hold."""

    order_id: int
    number: str
    seller_name: str
    currency: str
    amounts: Control
    why: Mapping[Equality, Why]

    @property
    def is_explained(self) -> bool:
        """Tell whether everything about it has its reason."""
        return all(why.is_explained for why in self.why.values())
