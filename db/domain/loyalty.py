"""Loyalty points: so many per euro that the customer paid and keeps paid."""

from enum import StrEnum


class PointsKind(StrEnum):
    """Why points came or went."""

    OPENING = "opening"
    EARNED = "earned"
    TAKEN_BACK = "taken_back"
    SPENT = "spent"
    CORRECTION = "correction"
    #: Somebody set ``customers.loyalty_points`` itself: a trigger writes the difference.
    SHOP = "shop"

    @property
    def label(self) -> str:
        """Return the label on the screen."""
        return POINTS_KIND_LABELS[self]


POINTS_KIND_LABELS = {
    PointsKind.OPENING: "Solde de départ",
    PointsKind.EARNED: "Points gagnés",
    PointsKind.TAKEN_BACK: "Points repris",
    PointsKind.SPENT: "Points utilisés",
    PointsKind.CORRECTION: "Correction",
    PointsKind.SHOP: "Écrit par la boutique",
}
