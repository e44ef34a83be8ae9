"""What sellers were paid in the last weeks: prepared, approved and paid by the services themselves.

The last run waits for its approval, one transfer came back, one order is in dispute.
"""

import datetime as dt

from sqlalchemy.orm import Session

from db.demo.documents import SINCE
from db.domain.actor import SYSTEM
from db.domain.business_days import is_business_day
from db.domain.time import PARIS, local_day
from db.models import PayoutRun, PayoutSettings
from db.services.payouts.preparing import prepare_seller, sellers_to_prepare

#: Tuesdays and Fridays.
_PAYDAYS = frozenset({1, 4})
_MORNING = dt.time(3, 0)
_MOST_SELLERS = 1_000


def add_payouts(session: Session, now: dt.datetime) -> None:
    """Prepare what fell due since our books began, twice a week, as the house does."""
    session.add(PayoutSettings(id=1))
    session.flush()
    for day in _paydays(now):
        _prepare(session, day, dt.datetime.combine(day, _MORNING, PARIS))


def _paydays(now: dt.datetime) -> list[dt.date]:
    today, span = local_day(now), SINCE.days
    days = (today - dt.timedelta(days=span - each) for each in range(span + 1))
    return [day for day in days if day.weekday() in _PAYDAYS and is_business_day(day)]


def _prepare(session: Session, day: dt.date, at: dt.datetime) -> None:
    run = PayoutRun(run_on=day, started_at=at, finished_at=at)
    session.add(run)
    session.flush()
    for seller_id in sellers_to_prepare(session, day, 0, _MOST_SELLERS):
        prepare_seller(session, SYSTEM, seller_id, run.id, day, at)
