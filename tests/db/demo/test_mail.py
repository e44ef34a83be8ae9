"""The demo's mailbox and prepared messages."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.demo.message_texts import message_texts
from db.domain.mail import OutboxState
from db.domain.orders import HistoryEvent
from db.models import MailEvent, MessageTemplate, OrderHistory, OutboxMessage
from db.services.message_text import checked_text
from tests.conftest import NOW


def test_the_newest_orders_have_the_emails_their_history_tells(demo: Session) -> None:
    mails = demo.scalars(sa.select(OutboxMessage).order_by(OutboxMessage.id)).all()
    assert 200 < len(mails) < 1_000
    assert [mail.created_at for mail in mails] == sorted(mail.created_at for mail in mails)
    assert max(mail.due_at for mail in mails) <= NOW
    causes = dict(
        demo.execute(
            sa.select(OrderHistory.id, OrderHistory.event).where(
                OrderHistory.id.in_([mail.history_id for mail in mails])
            )
        ).all()
    )
    assert set(causes.values()) == {HistoryEvent.CREATED, HistoryEvent.STATUS_CHANGED}
    assert all(mail.subject and "{{" not in mail.subject for mail in mails)


def test_a_few_emails_need_somebody_and_every_provider_s_answer_is_there(demo: Session) -> None:
    states = demo.scalars(sa.select(OutboxMessage.state)).all()
    assert {state: states.count(state) for state in states if state.needs_somebody} == {
        OutboxState.BOUNCED: 3,
        OutboxState.FAILED: 1,
        OutboxState.UNCERTAIN: 1,
    }
    assert {OutboxState.DELIVERED, OutboxState.OPENED} < set(states)
    assert set(demo.scalars(sa.select(MailEvent.kind))) == {"processed", "delivered", "open", "bounce"}
    assert demo.scalar(sa.select(sa.func.max(MailEvent.at))) <= NOW


def test_six_prepared_messages_are_ready_and_could_be_saved_as_they_are(demo: Session) -> None:
    kept = demo.execute(sa.select(MessageTemplate.name, MessageTemplate.subject, MessageTemplate.body)).all()
    assert sorted(kept) == sorted(message_texts())
    assert len(kept) == 6
    for _, subject, body in kept:
        text = checked_text(subject, body)
        assert (text.subject, text.body) == (subject, body)
