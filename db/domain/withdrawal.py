"""The 14 days in which a customer may change their mind (Code de la consommation, art. L221-18 and L221-19)."""

import datetime as dt

from db.domain.time import is_business_day

WITHDRAWAL_DAYS = 14


def last_day_to_withdraw(received_on: dt.date) -> dt.date:
    """Return the last of the days that count from the one after the receipt.

    One that ends on a Saturday, a Sunday or a public holiday lasts until the next business day.
    """
    day = received_on + dt.timedelta(days=WITHDRAWAL_DAYS)
    while not is_business_day(day):
        day += dt.timedelta(days=1)
    return day
