"""Prepare the payouts of the day: once a night, and whenever somebody asks; a killed run is gone on with."""

from db.domain.actor import SYSTEM, Actor
from db.domain.time import utc_now
from db.engine import reading, transaction
from db.services.payouts.preparing import prepare_seller, sellers_to_prepare
from db.services.payouts.runs import Run as PayoutRun
from db.services.payouts.runs import begin_nightly, finish_run, run_actor, runs_to_do
from jobs.run import Run

#: Sellers that are looked up at once; each is prepared in a transaction of its own.
_AT_ONCE = 200


def prepare_payouts(run: Run) -> int:
    """Go through the runs that are begun; return how many sellers were looked at."""
    with transaction(run.engine) as session:
        begin_nightly(session, SYSTEM, utc_now())
    with reading(run.engine) as session:
        wanted = [(each, run_actor(session, each)) for each in runs_to_do(session)]
    return sum(_go_through(run, each, actor) for each, actor in wanted)


def _go_through(run: Run, payout_run: PayoutRun, actor: Actor) -> int:
    began, looked_at, after = utc_now(), 0, 0
    while not run.stopping:
        with reading(run.engine) as session:
            sellers = sellers_to_prepare(session, payout_run.run_on, after, _AT_ONCE)
        if not sellers:
            with transaction(run.engine) as session:
                finish_run(session, payout_run, began, utc_now())
            break
        for seller_id in sellers:
            with transaction(run.engine) as session:
                prepare_seller(session, actor, seller_id, payout_run.id, payout_run.run_on, utc_now())
        looked_at, after = looked_at + len(sellers), sellers[-1]
    return looked_at
