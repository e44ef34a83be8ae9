"""Prepare the payouts of the day: once a night, and whenever somebody asks; a killed run is gone on with.

A seller whose preparation fails keeps nobody else waiting: the run stays under way until that seller is prepared too.
"""

import datetime as dt
import logging
from collections.abc import Sequence

from db.domain.actor import SYSTEM, Actor
from db.domain.time import utc_now
from db.engine import DATABASE_LOST, reading, transaction
from db.services.payouts.preparing import prepare_seller, sellers_to_prepare
from db.services.payouts.runs import Run as PayoutRun
from db.services.payouts.runs import begin_nightly, finish_run, is_nightly_due, run_actor, runs_to_do
from jobs.run import Run

#: Sellers that are looked up at once; each is prepared in a transaction of its own.
_AT_ONCE = 200
_log = logging.getLogger(__name__)


def prepare_payouts(run: Run) -> int:
    """Go through the latest run that is begun; return how many sellers were looked at.

    It gathers what is due up to its day, and so what earlier ones left: they are finished with it.
    """
    # A look beforehand, which takes no lock: on SQLite a transaction keeps every other writer waiting.
    with reading(run.engine) as session:
        is_due = is_nightly_due(session, utc_now())
    if is_due:
        with transaction(run.engine) as session:
            begin_nightly(session, SYSTEM, utc_now())
    with reading(run.engine) as session:
        begun = runs_to_do(session)
        actor = run_actor(session, begun[-1]) if begun else SYSTEM
    return _go_through(run, begun, actor) if begun else 0


def _go_through(run: Run, begun: Sequence[PayoutRun], actor: Actor) -> int:
    latest, began, after = begun[-1], utc_now(), 0
    looked_at, failed = 0, 0
    while not run.stopping:
        with reading(run.engine) as session:
            sellers = sellers_to_prepare(session, latest.run_on, after, _AT_ONCE)
        if not sellers:
            if not failed:  # Else it stays under way: the next round tries again.
                _finish(run, begun, began)
            break
        for seller_id in sellers:
            failed += not _prepare(run, latest, seller_id, actor)
        looked_at, after = looked_at + len(sellers), sellers[-1]
    return looked_at - failed


def _prepare(run: Run, payout_run: PayoutRun, seller_id: int, actor: Actor) -> bool:
    """Prepare one seller; return False where that failed, which the log tells."""
    try:
        with transaction(run.engine) as session:
            prepare_seller(session, actor, seller_id, payout_run.id, payout_run.run_on, utc_now())
    except DATABASE_LOST:
        raise
    except Exception:  # noqa: BLE001  whatever one seller raises, the others are prepared
        _log.exception("The payouts of seller %d cannot be prepared", seller_id)
        return False
    return True


def _finish(run: Run, begun: Sequence[PayoutRun], began: dt.datetime) -> None:
    with transaction(run.engine) as session:
        for each in begun:
            finish_run(session, each, began, utc_now())
