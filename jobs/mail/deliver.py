"""Deliver the outbox: take what is due, hand it to its channel's sender, write down what became of it.

No transaction is open while a message is handed over, and at most a handful are under way in one worker: as many as
are *uncertain* if it is killed. E-mails and SMS go side by side, each with threads of its own: a provider of the one
that is slow or away holds up none of the other.
"""

import datetime as dt
import logging
import random
import time
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from threading import Event

from db.domain.mail import Channel, OutboxState
from db.domain.sms import QuietHours
from db.domain.time import utc_now
from db.emails.rendering import render_batch
from db.emails.sms import render_texts
from db.emails.types import OutgoingEmail
from db.engine import DATABASE_LOST, reading, transaction
from db.queries.sms import quiet_hours
from db.services.outbox_claims import (
    Claim,
    Outcome,
    Render,
    claim_due,
    hold_for_the_night,
    is_anything_due,
    lapse_claims,
    record_outcomes,
)
from db.settings import settings
from jobs.mail.choice import chosen_sender
from jobs.mail.senders import AnswerLostError, RefusedError, Sender, TryLaterError
from jobs.run import Run
from jobs.sms.choice import chosen_text_sender

_log = logging.getLogger(__name__)

MAX_ATTEMPTS = 8
_UNEXPECTED = "Erreur inattendue pendant l’envoi\u00a0: personne ne sait si ce message est parti."
_CLAIM_OVER = "Ce travail de fond s’est réveillé trop tard pour envoyer ce message"


@dataclass(frozen=True, slots=True)
class Pace:
    """How many messages are under way at once, and how long everything may take."""

    under_way: int = 8
    texts_under_way: int = 2
    #: How often something newly due is looked for while others are under way.
    look_again_s: float = 1
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


@dataclass(slots=True)
class _Way:
    """One channel of a run: how its messages are made and handed over, and how that goes."""

    channel: Channel
    sender: Sender
    render: Render
    #: How many may be under way at once.
    most: int
    #: In which hours nothing leaves; read with each claim.
    quiet: QuietHours | None = None
    #: The provider has enough of us: what is under way ends, the rest waits for the next run.
    is_too_fast: Event = field(default_factory=Event)
    #: When to look for more, as ``time.monotonic`` counts.
    look_at: float = 0


def deliver_emails(
    run: Run,
    *,
    sender: Sender | None = None,
    render: Render = render_batch,
    text_sender: Sender | None = None,
    render_text: Render = render_texts,
    pace: Pace | None = None,
) -> int:
    """Send what is due until nothing is; return how many messages were handed over."""
    with reading(run.engine) as session:
        if not is_anything_due(session, utc_now()):
            return 0
    with transaction(run.engine) as session:
        lapse_claims(session, utc_now())
    pace = pace or Pace()
    emails = _Way(Channel.EMAIL, sender or chosen_sender(settings()), render, pace.under_way)
    texts = _Way(Channel.SMS, text_sender or chosen_text_sender(settings()), render_text, pace.texts_under_way)
    return _Delivery(run, (emails, texts), pace).deliver()


class _Delivery:
    """One run of delivery. Its threads only hand over; the database is spoken to from one."""

    def __init__(self, run: Run, ways: Sequence[_Way], pace: Pace) -> None:
        self._run = run
        self._ways = ways
        self._pace = pace

    def deliver(self) -> int:
        """Keep a few messages under way until nothing more is due; a slow answer holds up its own thread only."""
        done = 0
        under_way: dict[Future[Outcome], _Way] = {}
        with ThreadPoolExecutor(sum(way.most for way in self._ways), "delivery") as threads:
            try:
                while True:
                    for way in self._ways:
                        # With nothing under way this is the last look, whenever the one before was.
                        for message in self._claim(way, under_way, is_last_look=not under_way):
                            under_way[threads.submit(self._hand_over, way, message)] = way
                    if not under_way:
                        return done
                    wait(under_way, self._pace.look_again_s, FIRST_COMPLETED)
                    finished, _ = wait(under_way, timeout=self._pace.linger_s)
                    for future in finished:
                        del under_way[future]
                    self._record(finished)
                    done += len(finished)
            finally:  # Whatever happened, what was handed over is written down.
                self._record(under_way)

    def _claim(
        self, way: _Way, under_way: Mapping[Future[Outcome], _Way], *, is_last_look: bool
    ) -> list[OutgoingEmail]:
        free = way.most - sum(each is way for each in under_way.values())
        if not free or self._run.stopping or way.is_too_fast.is_set():
            return []
        if time.monotonic() < way.look_at and not is_last_look:
            return []
        now = utc_now()
        claim = Claim(self._run.worker, way.sender.name, free, now + self._pace.claim, way.channel)
        with transaction(self._run.engine) as session:
            if way.channel is Channel.SMS:
                way.quiet = quiet_hours(session)
                hold_for_the_night(session, way.quiet, now)
            claimed = claim_due(session, claim, way.render, now)
        way.look_at = 0 if claimed else time.monotonic() + self._pace.look_again_s
        return claimed

    def _hand_over(self, way: _Way, message: OutgoingEmail) -> Outcome:
        """Send one message; return what became of it, whatever happens."""
        now = utc_now()
        if way.quiet and way.quiet.holds(now):  # Taken just before the night, or the machine slept into it.
            return Outcome(message.outbox_id, OutboxState.QUEUED, due_at=way.quiet.earliest(now))
        try:
            provider_id = self._send_in_time(way, message)
        except TryLaterError as error:
            return self._later(way, message, error)
        except RefusedError as error:
            return Outcome(message.outbox_id, OutboxState.FAILED, error=error.words)
        except AnswerLostError as error:
            return Outcome(message.outbox_id, OutboxState.UNCERTAIN, error=error.words)
        except Exception:  # noqa: BLE001  whatever a sender raises, the message may have left
            _log.exception("envoi %d : erreur inattendue", message.outbox_id)
            return Outcome(message.outbox_id, OutboxState.UNCERTAIN, error=_UNEXPECTED)
        return Outcome(message.outbox_id, OutboxState.SENT, provider_id=provider_id)

    def _send_in_time(self, way: _Way, message: OutgoingEmail) -> str:
        if utc_now() >= message.claimed_until:  # The machine slept; others have taken the answer for lost.
            raise TryLaterError(_CLAIM_OVER)
        return way.sender.send(message)

    def _later(self, way: _Way, message: OutgoingEmail, error: TryLaterError) -> Outcome:
        if error.is_too_fast:
            way.is_too_fast.set()
        if message.attempt >= MAX_ATTEMPTS:
            return Outcome(message.outbox_id, OutboxState.FAILED, error=f"{error.words}, après {MAX_ATTEMPTS} essais")
        due_at = utc_now() + max(self._pace.wait_after(message.attempt), error.after or dt.timedelta())
        due_at = way.quiet.earliest(due_at) if way.quiet else due_at
        return Outcome(message.outbox_id, OutboxState.QUEUED, error=error.words, due_at=due_at)

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
