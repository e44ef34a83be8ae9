"""Run the bulk actions that are too large for a click, some hundred orders at a time."""

from db.domain.time import utc_now
from db.engine import reading, transaction
from db.services.tasks import has_tasks, run_next_chunk
from jobs.run import Run

#: Between two chunks SQLite's other writers get their turn: they look for it again every tenth of a second at most.
_BREATH_S = 0.05


def run_tasks(run: Run) -> int:
    """Go on with the tasks that nobody else works on until none is left; return how many orders are settled."""
    with reading(run.engine) as session:
        if not has_tasks(session):
            return 0
    done = 0
    while not run.stopping:
        with transaction(run.engine) as session:
            settled = run_next_chunk(session, utc_now())
        if settled is None:
            break
        done += settled
        run.stop.wait(_BREATH_S)
    return done
