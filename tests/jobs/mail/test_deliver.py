"""Delivery on both databases: what each answer makes of an e-mail, what is tried again, what is never sent twice."""

import datetime as dt
import itertools
import logging
import threading
from collections.abc import Callable, Sequence

import pytest
import sqlalchemy as sa

from db.domain.mail import OutboxState
from db.domain.time import utc_now
from db.emails.types import OutgoingEmail
from db.engine import reading, transaction
from db.models import OutboxMessage
from db.services.outbox_claims import WORKER_DIED
from jobs.mail.deliver import MAX_ATTEMPTS, Pace, deliver_emails
from jobs.mail.senders import AnswerLostError, RefusedError, TryLaterError
from jobs.run import Run
from tests.jobs.mail.letters import CONTENT, NEVER_RENDERED, queue_emails, render

PACE = Pace(linger_s=0.005, database_waits_s=(0.01, 0.01))


class RecordingSender:
    """Remembers what it was handed, then does what it is told."""

    name = "essai"

    def __init__(self, then: Callable[[OutgoingEmail], None] = lambda _: None) -> None:
        self.sent: list[OutgoingEmail] = []
        self._then = then

    def send(self, email: OutgoingEmail) -> str:
        self.sent.append(email)
        self._then(email)
        return f"id-{email.outbox_id}"


def failing(error: Exception) -> RecordingSender:
    def fail(_email: OutgoingEmail) -> None:
        raise error

    return RecordingSender(fail)


def run(engine: sa.Engine, worker: str = "me") -> Run:
    return Run(engine, worker, threading.Event())


def deliver(engine: sa.Engine, sender: RecordingSender, pace: Pace = PACE) -> int:
    return deliver_emails(run(engine), sender=sender, render=render, pace=pace)


def queue(engine: sa.Engine, count: int = 1, **columns: object) -> None:
    with transaction(engine) as session:
        queue_emails(session, count, **columns)


def rows(engine: sa.Engine) -> Sequence[OutboxMessage]:
    with reading(engine) as session:
        return session.scalars(sa.select(OutboxMessage).order_by(OutboxMessage.id)).all()


def only_row(engine: sa.Engine) -> OutboxMessage:
    (row,) = rows(engine)
    return row


def test_an_email_that_is_taken_is_sent_with_what_was_written(engine: sa.Engine) -> None:
    queue(engine)
    sender = RecordingSender()
    assert deliver(engine, sender) == 1
    (email,) = sender.sent
    assert (email.recipient, email.attempt, email.content) == ("helene@example.org", 1, CONTENT)
    row = only_row(engine)
    assert (row.state, row.provider, row.provider_id) == (OutboxState.SENT, "essai", f"id-{row.id}")
    assert (row.subject, row.html, row.text) == (CONTENT.subject, CONTENT.html, CONTENT.text)
    assert (row.attempts, row.error, row.claimed_by, row.claimed_until) == (1, "", None, None)
    assert row.sent_at is not None


def test_more_than_fits_under_way_goes_out_in_one_run_the_longest_due_first(engine: sa.Engine) -> None:
    queue(engine, 30)
    queue(engine, 1, event="first", due_at=utc_now() - dt.timedelta(days=3000))
    sender = RecordingSender()
    assert deliver(engine, sender) == 31
    assert {row.state for row in rows(engine)} == {OutboxState.SENT}
    assert 31 in [email.outbox_id for email in sender.sent[: PACE.under_way]]


@pytest.mark.parametrize("state", [state for state in OutboxState if not state.is_waiting])
def test_what_does_not_wait_is_not_sent(engine: sa.Engine, state: OutboxState) -> None:
    queue(engine, state=state, claimed_until=utc_now() + dt.timedelta(hours=1))
    assert deliver(engine, RecordingSender()) == 0
    assert only_row(engine).state is state


def test_a_held_email_leaves_when_its_time_has_come_and_not_before(engine: sa.Engine) -> None:
    queue(engine, 1, event="due", state=OutboxState.HELD, due_at=utc_now() - dt.timedelta(seconds=1))
    queue(engine, 1, event="not yet", state=OutboxState.HELD, due_at=utc_now() + dt.timedelta(minutes=1))
    assert deliver(engine, RecordingSender()) == 1
    assert [row.state for row in rows(engine)] == [OutboxState.SENT, OutboxState.HELD]


