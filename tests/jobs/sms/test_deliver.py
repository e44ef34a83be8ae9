"""SMS leave beside the e-mails, by day only, and neither waits for the other."""

import datetime as dt
import threading
from collections.abc import Callable, Sequence

import pytest
import sqlalchemy as sa

from db.domain.mail import Channel, EmailTemplate, OutboxState, RecipientKind
from db.domain.time import utc_now
from db.emails.types import OutgoingEmail
from db.engine import reading, transaction
from db.models import Marketplace, OutboxMessage
from jobs.mail import deliver as delivery
from jobs.mail.deliver import Pace, deliver_emails
from jobs.mail.senders import AnswerLostError, TryLaterError
from jobs.run import Run
from tests.jobs.mail.letters import queue_emails, render

PACE = Pace(linger_s=0.005, look_again_s=0.01)
#: 22:30 in Paris, in winter.
NIGHT = dt.datetime(2026, 11, 21, 21, 30, tzinfo=dt.UTC)
MORNING = dt.datetime(2026, 11, 22, 7, tzinfo=dt.UTC)


class RecordingSender:
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


@pytest.fixture
def always_day(engine: sa.Engine) -> None:
    set_quiet_hours(engine, 0, 0)


def set_quiet_hours(engine: sa.Engine, start: int, end: int) -> None:
    with transaction(engine) as session:
        session.add(Marketplace(id=1, name="Marché d’ici", quiet_from=start, quiet_until=end))


def queue_texts(engine: sa.Engine, count: int = 1, **columns: object) -> None:
    text = {
        "channel": Channel.SMS,
        "template": EmailTemplate.SELLER_NEW_ORDER,
        "recipient_kind": RecipientKind.SELLER,
        "recipient": "+33612345678",
    }
    with transaction(engine) as session:
        queue_emails(session, count, **text | columns)


def queue_mail(engine: sa.Engine, count: int = 1) -> None:
    with transaction(engine) as session:
        queue_emails(session, count)


def deliver(engine: sa.Engine, emails: RecordingSender, texts: RecordingSender) -> int:
    run = Run(engine, "me", threading.Event())
    return deliver_emails(run, sender=emails, text_sender=texts, render=render, render_text=render, pace=PACE)


def rows(engine: sa.Engine, channel: Channel = Channel.SMS) -> Sequence[OutboxMessage]:
    with reading(engine) as session:
        found = sa.select(OutboxMessage).where(OutboxMessage.channel == channel).order_by(OutboxMessage.id)
        return session.scalars(found).all()


@pytest.mark.usefixtures("always_day")
def test_each_channel_leaves_by_its_own_sender(engine: sa.Engine) -> None:
    queue_mail(engine, 12)
    queue_texts(engine, 5)
    emails, texts = RecordingSender(), RecordingSender()
    assert deliver(engine, emails, texts) == 17
    assert {each.recipient for each in emails.sent} == {"helene@example.org"}
    assert [each.recipient for each in texts.sent] == ["+33612345678"] * 5
    assert {row.state for row in rows(engine)} == {OutboxState.SENT}


@pytest.mark.usefixtures("always_day")
def test_a_provider_of_sms_that_hangs_holds_up_no_email_not_even_one_that_comes_due_meanwhile(
    engine: sa.Engine,
) -> None:
    queue_mail(engine)
    queue_texts(engine, 4)
    late_one_left, is_first = threading.Event(), threading.Event()

    def hang(_: OutgoingEmail) -> None:
        if not is_first.is_set():
            is_first.set()
            queue_late()
        assert late_one_left.wait(60)

    def queue_late() -> None:
        with transaction(engine) as session:
            queue_emails(session, 1, event="late", recipient="late@example.org")

    emails = RecordingSender(lambda email: late_one_left.set() if email.recipient.startswith("late") else None)
    assert deliver(engine, emails, RecordingSender(hang)) == 6
    assert {row.state for row in rows(engine, Channel.EMAIL)} == {OutboxState.SENT}


@pytest.mark.usefixtures("always_day")
def test_a_provider_of_sms_that_is_away_is_tried_again_later_and_emails_go_on(engine: sa.Engine) -> None:
    queue_texts(engine, 6)
    queue_mail(engine, 20)
    texts = failing(TryLaterError("Brevo : crédit épuisé (402)", is_too_fast=True))
    emails = RecordingSender()
    deliver(engine, emails, texts)
    assert len(emails.sent) == 20
    assert [row.attempts for row in rows(engine)].count(0) == 6 - PACE.texts_under_way
    assert {row.state for row in rows(engine)} == {OutboxState.QUEUED}


@pytest.mark.usefixtures("always_day")
def test_an_sms_whose_answer_was_lost_is_uncertain_and_never_sent_again_by_itself(engine: sa.Engine) -> None:
    queue_texts(engine)
    deliver(engine, RecordingSender(), failing(AnswerLostError("Brevo n’a pas répondu")))
    again = RecordingSender()
    assert deliver(engine, RecordingSender(), again) == 0
    assert again.sent == []
    (row,) = rows(engine)
    assert (row.state, row.error) == (OutboxState.UNCERTAIN, "Brevo n’a pas répondu")


def test_a_worker_that_wakes_at_night_sends_the_emails_and_leaves_the_sms_for_the_morning(
    engine: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue_mail(engine)
    queue_texts(engine, 3)
    monkeypatch.setattr(delivery, "utc_now", lambda: NIGHT)
    emails, texts = RecordingSender(), RecordingSender()
    assert deliver(engine, emails, texts) == 1
    assert texts.sent == []
    assert [(row.state, row.due_at, row.attempts) for row in rows(engine)] == [(OutboxState.QUEUED, MORNING, 0)] * 3
    monkeypatch.setattr(delivery, "utc_now", lambda: MORNING)
    assert deliver(engine, emails, texts) == 3


def test_an_sms_taken_a_moment_before_the_night_is_not_handed_over_in_it(
    engine: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue_texts(engine)
    evening, night = NIGHT.replace(hour=19, minute=59), NIGHT.replace(hour=20, minute=0)
    clock = [evening]

    def slow_rendering(session, rows, now):
        clock[0] = night
        return render(session, rows, now)

    monkeypatch.setattr(delivery, "utc_now", lambda: clock[0])
    texts = RecordingSender()
    run = Run(engine, "me", threading.Event())
    deliver_emails(run, sender=RecordingSender(), text_sender=texts, render_text=slow_rendering, pace=PACE)
    (row,) = rows(engine)
    assert (texts.sent, row.state, row.due_at) == ([], OutboxState.QUEUED, MORNING)


def test_a_next_try_that_would_fall_into_the_night_waits_for_the_morning(
    engine: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue_texts(engine)
    monkeypatch.setattr(delivery, "utc_now", lambda: NIGHT.replace(hour=19, minute=55))
    deliver(engine, RecordingSender(), failing(TryLaterError("en panne", after=dt.timedelta(minutes=20))))
    (row,) = rows(engine)
    assert (row.state, row.due_at, row.error) == (OutboxState.QUEUED, MORNING, "en panne")


def test_the_local_mailbox_keeps_sms_on_the_machine(engine: sa.Engine) -> None:
    set_quiet_hours(engine, 0, 0)
    queue_texts(engine)
    run = Run(engine, "me", threading.Event())
    assert deliver_emails(run, render=render, render_text=render, pace=PACE) == 1
    (row,) = rows(engine)
    assert (row.state, row.provider) == (OutboxState.SENT, "boîte locale")
    assert row.sent_at is not None
    assert row.sent_at <= utc_now()
