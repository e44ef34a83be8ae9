"""What « Bons d’achat » can be asked for."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

#: A voucher that can be used for so many days more, or fewer, expires soon.
SOON = dt.timedelta(days=30)


class VoucherTab(StrEnum):
    """The lists of the page; the value is what the URL says."""

    LIVE = "a-utiliser"
    USED = "utilises"
    EXPIRED = "expires"
    CANCELLED = "annules"
    ALL = "tous"

    @property
    def label(self) -> str:
        """Return the label on the screen."""
        return _LABELS[self]


_LABELS = {
    VoucherTab.LIVE: "À utiliser",
    VoucherTab.USED: "Utilisés",
    VoucherTab.EXPIRED: "Expirés",
    VoucherTab.CANCELLED: "Annulés",
    VoucherTab.ALL: "Tous",
}


@dataclass(frozen=True, slots=True)
class VoucherFilter:
    """Which vouchers are asked for; what is None or empty does not matter."""

    tab: VoucherTab = VoucherTab.LIVE
    #: A part of a code, an order's number, or words of a customer's name or e-mail address.
    text: str = ""
    customer_id: int | None = None
    #: When it was given.
    first_day: dt.date | None = None
    last_day: dt.date | None = None
    #: Those alone that can still be used, but not for long.
    expires_soon: bool = False
