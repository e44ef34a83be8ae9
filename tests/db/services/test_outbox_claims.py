"""How the statements of delivery find their rows; what they do is proven with the worker (tests/jobs/mail)."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.mail import Channel, OutboxState
from db.domain.sms import QuietHours
from db.models import OutboxMessage
from db.services.outbox_claims import (
    Claim,
    Outcome,
    claim_due,
    hold_for_the_night,
    is_anything_due,
    lapse_claims,
    record_outcomes,
)
from tests.conftest import NOW
from tests.jobs.mail.letters import queue_emails, render

MINUTE = dt.timedelta(minutes=1)


def plans(session: Session, asked: list[tuple[str, object]]) -> str:
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    connection = session.connection()
    return "\n".join(
        str(row.detail if is_sqlite else row[0])
        for statement, parameters in asked
        for row in connection.exec_driver_sql(
            f"EXPLAIN {'QUERY PLAN ' * is_sqlite}{statement}",
            parameters[0] if isinstance(parameters, list) else parameters,
        )
    )


def test_a_full_outbox_is_never_read_whole(session: Session) -> None:
    queue_emails(session, 3_000, state=OutboxState.SENT)
    queue_emails(session, 20, event="waiting")
    session.execute(sa.text("ANALYZE outbox"))
    asked: list[tuple[str, object]] = []
    connection = session.connection()

    def listen(_connection: object, _cursor: object, statement: str, parameters: object, *_: object) -> None:
        if "outbox" in statement:
            asked.append((statement, parameters))

    sa.event.listen(connection, "before_cursor_execute", listen)
    assert is_anything_due(session, NOW)
    claimed = claim_due(session, Claim("me", "essai", limit=8, until=NOW + MINUTE), render, NOW)
    record_outcomes(session, "me", [Outcome(each.outbox_id, OutboxState.SENT) for each in claimed], NOW)
    lapse_claims(session, NOW + 2 * MINUTE)
    sa.event.remove(connection, "before_cursor_execute", listen)
    assert len(claimed) == 8
    assert len(asked) == 5
    found = plans(session, asked)
    assert "ix_outbox_waiting" in found
    assert "Seq Scan on outbox" not in found
    assert "SCAN outbox" not in found.replace("SCAN outbox USING INDEX ix_outbox_", "")


def test_a_few_sms_are_found_among_many_waiting_emails(session: Session) -> None:
    queue_emails(session, 3_000)
    queue_emails(session, 2, event="sms", channel=Channel.SMS, recipient="+33612345678")
    session.execute(sa.text("ANALYZE outbox"))
    asked: list[tuple[str, object]] = []

    def listen(_connection: object, _cursor: object, statement: str, parameters: object, *_: object) -> None:
        if statement.startswith("SELECT") and "outbox" in statement:
            asked.append((statement, parameters))

    connection = session.connection()
    sa.event.listen(connection, "before_cursor_execute", listen)
    claim = Claim("me", "essai", limit=8, until=NOW + MINUTE, channel=Channel.SMS)
    assert len(claim_due(session, claim, render, NOW)) == 2
    sa.event.remove(connection, "before_cursor_execute", listen)
    assert "ix_outbox_waiting_texts" in plans(session, asked[:1])


def test_sms_that_come_due_at_night_wait_for_its_end_and_emails_do_not(session: Session) -> None:
    night = dt.datetime(2026, 10, 24, 22, 30, tzinfo=dt.UTC)  # 0:30 in Paris; the clock goes back at 3.
    queue_emails(session, 1)
    queue_emails(session, 2, event="sms", channel=Channel.SMS, recipient="+33612345678")
    quiet = QuietHours(21, 8)
    assert hold_for_the_night(session, quiet, NOW) == 0
    assert hold_for_the_night(session, quiet, night) == 2
    morning = dt.datetime(2026, 10, 25, 7, tzinfo=dt.UTC)
    found = session.execute(sa.select(OutboxMessage.channel, OutboxMessage.due_at).order_by(OutboxMessage.id)).all()
    assert [row.due_at == morning for row in found] == [False, True, True]
    assert hold_for_the_night(session, quiet, night) == 0


def test_a_next_try_wakes_the_worker_when_it_is_due(session: Session) -> None:
    queue_emails(session, 2)
    claimed = claim_due(session, Claim("me", "essai", limit=8, until=NOW + MINUTE), render, NOW)
    first, second = (each.outbox_id for each in claimed)
    outcomes = [
        Outcome(first, OutboxState.QUEUED, due_at=NOW + MINUTE),
        Outcome(second, OutboxState.SENT),
    ]
    record_outcomes(session, "me", outcomes, NOW)
    assert session.get_one(OutboxMessage, first, populate_existing=True).due_at == NOW + MINUTE
    if session.get_bind().dialect.name == "postgresql":
        waiting = session.execute(sa.text("SELECT task_name, scheduled_at FROM procrastinate_jobs")).all()
        assert [tuple(row) for row in waiting] == [("deliver-emails", NOW + MINUTE)]


def test_another_workers_claim_is_none_of_ours(session: Session) -> None:
    queue_emails(session, 1)
    (claimed,) = claim_due(session, Claim("me", "essai", limit=8, until=NOW + MINUTE), render, NOW)
    record_outcomes(session, "somebody else", [Outcome(claimed.outbox_id, OutboxState.SENT)], NOW)
    message = session.get_one(OutboxMessage, claimed.outbox_id, populate_existing=True)
    assert (message.state, message.claimed_by) == (OutboxState.SENDING, "me")
