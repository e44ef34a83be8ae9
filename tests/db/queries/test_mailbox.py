"""The mailbox's lists: what they hold, page by page, and the index each of them walks."""

import datetime as dt
import itertools

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.errors import NotAllowedError
from db.domain.mail import Channel, EmailTemplate, OutboxState, RecipientKind
from db.domain.mailbox import MailFilter, MailTab
from db.domain.permissions import Role
from db.domain.viewer import Viewer
from db.models import Order, OutboxMessage
from db.queries import mailbox
from db.queries.mailbox import mail_counts, mail_page
from tests.conftest import NOW
from tests.factories import ADMIN, create_customer, create_order

S, T = OutboxState, EmailTemplate
TO_HANDLE, WAITING, SENT, ALL = MailTab
_events = itertools.count(1)


def add_mail(
    session: Session,
    order: Order | None = None,
    state: OutboxState = S.SENT,
    template: EmailTemplate = T.ORDER_SHIPPED,
    **columns: object,
) -> int:
    mail = OutboxMessage(
        **{
            "order_id": order.id if order else None,
            "event": f"test:{next(_events)}",
            "template": template,
            "recipient_kind": RecipientKind.CUSTOMER,
            "recipient": "client@example.org",
            "state": state,
            "created_at": NOW,
            "due_at": NOW,
        }
        | columns
    )
    session.add(mail)
    session.flush()
    return mail.id


def ids(session: Session, **wanted: object) -> list[int]:
    return [row.id for row in mail_page(session, ADMIN, MailFilter(**{"tab": ALL} | wanted)).rows]


def test_each_list_holds_its_states_newest_first(session: Session) -> None:
    made = {state: add_mail(session, state=state) for state in OutboxState}
    assert ids(session, tab=TO_HANDLE) == [made[S.UNCERTAIN], made[S.FAILED], made[S.BOUNCED]]
    assert ids(session, tab=WAITING) == [made[S.SENDING], made[S.QUEUED], made[S.HELD]]
    assert ids(session, tab=SENT) == [made[S.OPENED], made[S.DELIVERED], made[S.SENT]]
    assert ids(session, tab=ALL) == sorted(made.values(), reverse=True)
    assert mail_counts(session, ADMIN) == {TO_HANDLE: 3, WAITING: 3, SENT: 3, ALL: 10}


def test_the_counters_are_those_of_the_channel_that_is_looked_at(session: Session) -> None:
    for channel, state in ((Channel.SMS, S.SENT), (Channel.SMS, S.FAILED), (Channel.EMAIL, S.SENT)):
        add_mail(session, channel=channel, state=state)
    assert mail_counts(session, ADMIN, Channel.SMS) == {TO_HANDLE: 1, WAITING: 0, SENT: 1, ALL: 2}
    assert mail_counts(session, ADMIN, Channel.EMAIL) == {TO_HANDLE: 0, WAITING: 0, SENT: 1, ALL: 1}


def test_counters_stop_somewhere(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailbox, "COUNT_CAP", 2)
    for state in (S.SENT, S.SENT, S.DELIVERED, S.OPENED, S.FAILED):
        add_mail(session, state=state)
    assert mail_counts(session, ADMIN) == {TO_HANDLE: 1, WAITING: 0, SENT: 3, ALL: 3}


@pytest.mark.parametrize("tab", [ALL, SENT])
def test_pages_follow_each_other_both_ways_without_a_gap(
    session: Session, monkeypatch: pytest.MonkeyPatch, tab: MailTab
) -> None:
    monkeypatch.setattr(mailbox, "PAGE_SIZE", 2)
    one, two, three, four, five = [add_mail(session, state=state) for state in (S.SENT, S.OPENED) * 2 + (S.SENT,)]
    wanted = MailFilter(tab=tab)

    def page(**bounds: int) -> tuple[list[int], bool, bool]:
        found = mail_page(session, ADMIN, wanted, **bounds)
        return [row.id for row in found.rows], found.has_newer, found.has_older

    assert page() == ([five, four], False, True)
    assert page(before=four) == ([three, two], True, True)
    assert page(before=two) == ([one], True, False)
    assert page(after=one) == ([three, two], True, True)
    assert page(after=three) == ([five, four], False, True)


def test_filters_add_up(session: Session) -> None:
    order = create_order(session, number="N-77")
    bounced = add_mail(session, order, S.BOUNCED, T.ORDER_SHIPPED)
    add_mail(session, order, S.BOUNCED, T.MESSAGE)
    sent = add_mail(session, order, S.SENT, T.ORDER_SHIPPED)
    other = add_mail(session, create_order(session), S.SENT, T.ORDER_SHIPPED)
    assert ids(session, template=T.ORDER_SHIPPED) == [other, sent, bounced]
    assert ids(session, template=T.ORDER_SHIPPED, tab=TO_HANDLE) == [bounced]
    assert ids(session, template=T.ORDER_SHIPPED, tab=SENT) == [other, sent]
    assert ids(session, template=T.ORDER_SHIPPED, order_number="N-77") == [sent, bounced]
    assert ids(session, template=T.ORDER_SHIPPED, order_number="N-77", tab=SENT) == [sent]
    assert ids(session, order_number="N-7") == []


