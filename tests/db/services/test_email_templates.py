import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.errors import NotAllowedError, NotFoundError
from db.domain.mail import EmailTemplate, OutboxState
from db.domain.permissions import Permission, Role
from db.emails.rendering import Draft, render_batch
from db.emails.texts import current_texts, default_text
from db.emails.types import Rendered
from db.models import EmailTemplateVersion, OutboxMessage
from db.queries.email_templates import changed_templates, order_to_try, versions_of
from db.services.email_templates import (
    TemplateFaultyError,
    restore_default,
    restore_version,
    save_text,
    send_test,
)
from tests.conftest import NOW
from tests.factories import create_order, create_person, viewer_for

READY = EmailTemplate.ORDER_READY
LATER = NOW + dt.timedelta(hours=1)


@pytest.fixture
def ada(session: Session):
    return viewer_for(create_person(session, Role.ADMIN, name="Ada", email="ada@example.org"))


def present(session: Session) -> tuple[str, str]:
    text = current_texts(session, [READY])[READY]
    return text.subject, text.body


def test_a_saved_text_counts_and_says_who_and_when(session: Session, ada) -> None:
    assert save_text(session, ada, READY, "  Prête\u00a0: {{ numero }} ", "Bonjour\r\n\r\nVenez.\n", NOW)
    assert present(session) == ("Prête\u00a0: {{ numero }}", "Bonjour\n\nVenez.")
    (version,) = versions_of(session, READY)
    assert (version.person_name, version.created_at, version.is_default) == ("Ada", NOW, False)
    assert changed_templates(session) == {READY}
    assert current_texts(session, [EmailTemplate.MESSAGE]) == {
        EmailTemplate.MESSAGE: default_text(EmailTemplate.MESSAGE)
    }


def test_saving_the_present_text_again_makes_no_version(session: Session, ada) -> None:
    for template in EmailTemplate:
        text = default_text(template)
        assert not save_text(session, ada, template, text.subject, text.body, NOW)
    save_text(session, ada, READY, "a", "b", NOW)
    assert not save_text(session, ada, READY, "a", "b\n", LATER)
    assert len(versions_of(session, READY)) == 1


def test_a_text_that_could_not_be_sent_is_refused_with_every_reason(session: Session, ada) -> None:
    with pytest.raises(TemplateFaultyError) as refused:
        save_text(session, ada, READY, "{{ clien }}", "{{ lipsum() }}", NOW)
    assert len(refused.value.faults) == 2
    with pytest.raises(TemplateFaultyError):
        save_text(session, ada, READY, "a", "b\x00", NOW)
    assert versions_of(session, READY) == []


def test_an_earlier_version_comes_back_as_a_new_one(session: Session, ada) -> None:
    save_text(session, ada, READY, "un", "1", NOW)
    save_text(session, ada, READY, "deux", "2", NOW)
    first = versions_of(session, READY)[-1]
    assert restore_version(session, ada, first.id, LATER) is READY
    assert present(session) == ("un", "1")
    assert [version.subject for version in versions_of(session, READY)] == ["un", "deux", "un"]


def test_the_default_comes_back_and_is_no_change_any_more(session: Session, ada) -> None:
    save_text(session, ada, READY, "un", "1", NOW)
    assert restore_default(session, ada, READY, LATER)
    assert present(session) == (default_text(READY).subject, default_text(READY).body)
    assert changed_templates(session) == frozenset()
    assert not restore_default(session, ada, READY, LATER)
    newest, first = versions_of(session, READY)
    assert newest.is_default
    restore_version(session, ada, first.id, LATER)
    assert present(session) == ("un", "1")
    restore_version(session, ada, newest.id, LATER)
    assert present(session)[0] == default_text(READY).subject


def test_a_version_that_names_a_variable_of_old_is_not_restored(session: Session, ada) -> None:
    version = EmailTemplateVersion(template=READY, subject="a", body="{{ disparue }}")
    session.add(version)
    session.flush()
    save_text(session, ada, READY, "un", "1", NOW)
    with pytest.raises(TemplateFaultyError, match="disparue"):
        restore_version(session, ada, version.id, NOW)
    with pytest.raises(NotFoundError):
        restore_version(session, ada, version.id + 100, NOW)


def test_a_test_email_goes_to_oneself_at_once_and_belongs_to_no_order(session: Session, ada) -> None:
    order = create_order(session)
    for _ in range(2):
        send_test(session, ada, READY, Draft("{{ numero }}", "Total {{ total }}", order.id), NOW)
    rows = session.scalars(sa.select(OutboxMessage)).all()
    assert [(row.recipient, row.order_id, row.state, row.due_at) for row in rows] == [
        ("ada@example.org", None, OutboxState.QUEUED, NOW)
    ] * 2
    made = render_batch(session, rows, NOW)[rows[0].id]
    assert isinstance(made, Rendered)
    assert made.subject == f"[Test] {order.number}"
    assert "31,90\u00a0€" in made.text
    assert versions_of(session, READY) == []


def test_only_who_manages_settings_does_any_of_it(session: Session) -> None:
    viewer = viewer_for(create_person(session, Role.MANAGER))
    acts = [
        lambda: save_text(session, viewer, READY, "a", "b", NOW),
        lambda: restore_default(session, viewer, READY, NOW),
        lambda: restore_version(session, viewer, 1, NOW),
        lambda: send_test(session, viewer, READY, Draft("a", "b", None), NOW),
        lambda: order_to_try(session, viewer, ""),
    ]
    for act in acts:
        with pytest.raises(NotAllowedError) as refused:
            act()
        assert refused.value.permission is Permission.MANAGE_SETTINGS


def test_a_text_is_tried_on_the_newest_order_or_on_the_one_named(session: Session, ada) -> None:
    assert order_to_try(session, ada, "") is None
    newest = create_order(session, placed_at=LATER)
    named = create_order(session, placed_at=NOW)
    assert order_to_try(session, ada, "") == newest.id
    assert order_to_try(session, ada, named.number) == named.id
    assert order_to_try(session, ada, "inconnue") is None
    assert order_to_try(session, ada, "\x00") is None
