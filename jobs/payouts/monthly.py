"""Send sellers the statements of the month that is over: on its first night, or later where no worker was there."""

import logging

from db.domain.months import add_months, month_of
from db.domain.payout_statements import OfMonth
from db.domain.time import local_day, utc_now
from db.engine import DATABASE_LOST, reading, transaction
from db.services.monthly_statements import sellers_from, send_statement, statements_due
from jobs.run import Run

#: Sellers that are looked up at once; each is written to in a transaction of its own.
_AT_ONCE = 200
_log = logging.getLogger(__name__)


def send_statements(run: Run) -> int:
    """Write to every seller of whom something was booked last month and who was not written to yet; return how many."""
    month = add_months(month_of(local_day(utc_now())), -1)
    sent, after = 0, 0
    while not run.stopping:
        with reading(run.engine) as session:
            sellers = sellers_from(session, after, _AT_ONCE)
            due = statements_due(session, sellers, month) if sellers else []
        if not sellers:
            break
        for wanted in due:
            sent += _send(run, wanted)
        after = sellers[-1]
    return sent


def _send(run: Run, wanted: OfMonth) -> bool:
    """Send one statement; return False where that failed, which the log tells: it is due again the next night."""
    try:
        with transaction(run.engine) as session:
            send_statement(session, wanted, utc_now())
    except DATABASE_LOST:
        raise
    except Exception:  # noqa: BLE001  whatever one statement raises, the others are sent
        _log.exception("The statement of %s cannot be sent", wanted)
        return False
    return True
