"""When a seller is next paid, and how much, as things stand: what falls due day by day, debts taken off first."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NextPayout:
    """The next amount that is to be paid, in cents, and the day on which it falls due."""

    due_on: dt.date
    net_cents: int


def next_payout(due: Iterable[tuple[dt.date, int]], today: dt.date) -> NextPayout | None:
    """Return the first day on which something is left to pay; None where nothing is, as things stand.

    What is overdue is gathered by the next preparation, and what a seller owes is taken off what falls due after it:
    a day that comes to nothing or less pays nothing, and is carried over to the next one.

    Args:
        due: Days and what falls due on each, in cents, the earliest first.
        today: Nothing is paid before it.
    """
    sums: dict[dt.date, int] = {}
    for day, cents in due:
        payable_on = max(day, today)
        sums[payable_on] = sums.get(payable_on, 0) + cents
    owed = 0
    for day, cents in sums.items():
        owed += cents
        if owed > 0:
            return NextPayout(day, owed)
    return None
