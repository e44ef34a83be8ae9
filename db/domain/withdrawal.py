"""The 14 days in which a customer may change their mind (Code de la consommation, art. L221-18 and L221-19)."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from db.domain.business_days import is_business_day
from db.domain.time import PARIS, local_day

WITHDRAWAL_DAYS = 14
#: In which the money is to be back, from the day the customer said so (art. L221-24).
REFUND_DAYS = 14


@dataclass(frozen=True, slots=True)
class Deadline:
    """A last day, seen from today."""

    last_day: dt.date
    today: dt.date

    @property
    def days_left(self) -> int:
        """Return how many days are left after today; negative once it has passed."""
        return (self.last_day - self.today).days

    @property
    def has_passed(self) -> bool:
        """Tell whether the last day is over."""
        return self.days_left < 0


def last_day_to_withdraw(received_on: dt.date, days: int = WITHDRAWAL_DAYS) -> dt.date:
    """Return the last of the days that count from the one after the receipt.

    One that ends on a Saturday, a Sunday or a public holiday lasts until the next business day.
    """
    day = received_on + dt.timedelta(days=days)
    while not is_business_day(day):
        day += dt.timedelta(days=1)
    return day


def last_day_to_send_back(accepted_on: dt.date) -> dt.date:
    """Return the day until which a return is to be sent (art. L221-23), counted from our yes: we ask to wait for it."""
    return last_day_to_withdraw(accepted_on)


def last_day_to_refund(requested_on: dt.date) -> dt.date:
    """Return the day until which what is sent back is to be refunded; holidays give the customer's money no rest."""
    return requested_on + dt.timedelta(days=REFUND_DAYS)


def first_instant_in_time(today: dt.date) -> dt.datetime:
    """Return the first instant of which what was asked for then may still be refunded today."""
    return dt.datetime.combine(today - dt.timedelta(days=REFUND_DAYS), dt.time(), PARIS)


def arrived_on(arrivals: Sequence[dt.datetime | None]) -> dt.date | None:
    """Return the day the last parcel arrived; None while one is under way or nobody knows."""
    days = [local_day(each) for each in arrivals if each]
    return max(days) if days and len(days) == len(arrivals) else None
