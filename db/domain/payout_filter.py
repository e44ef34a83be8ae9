"""What is asked of Finances › Reversements: one object for the rows, their totals and the file they are exported to."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from db.domain.payouts import PayoutState


class PayoutTab(StrEnum):
    """The lists of the page; the value is what the URL says."""

    TO_APPROVE = "a-approuver"
    HELD = "retenus"
    APPROVED = "approuves"
    EXPORTED = "transmis"
    PAID = "payes"
    REJECTED = "rejetes"
    CARRIED = "reportes"
    ALL = "tous"

    @property
    def label(self) -> str:
        """Return the label on the screen."""
        return _TAB_LABELS[self]

    @property
    def state(self) -> PayoutState | None:
        """Return the state of the payouts that it lists; None for all."""
        return _TAB_STATES.get(self)


_TAB_LABELS = {
    PayoutTab.TO_APPROVE: "À approuver",
    PayoutTab.HELD: "Retenus",
    PayoutTab.APPROVED: "Approuvés",
    PayoutTab.EXPORTED: "Transmis",
    PayoutTab.PAID: "Payés",
    PayoutTab.REJECTED: "Rejetés",
    PayoutTab.CARRIED: "Reportés",
    PayoutTab.ALL: "Tous",
}
_TAB_STATES = {
    PayoutTab.TO_APPROVE: PayoutState.PREPARED,
    PayoutTab.HELD: PayoutState.HELD,
    PayoutTab.APPROVED: PayoutState.APPROVED,
    PayoutTab.EXPORTED: PayoutState.EXPORTED,
    PayoutTab.PAID: PayoutState.PAID,
    PayoutTab.REJECTED: PayoutState.REJECTED,
    PayoutTab.CARRIED: PayoutState.CARRIED,
}
#: What somebody still does something about; their counters and sums are always there.
OPEN_TABS = (PayoutTab.TO_APPROVE, PayoutTab.HELD, PayoutTab.APPROVED, PayoutTab.EXPORTED)


@dataclass(frozen=True, slots=True)
class PayoutFilter:
    """Every filter of the page; None and an empty text mean « any »."""

    tab: PayoutTab = PayoutTab.TO_APPROVE
    #: Of the day on which the last thing in it fell due; in the list of what is paid, of the day it was paid.
    first_day: dt.date | None = None
    last_day: dt.date | None = None
    seller_id: int | None = None
    #: Of the net amount.
    min_cents: int | None = None
    max_cents: int | None = None
    #: A reference, « REV-000012 » or « 12 », or a part of the seller's name, as typed.
    text: str = ""
    #: Only what one preparation gathered, or one file of transfers holds.
    run_id: int | None = None
    batch_id: int | None = None

    @property
    def has_period(self) -> bool:
        """Tell whether only some days are asked for."""
        return self.first_day is not None or self.last_day is not None
