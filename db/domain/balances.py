"""What the night's check of balances compares."""

from enum import StrEnum

#: Findings of one subject that are kept: a database that was torn apart has them by the thousand.
MAX_FINDINGS = 100


class Subject(StrEnum):
    """A balance, or an account; in the order in which what does not agree is shown: money first."""

    LEDGER = "ledger"
    PAYOUTS = "payouts"
    PAYMENTS = "payments"
    DOCUMENTS = "documents"
    CLOSINGS = "closings"
    REFUNDS = "refunds"
    VOUCHERS = "vouchers"
    STOCK = "stock"
    POINTS = "points"
    FIGURES = "figures"

    @property
    def label(self) -> str:
        """Return the label on the screen."""
        return SUBJECT_LABELS[self]


SUBJECT_LABELS = {
    Subject.LEDGER: "Compte du vendeur",
    Subject.PAYOUTS: "Reversements",
    Subject.PAYMENTS: "Règlements",
    Subject.DOCUMENTS: "Factures et avoirs",
    Subject.CLOSINGS: "Mois clos",
    Subject.REFUNDS: "Remboursements",
    Subject.VOUCHERS: "Bons d’achat",
    Subject.STOCK: "Stock",
    Subject.POINTS: "Points de fidélité",
    Subject.FIGURES: "Chiffres des ventes",
}
#: What ``jobs/balances.py`` compares; the figures of the sales have a check of their own.
BALANCES = tuple(subject for subject in Subject if subject is not Subject.FIGURES)
