"""Vendre › Retours: its lists and filters, and in which order each list is worked through."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from db.domain.orders import OPEN_RETURN_STATUSES, ReturnStatus
from db.domain.returns import ReturnReason


class ReturnTab(StrEnum):
    """One list of returns."""

    OPEN = "open"
    REQUESTED = "requested"
    AWAITING_PARCEL = "awaiting_parcel"
    PARCEL_RECEIVED = "parcel_received"
    #: Under way, and the money should be back already.
    LATE = "late"
    #: The customer wrote, and nobody answered or read it.
    TO_ANSWER = "to_answer"
    COMPLETED = "completed"
    DENIED = "denied"
    ALL = "all"

    @property
    def label(self) -> str:
        """Return the label on the screen."""
        return RETURN_TAB_LABELS[self]

    @property
    def statuses(self) -> frozenset[ReturnStatus]:
        """Return the statuses of what is in the list."""
        return RETURN_TAB_STATUSES[self]

    @property
    def is_worked_through(self) -> bool:
        """Tell whether the oldest come first, as their deadlines do; elsewhere the newest."""
        return self is ReturnTab.TO_ANSWER or self.statuses <= OPEN_RETURN_STATUSES


RETURN_TAB_LABELS = {
    ReturnTab.OPEN: "En cours",
    ReturnTab.REQUESTED: "À accepter",
    ReturnTab.AWAITING_PARCEL: "Colis attendus",
    ReturnTab.PARCEL_RECEIVED: "À rembourser",
    ReturnTab.LATE: "En retard",
    ReturnTab.TO_ANSWER: "À répondre",
    ReturnTab.COMPLETED: "Terminés",
    ReturnTab.DENIED: "Refusés",
    ReturnTab.ALL: "Tous",
}

RETURN_TAB_STATUSES: Mapping[ReturnTab, frozenset[ReturnStatus]] = {
    ReturnTab.OPEN: OPEN_RETURN_STATUSES,
    ReturnTab.REQUESTED: frozenset({ReturnStatus.REQUESTED}),
    ReturnTab.AWAITING_PARCEL: frozenset({ReturnStatus.AWAITING_PARCEL}),
    ReturnTab.PARCEL_RECEIVED: frozenset({ReturnStatus.PARCEL_RECEIVED}),
    ReturnTab.LATE: OPEN_RETURN_STATUSES,
    ReturnTab.TO_ANSWER: frozenset(ReturnStatus),
    ReturnTab.COMPLETED: frozenset({ReturnStatus.COMPLETED}),
    ReturnTab.DENIED: frozenset({ReturnStatus.DENIED}),
    ReturnTab.ALL: frozenset(ReturnStatus),
}


@dataclass(frozen=True, slots=True)
class ReturnFilter:
    """Every filter of the page; None and empty texts mean « any »."""

    tab: ReturnTab = ReturnTab.OPEN
    seller_id: int | None = None
    reason: ReturnReason | None = None
    #: Days on which the return was asked for, both included.
    first_day: dt.date | None = None
    last_day: dt.date | None = None
    #: The number of a return or of its order, the customer's name, e-mail or phone, as typed.
    text: str = ""
