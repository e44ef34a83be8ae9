"""The jobs that are a timed rule: what is due, some hundred orders a transaction, each looked at once in a run."""

from collections.abc import Callable

from db.domain.time import utc_now
from db.domain.timed import TimedRule
from db.engine import reading, transaction
from db.services.timed.rules import apply_rule, due_orders
from jobs.run import Run

#: Orders in one transaction: some 100 ms, during which SQLite's other writers wait.
BATCH = 100


def timed_job(rule: TimedRule) -> Callable[[Run], int]:
    """Return the job of a rule."""

    def job(run: Run) -> int:
        done, last = 0, None
        while not run.stopping:
            now = utc_now()
            # A look beforehand takes no lock, and most runs find nothing.
            with reading(run.engine) as session:
                due = due_orders(session, rule, now, after=last, limit=BATCH)
            if not due:
                break
            with transaction(run.engine) as session:
                done += apply_rule(session, rule, [each.id for each in due], now)
            last = due[-1]
        return done

    return job
