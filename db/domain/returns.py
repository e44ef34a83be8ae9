"""Returns: what is asked, why, in what condition it arrived, and the moves between a return's statuses.

The rules of what may be sent back are in ``return_rules``, the deadlines in ``withdrawal``.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from db.domain.errors import NotFoundError
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


#: Reasons that are the seller's doing: the guarantee of conformity covers them, of every product, for two years
#: (Code de la consommation, art. L217-3).
FAULT_REASONS = frozenset(
    {ReturnReason.DEFECTIVE, ReturnReason.DAMAGED, ReturnReason.NOT_AS_DESCRIBED, ReturnReason.WRONG_ARTICLE}
)


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

#: What may follow what. ``completed`` is also reached by settling, from any open status; see also ``return_moves``.
RETURN_MOVES: Mapping[ReturnStatus, tuple[ReturnStatus, ...]] = {
    _S.REQUESTED: (_S.AWAITING_PARCEL, _S.DENIED),
    _S.AWAITING_PARCEL: (_S.PARCEL_RECEIVED, _S.DENIED),
    _S.PARCEL_RECEIVED: (_S.COMPLETED, _S.DENIED),
    _S.COMPLETED: (),
    _S.DENIED: (),
}


def return_moves(status: ReturnStatus, *, has_something_left: bool) -> tuple[ReturnStatus, ...]:
    """Return where a return may go from a status.

    Args:
        status: Where it is.
        has_something_left: Whether the customer still has something of what it announced. Where another settlement took
            it all, the return may end from anywhere: it can be neither settled nor, in fairness, denied.
    """
    moves = RETURN_MOVES[status]
    may_end = not has_something_left and bool(moves) and _S.COMPLETED not in moves
    return (*moves, _S.COMPLETED) if may_end else moves


#: What a button says; a return that already has the status is never offered it.
RETURN_VERBS: Mapping[ReturnStatus, str] = {
    _S.AWAITING_PARCEL: "Accepter le retour",
    _S.PARCEL_RECEIVED: "Colis reçu",
    _S.COMPLETED: "Terminer sans remboursement",
    _S.DENIED: "Refuser le retour",
}
#: Statuses that give nothing back: the customer is told why.
EXPLAINED_STATUSES = frozenset({_S.COMPLETED, _S.DENIED})

MAX_EXPLANATION = 2_000
MAX_MESSAGE = 4_000
MAX_REMARK = 300
MAX_INSPECTION = 2_000
MAX_GESTURE = 300


class ReturnNotFoundError(NotFoundError):
    """No such return, or another seller's: the answer is the same."""

    def __init__(self) -> None:
        super().__init__("Ce retour n’existe pas ou ne vous est pas accessible.")


@dataclass(frozen=True, slots=True)
class ReturnRules:
    """Réglages › Règles des retours."""

    is_on: bool = True
    #: Days after receipt in which a return may be asked for.
    window_days: int = 14
    max_photos: int = 5
    #: How to pack and where to send: on the return slip, in the e-mail, on the follow-up page.
    instructions: str = ""


@dataclass(frozen=True, slots=True)
class ReturnRequest:
    """A return as it is asked for."""

    #: Order line → units; zeros are left out.
    units: Mapping[int, int]
    reason: ReturnReason = ReturnReason.OTHER
    explanation: str = ""


@dataclass(frozen=True, slots=True)
class ReturnMove:
    """What is asked: the target and what goes with it."""

    target: ReturnStatus
    #: For the customer, in the e-mail; required where nothing is given back, and then kept as the decision.
    message: str = ""
    #: The day the parcel came, where that is not today.
    received_on: dt.date | None = None
    #: False for « ne pas prévenir cette fois »: the customer gets no e-mail.
    notifies: bool = True


@dataclass(frozen=True, slots=True)
class Received:
    """What staff counted of one article."""

    quantity: int
    condition: Condition | None = None
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Inspection:
    """What staff found in a parcel: by order line, also of articles that nobody announced."""

    lines: Mapping[int, Received] = field(default_factory=dict)
    #: In words, for the house.
    note: str = ""


@dataclass(frozen=True, slots=True)
class AnnouncedLine:
    """An article of a return: how many were announced, how many came."""

    quantity: int
    #: None until staff counted.
    quantity_received: int | None
    condition: Condition | None

    @property
    def difference(self) -> int:
        """Return how many more came than were announced; fewer are negative, uncounted none."""
        return 0 if self.quantity_received is None else self.quantity_received - self.quantity

    @property
    def finding(self) -> str:
        """Return what is to be said of it: « 1 manque », « 2 en plus », « abîmé »; nothing of what is as it should."""
        words = []
        if self.difference < 0:
            words.append(f"{-self.difference} manque{'nt' if self.difference < -1 else ''}")
        if self.difference > 0:
            words.append(f"{self.difference} en plus")
        if self.condition is Condition.DAMAGED and self.quantity_received:
            words.append("abîmé")
        return ", ".join(words)