def test_an_email_that_cannot_be_rendered_fails_and_keeps_none_back(engine: sa.Engine) -> None:
    queue(engine, 1, event="broken", recipient="broken@example.org")
    queue(engine, 2)
    sender = RecordingSender()
    assert deliver(engine, sender) == 2
    broken, *others = rows(engine)
    assert (broken.state, broken.error, broken.attempts) == (OutboxState.FAILED, NEVER_RENDERED, 0)
    assert [row.state for row in others] == [OutboxState.SENT, OutboxState.SENT]


def test_a_fault_while_rendering_costs_one_email_and_not_its_batch(
    engine: sa.Engine, caplog: pytest.LogCaptureFixture
) -> None:
    queue(engine, 1, event="fatal", recipient="broken@example.org")
    queue(engine, 3)

    def stumble(session, rows, now):
        if any(row.recipient.startswith("broken@") for row in rows):
            raise KeyError("status")
        return render(session, rows, now)

    assert deliver_emails(run(engine), sender=RecordingSender(), render=stumble, pace=PACE) == 3
    broken, *others = rows(engine)
    assert broken.state is OutboxState.FAILED
    assert broken.error == "Le contenu de ce message n’a pas pu être préparé."
    assert {row.state for row in others} == {OutboxState.SENT}
    assert "KeyError" in caplog.text


def test_a_refused_email_fails_with_the_providers_words(engine: sa.Engine) -> None:
    queue(engine)
    deliver(engine, failing(RefusedError("SendGrid : no such address (400)")))
    row = only_row(engine)
    assert (row.state, row.error, row.sent_at) == (OutboxState.FAILED, "SendGrid : no such address (400)", None)


def test_a_lost_answer_is_uncertain_and_never_sent_again_by_itself(engine: sa.Engine) -> None:
    queue(engine)
    assert deliver(engine, failing(AnswerLostError("SendGrid n’a pas répondu"))) == 1
    assert deliver(engine, RecordingSender()) == 0
    row = only_row(engine)
    assert (row.state, row.error) == (OutboxState.UNCERTAIN, "SendGrid n’a pas répondu")


def test_a_fault_of_ours_while_sending_is_uncertain_too(engine: sa.Engine, caplog: pytest.LogCaptureFixture) -> None:
    queue(engine)
    with caplog.at_level(logging.ERROR, "jobs.mail.deliver"):
        deliver(engine, failing(ZeroDivisionError()))
    assert only_row(engine).state is OutboxState.UNCERTAIN
    assert "ZeroDivisionError" in caplog.text


def test_what_was_surely_not_taken_is_tried_again_later_and_ever_later(engine: sa.Engine) -> None:
    queue(engine)
    waits = []
    for attempt in range(1, MAX_ATTEMPTS + 1):
        begun = utc_now()
        assert deliver(engine, failing(TryLaterError("en panne"))) == 1
        row = only_row(engine)
        assert row.attempts == attempt
        if attempt < MAX_ATTEMPTS:
            assert (row.state, row.error) == (OutboxState.QUEUED, "en panne")
            waits.append(row.due_at - begun)
            assert deliver(engine, RecordingSender()) == 0
            with transaction(engine) as session:
                session.execute(sa.update(OutboxMessage).values(due_at=begun))
    assert (row.state, row.error) == (OutboxState.FAILED, "en panne, après 8 essais")
    assert all(later > 1.5 * sooner for sooner, later in itertools.pairwise(waits))
    assert waits[0] >= dt.timedelta(seconds=8)


def test_the_wait_a_provider_asks_for_is_kept(engine: sa.Engine) -> None:
    queue(engine)
    begun = utc_now()
    deliver(engine, failing(TryLaterError("trop vite", after=dt.timedelta(minutes=20))))
    assert only_row(engine).due_at >= begun + dt.timedelta(minutes=20)


def test_a_provider_that_has_enough_is_left_alone_until_the_next_run(engine: sa.Engine) -> None:
    queue(engine, 50)
    sender = failing(TryLaterError("trop vite", is_too_fast=True))
    assert deliver(engine, sender) == PACE.under_way
    assert [row.attempts for row in rows(engine)].count(0) == 50 - PACE.under_way


def test_no_transaction_is_open_while_an_email_is_handed_over(engine: sa.Engine) -> None:
    queue(engine)

    def write_elsewhere(email: OutgoingEmail) -> None:
        with transaction(engine) as session:
            message = session.get_one(OutboxMessage, email.outbox_id)
            assert (message.state, message.claimed_by) == (OutboxState.SENDING, "me")
            message.recipient_name = "Changée"

    deliver(engine, RecordingSender(write_elsewhere))
    assert (only_row(engine).state, only_row(engine).recipient_name) == (OutboxState.SENT, "Changée")


