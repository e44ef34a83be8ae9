"""What staff decides about e-mails, and what becomes of it when the e-mail has moved on meanwhile."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.errors import NotAllowedError
from db.domain.mail import OutboxState
from db.domain.orders import HistoryEvent
from db.domain.permissions import Role
from db.domain.viewer import Viewer
from db.models import OrderHistory, OutboxMessage
from db.services.delivery import EmailDecidedError, EmailNotFoundError, consider_sent, drop, send_again
from tests.conftest import NOW
from tests.factories import create_order, create_person, viewer_for
from tests.jobs.mail.letters import queue_emails

S = OutboxState
TROUBLED = {S.BOUNCED, S.FAILED, S.UNCERTAIN}
ALLOWED = {
    send_again: TROUBLED,
    consider_sent: {S.UNCERTAIN},
    drop: TROUBLED | {S.HELD, S.QUEUED},
}


@pytest.fixture
def actor(session: Session) -> Actor:
    return Actor.person(viewer_for(create_person(session, Role.SUPPORT, name="Sofia Support")))


def queued(session: Session, state: OutboxState, **columns: object) -> int:
    order = create_order(session)
    queue_emails(session, 1, order_id=order.id, state=state, error="en panne", attempts=8, **columns)
    return session.scalars(sa.select(OutboxMessage.id).where(OutboxMessage.order_id == order.id)).one()


def message(session: Session, outbox_id: int) -> OutboxMessage:
    return session.get_one(OutboxMessage, outbox_id, populate_existing=True)


@pytest.mark.parametrize("decide", ALLOWED, ids=lambda each: each.__name__)
def test_a_decision_is_possible_from_its_states_only(session: Session, actor: Actor, decide) -> None:
    for state in OutboxState:
        outbox_id = queued(session, state)
        if state in ALLOWED[decide]:
            decide(session, actor, outbox_id, NOW)
            assert message(session, outbox_id).state is not state
        else:
            with pytest.raises(EmailDecidedError, match=state.label):
                decide(session, actor, outbox_id, NOW)
            assert message(session, outbox_id).state is state


def test_an_email_that_is_sent_again_waits_with_all_its_tries_before_it(session: Session, actor: Actor) -> None:
    outbox_id = queued(session, S.FAILED)
    send_again(session, actor, outbox_id, NOW)
    again = message(session, outbox_id)
    assert (again.state, again.due_at, again.attempts, again.error) == (S.QUEUED, NOW, 0, "")
    if session.get_bind().dialect.name == "postgresql":
        assert session.scalars(sa.text("SELECT task_name FROM procrastinate_jobs")).all() == ["deliver-emails"]


def test_an_uncertain_email_is_considered_sent(session: Session, actor: Actor) -> None:
    outbox_id = queued(session, S.UNCERTAIN)
    consider_sent(session, actor, outbox_id, NOW)
    sent = message(session, outbox_id)
    assert (sent.state, sent.sent_at, sent.error) == (S.SENT, NOW, "")


def test_a_dropped_email_keeps_why_it_was_in_trouble(session: Session, actor: Actor) -> None:
    outbox_id = queued(session, S.BOUNCED)
    drop(session, actor, outbox_id, NOW)
    assert (message(session, outbox_id).state, message(session, outbox_id).error) == (S.CANCELLED, "en panne")


@pytest.mark.parametrize(
    ("decide", "event", "after"),
    [
        (send_again, HistoryEvent.EMAIL_RESENT, "En attente"),
        (consider_sent, HistoryEvent.EDITED, "Envoyé"),
        (drop, HistoryEvent.EDITED, "Abandonné"),
    ],
    ids=lambda each: getattr(each, "__name__", None),
)
def test_a_decision_is_told_in_the_orders_history(session: Session, actor: Actor, decide, event, after) -> None:
    outbox_id = queued(session, S.UNCERTAIN)
    decide(session, actor, outbox_id, NOW)
    entry = session.scalars(
        sa.select(OrderHistory).where(OrderHistory.order_id == message(session, outbox_id).order_id)
    ).one()
    assert (entry.event, entry.actor_name, entry.at) == (event, "Sofia Support", NOW)
    assert (entry.before, entry.after) == ({"email": "Incertain"}, {"email": after})
    assert entry.note == "Commande envoyée, à helene@example.org"


def test_an_email_about_no_order_is_decided_without_history(session: Session, actor: Actor) -> None:
    queue_emails(session, 1, state=S.UNCERTAIN)
    outbox_id = session.scalars(sa.select(OutboxMessage.id)).one()
    consider_sent(session, actor, outbox_id, NOW)
    assert message(session, outbox_id).state is S.SENT


def test_somebody_who_may_not_write_to_customers_decides_nothing(session: Session) -> None:
    outbox_id = queued(session, S.UNCERTAIN)
    finance = Actor.person(Viewer(9, "Fanny", "fanny@example.org", Role.FINANCE))
    for decide in ALLOWED:
        with pytest.raises(NotAllowedError):
            decide(session, finance, outbox_id, NOW)


def test_an_email_that_is_not_there_is_said_so(session: Session, actor: Actor) -> None:
    with pytest.raises(EmailNotFoundError, match="n’existe plus"):
        drop(session, actor, 404, NOW)
