"""Invoice the fees that are due, each document in a transaction of its own, so that its number is held for no longer.

What cannot be invoiced yet waits with its reason, which Finances › Commissions shows; the others go on.
"""

import logging

from db.domain.actor import SYSTEM
from db.domain.errors import MarketplaceError
from db.domain.time import utc_now
from db.engine import DATABASE_LOST, reading, transaction
from db.services.fee_invoices.due import DueFees, due_fees
from db.services.fee_invoices.issue import issue_fees
from jobs.run import Run

_log = logging.getLogger(__name__)


def issue_fee_invoices(run: Run) -> int:
    """Invoice what is due; return how many documents were issued."""
    with reading(run.engine) as session:
        due = due_fees(session, utc_now())
    issued = 0
    for fees in due:
        if run.stopping:
            break
        issued += _issue(run, fees)
    return issued


def _issue(run: Run, fees: DueFees) -> bool:
    try:
        with transaction(run.engine) as session:
            return issue_fees(session, SYSTEM, fees, utc_now()) is not None
    except DATABASE_LOST:
        raise
    except MarketplaceError as refusal:
        _log.info("%s: %s", fees.cause, refusal)
    except Exception:  # noqa: BLE001  whatever one document raises, the others are issued
        _log.exception("%s: its fees cannot be invoiced", fees.cause)
    return False
