"""Run a worker's jobs: each once at a time, whatever it raises written down, what it did told to the staff."""

import logging
from contextlib import suppress
from threading import Lock

import sqlalchemy as sa

from db.domain.errors import MarketplaceError
from db.domain.jobs import JobName
from db.domain.time import utc_now
from db.engine import DATABASE_LOST, reading, transaction
from db.services.work import Outcome, is_failing, record_run
from jobs.run import Run
from jobs.table import Job

_log = logging.getLogger(__name__)

#: Of an error's text, what a screen shows.
_ERROR_LENGTH = 300


class Runner:
    """Runs jobs in one worker, from any of its threads."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self._turns: dict[JobName, _Turn] = {}
        self._lock = Lock()

    def __call__(self, job: Job) -> None:
        """Run a job; if it is running already, have that run go round once more and return at once.

        So a hundred wakes for one job cost one run, and a job that is slow takes one thread and leaves the others to
        the rest.
        """
        with self._lock:
            turn = self._turns.setdefault(job.name, _Turn())
        if not turn.take():
            return
        while True:
            self.once(job)
            if not turn.give_back(go_round=not self.run.stopping):
                return

    def once(self, job: Job) -> Outcome:
        """Run a job now and return what became of it, which is recorded if it is worth telling."""
        started_at, done, error = utc_now(), 0, ""
        try:
            done = job.function(self.run)
        except DATABASE_LOST as lost:
            error = _sentence(lost)
            _log.warning("%s : la base de données ne répond pas (%s)", job.name, error)
        except Exception as failure:  # noqa: BLE001  whatever one job raises, the others go on
            error = _sentence(failure)
            _log.exception("%s : échec ; nouvel essai à la prochaine échéance", job.name)
        outcome = Outcome(job.name, self.run.worker, started_at, utc_now(), done, error)
        if done:
            _log.info("%s : %d", job.name, done)
        with suppress(*DATABASE_LOST):  # Then there is nowhere to write it; the log has it.
            self._record(outcome)
        return outcome

    def _record(self, outcome: Outcome) -> None:
        if not outcome.done and not outcome.error:
            with reading(self.run.engine) as session:
                if not is_failing(session, outcome.job):
                    return
        with transaction(self.run.engine) as session:
            record_run(session, outcome)


class _Turn:
    """Whose turn it is to run one job: one thread's, which goes round again if another one asked meanwhile."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._is_taken = False
        self._again = False

    def take(self) -> bool:
        """Take the turn, or leave word with the one who has it."""
        with self._lock:
            if self._is_taken:
                self._again = True
                return False
            self._is_taken = True
            return True

    def give_back(self, *, go_round: bool) -> bool:
        """Give the turn back and return False; keep it and return True if word was left and we go round."""
        with self._lock:
            self._is_taken = self._again and go_round
            self._again = False
            return self._is_taken


def _sentence(error: Exception) -> str:
    """Return what went wrong in one line: no stack, no SQL, none of its values, which may be people's."""
    if isinstance(error, MarketplaceError):
        return str(error)[:_ERROR_LENGTH]
    cause = error.orig if isinstance(error, sa.exc.DBAPIError) and error.orig else error
    first_line = (str(cause).strip().splitlines() or [""])[0]
    return f"{type(cause).__name__} : {first_line}".removesuffix(" : ")[:_ERROR_LENGTH]
