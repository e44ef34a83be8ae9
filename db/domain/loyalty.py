"""Loyalty points: so many per euro that the customer paid and keeps paid."""

from enum import StrEnum

from db.domain.order_facts import OrderFacts


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


class PointsReason(StrEnum):
    """Why a person corrects a balance. Chosen, not written: its movement is never erased, so it names nobody."""

    GOODWILL = "goodwill"
    CAMPAIGN = "campaign"
    MISTAKE = "mistake"
    SPENT_ELSEWHERE = "spent_elsewhere"
    OTHER_ACCOUNT = "other_account"
    ASKED = "asked"

    @property
    def label(self) -> str:
        """Return the label on the screen, which the movement keeps."""
        return POINTS_REASON_LABELS[self]


POINTS_REASON_LABELS = {
    PointsReason.GOODWILL: "Geste commercial",
    PointsReason.CAMPAIGN: "Parrainage ou opération commerciale",
    PointsReason.MISTAKE: "Erreur de calcul ou de saisie",
    PointsReason.SPENT_ELSEWHERE: "Points utilisés hors du site",
    PointsReason.OTHER_ACCOUNT: "Reprise d’un autre compte",
    PointsReason.ASKED: "Demande du client",
}


def points_of(order: OrderFacts, points_per_euro: int, *, is_received: bool) -> int:
    """Return the points that an order is worth: for each whole euro that was paid and not given back.

    Args:
        order: The order as it is now.
        points_per_euro: What the programme gives; 0: there is none.
        is_received: Whether the customer has it; before that it is worth nothing.
    """
    kept_cents = min(order.claim_cents, order.paid_cents)
    return kept_cents // 100 * points_per_euro if is_received else 0
