"""What a shop's token may do, and how long answers are remembered."""

import datetime as dt
from enum import StrEnum

#: How long the answer to an idempotency key is kept: a shop that tries again later than this tries anew.
ANSWERS_KEPT = dt.timedelta(days=7)


class Scope(StrEnum):
    """One thing that a token may do."""

    WRITE_ORDERS = "orders:write"
    READ_ORDERS = "orders:read"
    WRITE_PAYMENTS = "payments:write"

    @property
    def label(self) -> str:
        """Return the label on the screen."""
        return SCOPE_LABELS[self]


SCOPE_LABELS = {
    Scope.WRITE_ORDERS: "Envoyer des commandes",
    Scope.READ_ORDERS: "Lire l’état des commandes",
    Scope.WRITE_PAYMENTS: "Annoncer des paiements",
}
