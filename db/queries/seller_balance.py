"""How a seller's balance came to be, day by day: summed from the ledger's index alone, however many entries it has."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.months import days_between
from db.domain.payouts import PayoutState
from db.domain.time import PARIS, local_day
from db.domain.viewer import Viewer
from db.models import LedgerEntry, Payout
from db.queries.columns import sum_of
from db.queries.seller_account import check_account


@dataclass(frozen=True, slots=True)
class DayBalance:
    """What was owed at the end of a day, and what was paid on it, in cents."""

    day: dt.date
    balance_cents: int
    paid_cents: int


def balance_by_day(
    session: Session, viewer: Viewer, seller_id: int, currency: str, first_day: dt.date, last_day: dt.date
) -> list[DayBalance]:
    """Return what was owed at the end of each day, Paris time, both ends included.

    Raises:
        NotAllowedError: The person may not read payouts.
        SellerAccountNotFoundError: The account is another seller's.
    """
    check_account(viewer, seller_id)
    days = days_between(first_day, last_day)
    theirs = (LedgerEntry.seller_id == seller_id, LedgerEntry.currency == currency)
    before = sa.select(sum_of(LedgerEntry.amount_cents)).where(*theirs, LedgerEntry.at < _midnight(first_day))
    moved = _moved(session, theirs, days)
    paid = dict.fromkeys(days, 0) | _paid(session, seller_id, currency, first_day)
    left = accumulate((moved[day] for day in days), initial=session.scalar(before) or 0)
    next(left)  # What there was before the first day.
    return [DayBalance(day, cents, paid[day]) for day, cents in zip(days, left, strict=True)]


def _moved(session: Session, theirs: Sequence[sa.ColumnElement[bool]], days: Sequence[dt.date]) -> dict[dt.date, int]:
    """Return what was booked on each day: a short walk of the index for each."""
    bounds = sa.values(
        sa.column("day", sa.Date()),
        sa.column("since", LedgerEntry.at.type),
        sa.column("until", LedgerEntry.at.type),
        name="days",
    ).data([(day, _midnight(day), _midnight(day + dt.timedelta(days=1))) for day in days])
    of = bounds.cte("days_of_account")
    booked = (
        sa.select(sum_of(LedgerEntry.amount_cents))
        .where(*theirs, LedgerEntry.at >= of.c.since, LedgerEntry.at < of.c.until)
        .correlate(of)
        .scalar_subquery()
    )
    return {
        row.day: row.cents for row in session.execute(sa.select(of.c.day, sa.func.coalesce(booked, 0).label("cents")))
    }


#: What was carried over moved no money; what the bank rejected came back.
_NOT_PAID = (PayoutState.CARRIED, PayoutState.REJECTED)


def _paid(session: Session, seller_id: int, currency: str, first_day: dt.date) -> dict[dt.date, int]:
    found = session.execute(
        sa.select(Payout.closed_at, Payout.net_cents).where(
            Payout.seller_id == seller_id,
            Payout.currency == currency,
            Payout.closed_at >= _midnight(first_day),
            Payout.state.not_in(_NOT_PAID),
        )
    )
    paid: Counter[dt.date] = Counter()
    for row in found:
        paid[local_day(row.closed_at)] += row.net_cents
    return paid


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), PARIS)
