"""The thread of a return, both ways."""

import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.errors import InvalidInputError, NotAllowedError
from db.domain.mail import EmailTemplate, OutboxState
from db.domain.orders import ActorKind, HistoryEvent
from db.domain.permissions import Role
from db.domain.returns import ReturnNotFoundError
from db.models import OutboxMessage, Return, ReturnMessage
from db.services.returns.thread import mark_read, write_message
from db.services.undo import undo
from tests.conftest import NOW
from tests.db.services.returns.conftest import CUSTOMER, Scene, ask, events, mails, version_of
from tests.factories import create_person, viewer_for

LATER = NOW + dt.timedelta(minutes=3)


def thread(session: Session, row: Return) -> list[tuple[ActorKind, str, dt.datetime | None]]:
    found = sa.select(ReturnMessage).where(ReturnMessage.return_id == row.id).order_by(ReturnMessage.id)
    messages = session.scalars(found.execution_options(populate_existing=True))
    return [(each.author_kind, each.body, each.read_at) for each in messages]


def test_staff_answer_by_e_mail_and_what_was_asked_is_read(session: Session, scene: Scene) -> None:
    row = ask(session, scene)
    write_message(session, CUSTOMER, row.id, " Où dois-je\r\nl’envoyer ? ", NOW)
    version = version_of(session, scene.order)

    written = write_message(session, scene.staff, row.id, "Au dépôt.", LATER)

    assert thread(session, row) == [
        (ActorKind.CUSTOMER, "Où dois-je\nl’envoyer ?", LATER),
        (ActorKind.PERSON, "Au dépôt.", None),
    ]
    _, mail = mails(session, scene.order)
    assert (mail.template, mail.state, mail.variables["message"], mail.history_id) == (
        EmailTemplate.RETURN_STATUS,
        OutboxState.HELD,
        "Au dépôt.",
        written,
    )
    assert [entry.event for entry in events(session, scene.order)][1:] == [HistoryEvent.RETURN_MESSAGE] * 2
    # Nothing of the order changed: who works on it is not sent back.
    assert version_of(session, scene.order) == version


def test_what_a_customer_writes_mails_nobody_and_waits_for_an_answer(session: Session, scene: Scene) -> None:
    row = ask(session, scene)
    write_message(session, CUSTOMER, row.id, "Bonjour ?", NOW)
    assert thread(session, row) == [(ActorKind.CUSTOMER, "Bonjour ?", None)]
    assert len(mails(session, scene.order)) == 1  # The acknowledgement of the request.
    assert scene.staff.viewer is not None
    assert mark_read(session, scene.staff.viewer, row.id, LATER) == 1
    assert mark_read(session, scene.staff.viewer, row.id, LATER) == 0
    assert thread(session, row) == [(ActorKind.CUSTOMER, "Bonjour ?", LATER)]


def test_a_message_is_written_once_for_each_key(session: Session, scene: Scene) -> None:
    row = ask(session, scene)
    rows = [write_message(session, CUSTOMER, row.id, "Bonjour ?", NOW, key=key) for key in ("a", "a", "b")]
    assert rows[0] == rows[1] != rows[2]
    assert len(thread(session, row)) == 2


def test_an_answer_is_taken_back_while_its_mail_is_held(session: Session, scene: Scene) -> None:
    row = ask(session, scene)
    write_message(session, CUSTOMER, row.id, "Bonjour ?", NOW)
    written = write_message(session, scene.staff, row.id, "Au revoir.", LATER)

    undo(session, scene.staff, written, LATER)

    assert thread(session, row) == [(ActorKind.CUSTOMER, "Bonjour ?", None)]
    states = session.scalars(sa.select(OutboxMessage.state).where(OutboxMessage.history_id == written)).all()
    assert states == [OutboxState.CANCELLED]


@pytest.mark.parametrize(
    ("text", "sentence"), [(" \n ", "Écrivez le message"), ("x" * 4_001, "4000 caractères"), ("\x00", "illisible")]
)
def test_what_cannot_be_sent_is_refused(session: Session, scene: Scene, text: str, sentence: str) -> None:
    row = ask(session, scene)
    with pytest.raises(InvalidInputError, match=sentence):
        write_message(session, CUSTOMER, row.id, text, NOW)


def test_only_who_handles_returns_writes_to_customers(session: Session, scene: Scene) -> None:
    row = ask(session, scene)
    manager = viewer_for(create_person(session, Role.MANAGER))
    with pytest.raises(NotAllowedError):
        write_message(session, Actor.person(manager), row.id, "Bonjour", NOW)
    with pytest.raises(NotAllowedError):
        mark_read(session, manager, row.id, NOW)
    with pytest.raises(ReturnNotFoundError):
        write_message(session, CUSTOMER, 999_999, "Bonjour", NOW)
