"""What is asked of Finances › Commissions: one object for the rows and their sums."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class FeeTab(StrEnum):
    """The lists of the page; the value is what the URL says."""

    ALL = "tous"
    INVOICES = "factures"
    CREDIT_NOTES = "avoirs"
    TO_ISSUE = "a-facturer"

    @property
    def label(self) -> str:
        """Return the label on the screen."""
        return _TAB_LABELS[self]


_TAB_LABELS = {
    FeeTab.ALL: "Tous",
    FeeTab.INVOICES: "Factures",
    FeeTab.CREDIT_NOTES: "Avoirs",
    FeeTab.TO_ISSUE: "À facturer",
}


@dataclass(frozen=True, slots=True)
class FeeFilter:
    """Every filter of the page; None and empty texts mean « any »."""

    tab: FeeTab = FeeTab.ALL
    first_day: dt.date | None = None
    last_day: dt.date | None = None
    seller_id: int | None = None
    #: A part of the number, or a payout's reference, as typed.
    text: str = ""
