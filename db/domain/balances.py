"""What the night's check of balances compares."""

from enum import StrEnum


class Subject(StrEnum):
    """A balance, or an account."""

    STOCK = "stock"
    POINTS = "points"
    LEDGER = "ledger"
    REFUNDS = "refunds"
    VOUCHERS = "vouchers"

    @property
    def label(self) -> str:
        """Return the label on the screen."""
        return SUBJECT_LABELS[self]


SUBJECT_LABELS = {
    Subject.STOCK: "Stock",
    Subject.POINTS: "Points de fidélité",
    Subject.LEDGER: "Compte du vendeur",
    Subject.REFUNDS: "Remboursements",
    Subject.VOUCHERS: "Bons d’achat",
}
