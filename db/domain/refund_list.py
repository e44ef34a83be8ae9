"""What is asked of Finances › Remboursements: one object for the rows, their sums and the file they are exported to."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from db.domain.orders import PaymentMethod, PaymentRecordState


class RefundTab(StrEnum):
    """The lists of the page; the value is what the URL says."""

    TO_DO = "a-faire"
    SENT = "transmis"
    REFUSED = "refuses"
    DONE = "faits"

    @property
    def label(self) -> str:
        """Return the label on the screen."""
        return _TAB_LABELS[self]

    @property
    def state(self) -> PaymentRecordState:
        """Return the state of the refunds that it lists."""
        return _TAB_STATES[self]

    @property
    def is_owed(self) -> bool:
        """Tell whether customers still wait for what it lists: the oldest comes first."""
        return self is not RefundTab.DONE


_TAB_LABELS = {
    RefundTab.TO_DO: "À faire",
    RefundTab.SENT: "Transmis",
    RefundTab.REFUSED: "Refusés",
    RefundTab.DONE: "Faits",
}
_TAB_STATES = {
    RefundTab.TO_DO: PaymentRecordState.PENDING,
    RefundTab.SENT: PaymentRecordState.SENT,
    RefundTab.REFUSED: PaymentRecordState.FAILED,
    RefundTab.DONE: PaymentRecordState.CAPTURED,
}


@dataclass(frozen=True, slots=True)
class RefundFilter:
    """Every filter of the page; None and empty texts mean « any »."""

    tab: RefundTab = RefundTab.TO_DO
    method: PaymentMethod | None = None
    seller_id: int | None = None
    #: A part of the order's number or of the customer's name, as typed.
    text: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the filter as JSON values: what an export keeps of it."""
        return {"tab": self.tab, "method": self.method, "seller_id": self.seller_id, "text": self.text}


def filter_from_json(said: Mapping[str, Any]) -> RefundFilter:
    """Return the filter that ``to_json`` wrote."""
    return RefundFilter(
        tab=RefundTab(said["tab"]),
        method=PaymentMethod(said["method"]) if said["method"] else None,
        seller_id=said["seller_id"],
        text=said["text"],
    )