def test_one_slow_answer_does_not_hold_up_the_others(engine: sa.Engine) -> None:
    queue(engine, 40)
    others_are_out, sent = threading.Event(), []

    def first_waits_for_all_others(email: OutgoingEmail) -> None:
        if email.outbox_id == 1:
            assert others_are_out.wait(60)
        else:
            sent.append(email.outbox_id)
            if len(sent) == 39:
                others_are_out.set()

    assert deliver(engine, RecordingSender(first_waits_for_all_others)) == 40
    assert {row.state for row in rows(engine)} == {OutboxState.SENT}


def test_a_stop_ends_what_is_under_way_and_begins_nothing_new(engine: sa.Engine) -> None:
    queue(engine, 40)
    stopping = run(engine)
    sender = RecordingSender(lambda _: stopping.stop.set())
    done = deliver_emails(stopping, sender=sender, render=render, pace=PACE)
    states = [row.state for row in rows(engine)]
    assert done == len(sender.sent) == states.count(OutboxState.SENT) <= PACE.under_way
    assert states.count(OutboxState.QUEUED) == 40 - done


def test_what_a_dead_worker_was_sending_becomes_uncertain_once_its_claim_has_lapsed(engine: sa.Engine) -> None:
    queue(engine, 1, event="lapsed", state=OutboxState.SENDING, claimed_by="dead", claimed_until=utc_now())
    later = utc_now() + dt.timedelta(minutes=1)
    queue(engine, 1, event="alive", state=OutboxState.SENDING, claimed_by="alive", claimed_until=later)
    sender = RecordingSender()
    assert deliver(engine, sender) == 0
    lapsed, alive = rows(engine)
    assert (lapsed.state, lapsed.error) == (OutboxState.UNCERTAIN, WORKER_DIED)
    assert alive.state is OutboxState.SENDING
    assert sender.sent == []


def test_a_worker_that_slept_past_its_claim_does_not_send_any_more(engine: sa.Engine) -> None:
    queue(engine)
    sender = RecordingSender()
    deliver(engine, sender, Pace(claim=dt.timedelta(0)))
    assert sender.sent == []
    assert only_row(engine).state is OutboxState.QUEUED


@pytest.mark.parametrize("meanwhile", [OutboxState.DELIVERED, OutboxState.BOUNCED, OutboxState.CANCELLED])
def test_what_an_event_or_a_person_settled_meanwhile_stays(engine: sa.Engine, meanwhile: OutboxState) -> None:
    queue(engine)

    def settle(email: OutgoingEmail) -> None:
        with transaction(engine) as session:
            session.get_one(OutboxMessage, email.outbox_id).state = meanwhile

    deliver(engine, RecordingSender(settle))
    assert only_row(engine).state is meanwhile


def test_a_slow_worker_still_says_what_happened_after_its_claim_has_lapsed(engine: sa.Engine) -> None:
    queue(engine)

    def lapse(email: OutgoingEmail) -> None:
        with transaction(engine) as session:
            session.get_one(OutboxMessage, email.outbox_id).state = OutboxState.UNCERTAIN

    deliver(engine, RecordingSender(lapse))
    assert only_row(engine).state is OutboxState.SENT


def test_an_outage_of_the_database_does_not_lose_an_answer(engine: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    from jobs.mail import deliver as module  # noqa: PLC0415  the function above has its name

    queue(engine)
    lost = iter([True, True, False])
    real = module.record_outcomes

    def record(*arguments: object) -> None:
        if next(lost):
            raise sa.exc.OperationalError("UPDATE", {}, ConnectionError("gone"))
        real(*arguments)

    monkeypatch.setattr(module, "record_outcomes", record)
    deliver(engine, RecordingSender())
    assert only_row(engine).state is OutboxState.SENT


def test_two_workers_share_the_emails_and_send_none_twice(engine: sa.Engine) -> None:
    queue(engine, 100)
    senders = [RecordingSender(), RecordingSender()]
    threads = [
        threading.Thread(
            target=deliver_emails, args=[run(engine, f"worker-{n}")], kwargs={"sender": each, "render": render}
        )
        for n, each in enumerate(senders)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    sent = [email.outbox_id for each in senders for email in each.sent]
    assert sorted(sent) == list(range(1, 101))


def test_nothing_to_do_takes_no_lock(sqlite_engine: sa.Engine) -> None:
    # SQLite has one writer: an idle worker that wrote every other second would hold up people.
    with transaction(sqlite_engine):
        assert deliver(sqlite_engine, RecordingSender()) == 0
