"""Deliver the outbox: take what is due, hand it to the sender, write down what became of it.

No transaction is open while an e-mail is handed over, and at most a handful are under way in one worker: as many as
are *uncertain* if it is killed.
"""

import datetime as dt
import logging
import random
import time
from collections.abc import Collection
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from threading import Event

from db.domain.mail import OutboxState
from db.domain.time import utc_now
from db.emails.rendering import render_batch
from db.emails.types import OutgoingEmail
from db.engine import DATABASE_LOST, reading, transaction
from db.services.outbox_claims import (
    Claim,
    Outcome,
    Render,
    claim_due,
    is_anything_due,
    lapse_claims,
    record_outcomes,
)
from db.settings import settings
from jobs.mail.choice import chosen_sender
from jobs.mail.senders import AnswerLostError, RefusedError, Sender, TryLaterError
from jobs.run import Run

_log = logging.getLogger(__name__)

MAX_ATTEMPTS = 8
_UNEXPECTED = "Erreur inattendue pendant l’envoi\u00a0: personne ne sait si cet e-mail est parti."
_CLAIM_OVER = "Ce travail de fond s’est réveillé trop tard pour envoyer cet e-mail"


@dataclass(frozen=True, slots=True)
class Pace:
    """How many e-mails are under way at once, and how long everything may take."""

    under_way: int = 8
    #: Far more than a sender takes, which stops after ``TIMEOUT_S`` for each step of its conversation.
    claim: dt.timedelta = dt.timedelta(minutes=2)
    #: Waits before the second try, the third…: 10 s, 30 s, 90 s… in all some three hours.
    first_wait: dt.timedelta = dt.timedelta(seconds=10)
    wait_factor: int = 3
    #: After the first answer, how long the others of its batch are waited for: one transaction writes them all.
    linger_s: float = 0.05
    #: How long after an outage of the database to write again what became of e-mails.
    database_waits_s: tuple[float, ...] = (0.5, 2, 5, 10)

    def wait_after(self, attempt: int) -> dt.timedelta:
        """Return how long to wait after a try, somewhat at random so that a whole batch does not come back at once."""
        steps: int = self.wait_factor ** (attempt - 1)
        return self.first_wait * steps * random.uniform(0.8, 1.2)  # noqa: S311  no secret


def deliver_emails(
    run: Run, *, sender: Sender | None = None, render: Render = render_batch, pace: Pace | None = None
) -> int:
    """Send what is due until nothing is; return how many e-mails were handed over."""
    with reading(run.engine) as session:
        if not is_anything_due(session, utc_now()):
            return 0
    with transaction(run.engine) as session:
        lapse_claims(session, utc_now())
    return _Delivery(run, sender or chosen_sender(settings()), render, pace or Pace()).deliver()


class _Delivery:
    """One run of delivery. Its threads only hand over; the database is spoken to from one."""

    def __init__(self, run: Run, sender: Sender, render: Render, pace: Pace) -> None:
        self._run = run
        self._sender = sender
        self._render = render
        self._pace = pace
        #: The provider has enough of us: what is under way ends, the rest waits for the next run.
        self._is_too_fast = Event()

    def deliver(self) -> int:
        """Keep a few e-mails under way until nothing more is due; a slow answer holds up its own thread only."""
        done = 0
        under_way: set[Future[Outcome]] = set()
        with ThreadPoolExecutor(self._pace.under_way, "delivery") as threads:
            try:
                while True:
                    claimed = self._claim(self._pace.under_way - len(under_way))
                    under_way |= {threads.submit(self._hand_over, email) for email in claimed}
                    if not under_way:
                        return done
                    wait(under_way, return_when=FIRST_COMPLETED)
                    finished, under_way = wait(under_way, timeout=self._pace.linger_s)
                    self._record(finished)
                    done += len(finished)
            finally:  # Whatever happened, what was handed over is written down.
                self._record(under_way)

    def _claim(self, free: int) -> list[OutgoingEmail]:
        if not free or self._run.stopping or self._is_too_fast.is_set():
            return []
        now = utc_now()
        claim = Claim(self._run.worker, self._sender.name, limit=free, until=now + self._pace.claim)
        with transaction(self._run.engine) as session:
            return claim_due(session, claim, self._render, now)

    def _hand_over(self, email: OutgoingEmail) -> Outcome:
        """Send one e-mail; return what became of it, whatever happens."""
        try:
            provider_id = self._send_in_time(email)
        except TryLaterError as error:
            return self._later(email, error)
        except RefusedError as error:
            return Outcome(email.outbox_id, OutboxState.FAILED, error=error.words)
        except AnswerLostError as error:
            return Outcome(email.outbox_id, OutboxState.UNCERTAIN, error=error.words)
        except Exception:  # noqa: BLE001  whatever a sender raises, the e-mail may have left
            _log.exception("e-mail %d : erreur inattendue pendant l’envoi", email.outbox_id)
            return Outcome(email.outbox_id, OutboxState.UNCERTAIN, error=_UNEXPECTED)
        return Outcome(email.outbox_id, OutboxState.SENT, provider_id=provider_id)

    def _send_in_time(self, email: OutgoingEmail) -> str:
        if utc_now() >= email.claimed_until:  # The machine slept; others have taken the answer for lost.
            raise TryLaterError(_CLAIM_OVER)
        return self._sender.send(email)

    def _later(self, email: OutgoingEmail, error: TryLaterError) -> Outcome:
        if error.is_too_fast:
            self._is_too_fast.set()
        if email.attempt >= MAX_ATTEMPTS:
            return Outcome(email.outbox_id, OutboxState.FAILED, error=f"{error.words}, après {MAX_ATTEMPTS} essais")
        due_at = utc_now() + max(self._pace.wait_after(email.attempt), error.after or dt.timedelta())
        return Outcome(email.outbox_id, OutboxState.QUEUED, error=error.words, due_at=due_at)

    def _record(self, finished: Collection[Future[Outcome]]) -> None:
        """Write outcomes down; a database that is away for a moment does not make them uncertain."""
        outcomes = [future.result() for future in finished]
        if not outcomes:
            return
        for pause in (*self._pace.database_waits_s, None):
            try:
                with transaction(self._run.engine) as session:
                    record_outcomes(session, self._run.worker, outcomes, utc_now())
            except DATABASE_LOST:
                if pause is None:
                    raise
                time.sleep(pause)
            else:
                return
