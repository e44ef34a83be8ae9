"""Events of the provider on both databases: kept once, in any order, and only for the e-mail they are about."""

import datetime as dt
import random
import threading
from collections.abc import Sequence

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.mail import OutboxState
from db.domain.mail_events import MailEvent
from db.engine import reading, transaction
from db.models import MailEvent as KeptEvent
from db.models import OutboxMessage
from db.services.mail_events import apply_events
from tests.conftest import NOW
from tests.jobs.mail.letters import queue_emails

SECOND = dt.timedelta(seconds=1)


def queued(session: Session, count: int = 1, **columns: object) -> list[int]:
    queue_emails(session, count, **columns)
    return list(session.scalars(sa.select(OutboxMessage.id).order_by(OutboxMessage.id)))


def event(kind: str, outbox_id: int | None, *, event_id: str = "", **fields: object) -> MailEvent:
    defaults = {"at": NOW, "recipient": "Helene@Example.org", "provider_id": "sg-1"}
    return MailEvent(id=event_id or f"{kind}-{outbox_id}", kind=kind, outbox_id=outbox_id, **defaults | fields)


def message(session: Session, outbox_id: int) -> OutboxMessage:
    return session.get_one(OutboxMessage, outbox_id, populate_existing=True)


def kept(session: Session) -> Sequence[KeptEvent]:
    return session.scalars(sa.select(KeptEvent).order_by(KeptEvent.id)).all()


def test_an_event_settles_an_uncertain_email(session: Session) -> None:
    (outbox_id,) = queued(session, state=OutboxState.UNCERTAIN, error="perdu", claimed_by="dead", claimed_until=NOW)
    assert apply_events(session, [event("delivered", outbox_id)], NOW + SECOND) == 1
    settled = message(session, outbox_id)
    assert (settled.state, settled.error, settled.settled_at) == (OutboxState.DELIVERED, "", NOW)
    assert (settled.sent_at, settled.provider_id, settled.claimed_by) == (NOW, "sg-1", None)
    (noted,) = kept(session)
    assert (noted.provider_event_id, noted.outbox_id, noted.kind) == (f"delivered-{outbox_id}", outbox_id, "delivered")
    assert (noted.at, noted.received_at) == (NOW, NOW + SECOND)


def test_a_refusal_is_kept_with_its_reason(session: Session) -> None:
    (outbox_id,) = queued(session, state=OutboxState.SENT, sent_at=NOW, provider_id="sg-0")
    apply_events(session, [event("bounce", outbox_id, reason="550 unknown recipient")], NOW)
    refused = message(session, outbox_id)
    assert (refused.state, refused.error) == (OutboxState.BOUNCED, "550 unknown recipient")
    assert (refused.sent_at, refused.provider_id) == (NOW, "sg-0")


def test_an_event_that_comes_again_changes_nothing(session: Session) -> None:
    (outbox_id,) = queued(session, state=OutboxState.SENT)
    assert apply_events(session, [event("bounce", outbox_id)] * 2, NOW) == 1
    session.execute(sa.update(OutboxMessage).values(state=OutboxState.QUEUED))  # Somebody sends it again…
    assert apply_events(session, [event("bounce", outbox_id)], NOW) == 0
    assert message(session, outbox_id).state is OutboxState.QUEUED
    assert len(kept(session)) == 1


def test_an_event_about_nothing_of_ours_is_kept_and_changes_nothing(session: Session) -> None:
    (outbox_id,) = queued(session, state=OutboxState.SENT)
    strangers = [
        event("bounce", None),
        event("bounce", 404),
        event("bounce", outbox_id, recipient="somebody.else@example.org"),
    ]
    assert apply_events(session, strangers, NOW) == 3
    assert [noted.outbox_id for noted in kept(session)] == [None, None, None]
    assert message(session, outbox_id).state is OutboxState.SENT


def test_no_events_are_no_work(session: Session) -> None:
    assert apply_events(session, [], NOW) == 0


def test_a_large_batch_is_taken_in(session: Session) -> None:
    ids = queued(session, 700, state=OutboxState.SENT)
    events = [event(kind, outbox_id) for outbox_id in ids for kind in ("delivered", "processed")]
    random.Random(1).shuffle(events)
    assert apply_events(session, events, NOW) == 1400
    assert set(session.scalars(sa.select(OutboxMessage.state))) == {OutboxState.DELIVERED}


@pytest.mark.parametrize("seed", range(5))
def test_however_events_are_ordered_and_batched_the_emails_end_alike(session: Session, seed: int) -> None:
    draw = random.Random(seed)
    ids = queued(session, 6, state=OutboxState.UNCERTAIN)
    kinds = [["delivered"], ["processed"], ["bounce", "delivered"], ["open", "bounce"], ["deferred"], []]
    events = [event(kind, outbox_id) for outbox_id, each in zip(ids, kinds, strict=True) for kind in [*each, *each]]
    draw.shuffle(events)
    while events:
        size = draw.randint(1, len(events))
        apply_events(session, [events.pop() for _ in range(size)], NOW)
    assert [message(session, outbox_id).state.value for outbox_id in ids] == [
        "delivered", "sent", "bounced", "opened", "sent", "uncertain",
    ]  # fmt: skip


def test_two_requests_with_the_same_events_at_once_keep_each_once(engine: sa.Engine) -> None:
    with transaction(engine) as session:
        ids = queued(session, 40, state=OutboxState.SENT)
    events = [event(kind, outbox_id) for outbox_id in ids for kind in ("processed", "delivered")]
    new: list[int] = []

    def take_in(seed: int) -> None:
        mine = random.Random(seed).sample(events, len(events))
        with transaction(engine) as session:
            new.append(apply_events(session, mine, NOW))

    threads = [threading.Thread(target=take_in, args=[seed]) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert (len(new), sum(new)) == (4, 80)
    with reading(engine) as session:
        assert len(kept(session)) == 80
