"""The terms under which sellers sell: what the house takes of a sale, and when it pays the rest."""

import datetime as dt
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from db.domain import formats
from db.domain.business_days import HolidayZone, add_business_days
from db.domain.money import share_of

#: As the table's own constraint says.
MAX_DELAY_DAYS = 250
#: How far ahead a change may be planned: a date further away is a slip.
MAX_AHEAD = dt.timedelta(days=2 * 365)


@dataclass(frozen=True, slots=True)
class Terms:
    """What a seller pays, and how many business days after an order it is paid."""

    fee_rate_bp: int
    payout_delay_days: int

    @property
    def words(self) -> str:
        """Return « 2,9 %, 10 jours ouvrés »."""
        days = formats.plural(self.payout_delay_days, "jour ouvré", "jours ouvrés")
        return f"{formats.rate(self.fee_rate_bp)}, {days}"


@dataclass(frozen=True, slots=True)
class Sample:
    """What terms make of one sale. Amounts are cents."""

    total_cents: int
    fee_cents: int
    #: The first day on which it is paid out.
    due_on: dt.date

    @property
    def net_cents(self) -> int:
        """Return what the seller gets."""
        return self.total_cents - self.fee_cents


def sample_of(terms: Terms, total_cents: int, placed_on: dt.date, zone: HolidayZone) -> Sample:
    """Return what terms make of a sale.

    Args:
        terms: The terms of the day it was placed.
        total_cents: What the customer paid, VAT included.
        placed_on: The day of the order.
        zone: Whose public holidays count.
    """
    due_on = add_business_days(placed_on, terms.payout_delay_days, zone)
    return Sample(total_cents, share_of(total_cents, terms.fee_rate_bp), due_on)


def terms_on(known: Sequence[tuple[dt.date, Terms]], day: dt.date) -> Terms:
    """Return the terms that hold on a day.

    Args:
        known: Terms and the day from which each holds, oldest first; the first ones hold from ever.
        day: The day.
    """
    return known[bisect_right(known, day, key=lambda each: each[0]) - 1][1]
