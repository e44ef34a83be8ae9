"""Returns: why articles come back, in what condition they arrived, and the moves between a return's statuses."""

from collections.abc import Mapping
from enum import StrEnum

from db.domain.orders import ReturnStatus


class ReturnReason(StrEnum):
    """Why the customer sends something back; an explanation may go with it."""

    CHANGED_MIND = "changed_mind"
    DEFECTIVE = "defective"
    DAMAGED = "damaged"
    NOT_AS_DESCRIBED = "not_as_described"
    WRONG_ARTICLE = "wrong_article"
    TOO_LATE = "too_late"
    OTHER = "other"

    @property
    def label(self) -> str:
        """Return the label on the screen."""
        return RETURN_REASON_LABELS[self]


RETURN_REASON_LABELS = {
    ReturnReason.CHANGED_MIND: "Changement d’avis",
    ReturnReason.DEFECTIVE: "Article défectueux",
    ReturnReason.DAMAGED: "Article abîmé à l’arrivée",
    ReturnReason.NOT_AS_DESCRIBED: "Article non conforme à la description",
    ReturnReason.WRONG_ARTICLE: "Erreur d’article",
    ReturnReason.TOO_LATE: "Arrivé trop tard",
    ReturnReason.OTHER: "Autre raison",
}


class Condition(StrEnum):
    """How what came back was found."""

    AS_NEW = "as_new"
    OPENED = "opened"
    DAMAGED = "damaged"

    @property
    def label(self) -> str:
        """Return the label on the screen."""
        return CONDITION_LABELS[self]


CONDITION_LABELS = {
    Condition.AS_NEW: "Comme neuf",
    Condition.OPENED: "Ouvert ou utilisé",
    Condition.DAMAGED: "Abîmé",
}

_S = ReturnStatus

#: What may follow what. ``completed`` is also reached by settling, from any open status.
RETURN_MOVES: Mapping[ReturnStatus, tuple[ReturnStatus, ...]] = {
    _S.REQUESTED: (_S.AWAITING_PARCEL, _S.DENIED),
    _S.AWAITING_PARCEL: (_S.PARCEL_RECEIVED, _S.DENIED),
    _S.PARCEL_RECEIVED: (_S.COMPLETED, _S.DENIED),
    _S.COMPLETED: (),
    _S.DENIED: (),
}
