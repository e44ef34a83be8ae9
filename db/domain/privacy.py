"""Customers' rights over their data (RGPD, art. 15, 17 and 20)."""

from enum import StrEnum


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
