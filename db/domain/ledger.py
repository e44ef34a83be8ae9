"""The sellers' ledger: every euro owed to or by a seller, and why."""

from enum import StrEnum


class LedgerKind(StrEnum):
    """What an entry is."""

    SALE = "sale"
    FEE = "fee"
    REFUND = "refund"
    FEE_BACK = "fee_back"
    CORRECTION = "correction"

    @property
    def label(self) -> str:
        """Return the label on the screen."""
        return LEDGER_KIND_LABELS[self]


LEDGER_KIND_LABELS = {
    LedgerKind.SALE: "Vente",
    LedgerKind.FEE: "Commission",
    LedgerKind.REFUND: "Remboursement",
    LedgerKind.FEE_BACK: "Commission rendue",
    LedgerKind.CORRECTION: "Correction",
}
