"""Réglages › SMS."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.errors import InvalidInputError, NotAllowedError
from db.domain.mail import Channel, EmailTemplate, OutboxState
from db.domain.permissions import Role
from db.domain.sms import QuietHours
from db.domain.viewer import Viewer
from db.emails.sms import DEFAULT_TEXTS, NO_MORE, current_sms_texts
from db.models import OutboxMessage, SmsText
from db.queries.marketplace import marketplace
from db.queries.sms import opt_outs, opted_out, quiet_hours
from db.services.sms_settings import (
    add_opt_out,
    remove_opt_out,
    reset_sms_text,
    save_sms_rules,
    save_sms_text,
    stop_texting,
)
from tests.conftest import NOW
from tests.factories import create_person, viewer_for
from tests.jobs.mail.letters import queue_emails

READY = EmailTemplate.ORDER_READY


@pytest.fixture
def admin(session: Session) -> Viewer:
    return viewer_for(create_person(session, Role.ADMIN, name="Ada Admin"))


def test_the_hours_and_the_customers_are_kept(session: Session, admin: Viewer) -> None:
    assert quiet_hours(session) == QuietHours(21, 8)
    save_sms_rules(session, admin, QuietHours(20, 9), texts_customers=True)
    assert quiet_hours(session) == QuietHours(20, 9)
    assert marketplace(session).texts_customers


def test_a_text_is_kept_and_the_default_leaves_no_row(session: Session, admin: Viewer) -> None:
    save_sms_text(session, admin, READY, "Prête : {{ numero }}\r\n", NOW)
    assert current_sms_texts(session, [READY])[READY] == "Prête : {{ numero }}"
    save_sms_text(session, admin, READY, DEFAULT_TEXTS[READY], NOW)
    assert session.scalar(sa.select(sa.func.count()).select_from(SmsText)) == 0
    save_sms_text(session, admin, READY, "Prête", NOW)
    reset_sms_text(session, admin, READY)
    assert current_sms_texts(session, [READY])[READY] == DEFAULT_TEXTS[READY]


@pytest.mark.parametrize("text", ["", "{{ rien }}", "a" * 1001, "zéro\x00"])
def test_a_text_that_could_not_be_sent_is_refused(session: Session, admin: Viewer, text: str) -> None:
    with pytest.raises(InvalidInputError):
        save_sms_text(session, admin, READY, text, NOW)


def test_only_emails_that_come_with_an_sms_have_its_text(session: Session, admin: Viewer) -> None:
    with pytest.raises(InvalidInputError, match="Aucun SMS"):
        save_sms_text(session, admin, EmailTemplate.VOUCHER, "Bonjour", NOW)


def test_a_number_that_wants_none_is_listed_and_what_waits_for_it_is_dropped(session: Session, admin: Viewer) -> None:
    queue_emails(session, 2, channel=Channel.SMS, recipient="+33612345678")
    queue_emails(session, 1, channel=Channel.SMS, recipient="+33612345678", event="left", state=OutboxState.SENT)
    queue_emails(session, 1, channel=Channel.SMS, recipient="+33698765432")
    assert add_opt_out(session, admin, "06 12 34 56 78", NOW) == 2
    found = session.execute(sa.select(OutboxMessage.state, OutboxMessage.error).order_by(OutboxMessage.id)).all()
    assert [tuple(row) for row in found] == [
        (OutboxState.CANCELLED, NO_MORE),
        (OutboxState.CANCELLED, NO_MORE),
        (OutboxState.SENT, ""),
        (OutboxState.QUEUED, ""),
    ]
    [row] = opt_outs(session, admin)
    assert (row.phone, row.said_by, row.created_at) == ("+33612345678", "Ada Admin", NOW)


def test_saying_stop_twice_is_said_once_and_can_be_taken_back(session: Session, admin: Viewer) -> None:
    stop_texting(session, "+33612345678", "STOP", NOW)
    add_opt_out(session, admin, "0612345678", NOW)
    assert [row.said_by for row in opt_outs(session, admin)] == ["STOP"]
    remove_opt_out(session, admin, "+33612345678")
    assert opted_out(session, ["+33612345678"]) == frozenset()


def test_what_is_no_mobile_number_is_refused(session: Session, admin: Viewer) -> None:
    with pytest.raises(InvalidInputError, match="06 12 34 56 78"):
        add_opt_out(session, admin, "01 42 68 53 00", NOW)


def test_nobody_but_administrators_changes_anything(session: Session) -> None:
    sofia = viewer_for(create_person(session, Role.SUPPORT))
    for act in (
        lambda: save_sms_rules(session, sofia, QuietHours(0, 0), texts_customers=True),
        lambda: save_sms_text(session, sofia, READY, "Prête", NOW),
        lambda: reset_sms_text(session, sofia, READY),
        lambda: add_opt_out(session, sofia, "0612345678", NOW),
        lambda: remove_opt_out(session, sofia, "+33612345678"),
        lambda: opt_outs(session, sofia),
    ):
        with pytest.raises(NotAllowedError):
            act()
