"""The preparations of payouts: the latest ones with what they came to, and how far one that is under way is."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.payouts import PayoutState
from db.domain.permissions import Permission
from db.domain.viewer import Viewer
from db.models import Payout, PayoutEntry, PayoutRun, Seller
from db.models.payouts import IS_WAITING
from db.queries.plans import among, in_index_words


@dataclass(frozen=True, slots=True)
class RunRow:
    """One preparation."""

    id: int
    #: Everything due up to that day was gathered.
    run_on: dt.date
    started_at: dt.datetime
    #: None while it is under way.
    finished_at: dt.datetime | None
    #: Who asked for it; empty for the night's own.
    person_name: str
    #: How many of its payouts are where now; those that a later one added to are the later one's.
    states: Mapping[PayoutState, int] = field(default_factory=dict)
    #: What they come to, by currency.
    cents: Mapping[str, int] = field(default_factory=dict)

    @property
    def payout_count(self) -> int:
        """Return how many payouts it made or added to."""
        return sum(self.states.values())


def latest_runs(session: Session, viewer: Viewer, limit: int) -> tuple[RunRow, ...]:
    """Return the latest preparations, the newest first; they are the house's alone.

    Raises:
        NotAllowedError: The person may not read payouts.
    """
    viewer.require(Permission.READ_PAYOUTS)
    if viewer.seller_id is not None:
        return ()
    runs = session.execute(
        sa.select(PayoutRun.id, PayoutRun.run_on, PayoutRun.started_at, PayoutRun.finished_at, PayoutRun.person_name)
        .order_by(PayoutRun.run_on.desc())
        .limit(limit)
    ).all()
    states: dict[int, dict[PayoutState, int]] = defaultdict(lambda: defaultdict(int))
    cents: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    found = session.execute(
        sa.select(
            Payout.run_id,
            Payout.state,
            Payout.currency,
            sa.func.count(),
            sa.cast(sa.func.sum(Payout.net_cents), sa.BigInteger),
        )
        .where(Payout.run_id.in_([run.id for run in runs]))
        .group_by(Payout.run_id, Payout.state, Payout.currency)
    )
    for run_id, state, currency, count, net in found:
        states[run_id][state] += count
        cents[run_id][currency] += max(net, 0)  # What is carried over is nobody's payment.
    return tuple(RunRow(**run._asdict(), states=dict(states[run.id]), cents=dict(cents[run.id])) for run in runs)


def sellers_left(session: Session, viewer: Viewer, day: dt.date) -> int:
    """Return about how many sellers a preparation still has before it: those that are owed something up to a day.

    Raises:
        NotAllowedError: The person may not read payouts.
    """
    viewer.require(Permission.READ_PAYOUTS)
    owed = (
        sa.select(PayoutEntry.seller_id)
        .where(
            *in_index_words([IS_WAITING]),
            among(PayoutEntry.seller_id, sa.select(Seller.id)),
            PayoutEntry.due_on <= day,
        )
        .group_by(PayoutEntry.seller_id, PayoutEntry.currency)
        .having(sa.func.sum(PayoutEntry.amount_cents) > 0)
        .subquery()
    )
    return session.scalar(sa.select(sa.func.count(owed.c.seller_id.distinct()))) or 0