def test_a_search_finds_by_recipient_number_and_customer(session: Session) -> None:
    customer = create_customer(session, name="Évelyne Œuvrard", email="evelyne@example.org")
    order = create_order(session, customer=customer, number="CMD-2026-42")
    session.execute(sa.text("UPDATE order_search SET who = 'cmd-2026-42 evelyne oeuvrard' WHERE order_id = :id"),
                    {"id": order.id})  # fmt: skip
    ours = add_mail(session, order, recipient="evelyne@example.org")
    corrected = add_mail(session, recipient="autre@example.org")
    add_mail(session, create_order(session))
    assert ids(session, text="AUTRE@example.org") == [corrected]
    assert ids(session, text="evelyne@example.org") == [ours]
    assert ids(session, text="personne") == []
    assert ids(session, text="\ud800") == []


def test_a_period_is_days_of_paris_whatever_the_order_of_commits(session: Session) -> None:
    def at(day: int, hour: int, minute: int = 0) -> int:
        return add_mail(session, created_at=dt.datetime(2026, 11, day, hour, minute, tzinfo=dt.UTC))

    at(19, 22, 59)
    first, late_commit, early_commit = at(19, 23), at(20, 23, 1), at(20, 22, 59)
    after = at(21, 23, 30)
    day = dt.date(2026, 11, 20)
    assert ids(session, first_day=day, last_day=day) == [early_commit, first]
    assert ids(session, first_day=dt.date(2026, 11, 21)) == [after, late_commit]
    assert ids(session, last_day=dt.date(2020, 1, 1)) == []
    assert ids(session, first_day=dt.date(2030, 1, 1), tab=SENT) == []


def test_a_row_says_what_is_known_of_the_subject(session: Session) -> None:
    add_mail(session, state=S.HELD, template=T.MESSAGE, variables={"subject": "Retard", "body": "…"})
    add_mail(session, state=S.HELD, template=T.ORDER_READY, variables={"status": "ready"})
    add_mail(session, template=T.ORDER_READY, subject="Votre commande est prête")
    rows = mail_page(session, ADMIN, MailFilter(tab=ALL)).rows
    assert [row.subject for row in rows] == ["Votre commande est prête", "", "Retard"]


@pytest.mark.parametrize("role", list(Role))
def test_everybody_in_the_house_reads_messages_and_sellers_do_not(session: Session, role: Role) -> None:
    viewer = Viewer(1, "Zoé", "zoe@example.org", role, 1 if role is Role.SELLER else None)
    for ask in (
        lambda: mail_page(session, viewer, MailFilter()),
        lambda: mail_counts(session, viewer),
    ):
        if role is Role.SELLER:
            with pytest.raises(NotAllowedError):
                ask()
        else:
            ask()


# Plans: what a list reads does not grow with the outbox.


# SQLite alone: PostgreSQL plans by the size of the table, and reads a small one whole.
@pytest.mark.parametrize("shared_engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        (MailFilter(tab=TO_HANDLE), "ix_outbox_state"),
        (MailFilter(tab=WAITING, template=T.MESSAGE), "ix_outbox_state"),
        (MailFilter(tab=SENT), "ix_outbox_state"),
        (MailFilter(tab=SENT, template=T.ORDER_SHIPPED), "ix_outbox_template"),
        (MailFilter(tab=ALL, template=T.VOUCHER), "ix_outbox_template"),
        (MailFilter(tab=ALL, text="a@example.org"), "ix_outbox_recipient"),
        (MailFilter(tab=SENT, first_day=NOW.date()), "ix_outbox_created_at"),
        (MailFilter(tab=ALL, channel=Channel.SMS), "ix_outbox_texts"),
        (MailFilter(tab=SENT, channel=Channel.SMS, template=T.ORDER_READY), "ix_outbox_texts"),
        (MailFilter(tab=TO_HANDLE, channel=Channel.SMS), "ix_outbox_state"),
        (MailFilter(tab=SENT, channel=Channel.EMAIL), "ix_outbox_state"),
        (MailFilter(tab=ALL), None),
    ],
)
def test_sqlite_walks_the_index_of_the_list(session: Session, wanted: MailFilter, index: str | None) -> None:
    add_mail(session)
    plans = _plans(session, wanted)
    assert not [line for line in plans if line.startswith("SCAN outbox") and "USING" not in line and index]
    assert not [line for line in plans if "TEMP B-TREE" in line]
    if index:
        assert any(index in line for line in plans), plans


def _plans(session: Session, wanted: MailFilter) -> list[str]:
    """Return the plans of every statement about the outbox that a page runs."""
    lines: list[str] = []

    def explain(connection, cursor, statement, parameters, context, executemany):
        if statement.startswith("SELECT") and "FROM outbox" in statement and "JOIN" not in statement:
            explained = connection.connection.driver_connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            lines.extend(row[3] for row in explained)

    connection = session.connection()
    sa.event.listen(connection, "before_cursor_execute", explain)
    mail_page(session, ADMIN, wanted)
    sa.event.remove(connection, "before_cursor_execute", explain)
    return lines
