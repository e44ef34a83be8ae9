"""An e-mail of the outbox as it was sent, or as it would be if it left now."""

import pytest
from sqlalchemy.orm import Session

from db.domain.errors import NotAllowedError, NotFoundError
from db.domain.mail import EmailTemplate, OutboxState, RecipientKind
from db.domain.permissions import Role
from db.domain.viewer import Viewer
from db.emails.reading import read_mail
from db.models import EmailTemplateVersion, MailEvent, Marketplace, OutboxMessage
from tests.conftest import NOW
from tests.factories import ADMIN, create_order, create_person


def add_mail(session: Session, **columns: object) -> OutboxMessage:
    order = create_order(session, number="N-1", customer_name="Zoé")
    mail = OutboxMessage(
        **{
            "order_id": order.id,
            "event": "test:1",
            "template": EmailTemplate.MESSAGE,
            "recipient_kind": RecipientKind.CUSTOMER,
            "recipient": "zoe@example.org",
            "variables": {"subject": "Un retard", "body": "Bonjour,\n\n<script>alert(1)</script>"},
            "state": OutboxState.HELD,
        }
        | columns
    )
    session.add(mail)
    session.flush()
    return mail


def test_what_left_is_read_as_it_was_sent(session: Session) -> None:
    session.add(Marketplace(id=1, name="Marché d’ici", sender_email="bonjour@example.org"))
    person = create_person(session, name="Sam")
    mail = add_mail(session, state=OutboxState.OPENED, subject="Sujet", html="<p>Fixé</p>", text="Fixé",
                    person_id=person.id, attachments=[{"ref": "f/1", "name": "Facture.pdf"}])  # fmt: skip
    for kind in ("delivered", "open"):
        session.add(MailEvent(provider_event_id=kind, outbox_id=mail.id, kind=kind, at=NOW))
    session.flush()
    read = read_mail(session, ADMIN, mail.id, NOW)
    assert (read.content.subject, read.content.html, read.content.text) == ("Sujet", "<p>Fixé</p>", "Fixé")
    assert (read.content.from_email, read.content.from_name, read.content.is_final) == (
        "bonjour@example.org",
        "Marché d’ici",
        True,
    )
    assert (read.order_number, read.person_name, read.enclosures[0].name) == ("N-1", "Sam", "Facture.pdf")
    assert [event.kind for event in read.events] == ["delivered", "open"]


def test_what_waits_is_rendered_as_it_would_leave_and_nothing_in_it_can_run(session: Session) -> None:
    read = read_mail(session, ADMIN, add_mail(session).id, NOW)
    assert (read.content.subject, read.content.is_final, read.content.error) == ("Un retard", False, "")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in read.content.html
    assert "<script>" not in read.content.html
    assert "<script>alert(1)</script>" in read.content.text


def test_opening_an_email_tells_nobody_else(session: Session) -> None:
    html = read_mail(session, ADMIN, add_mail(session).id, NOW).content.html
    assert "<link" not in html
    assert "@import" not in html


def test_what_cannot_be_rendered_says_why(session: Session) -> None:
    session.add(EmailTemplateVersion(template=EmailTemplate.MESSAGE, subject="{{ objet }}", body="{{ perdu }}"))
    read = read_mail(session, ADMIN, add_mail(session).id, NOW)
    assert (read.content.subject, read.content.html) == ("Un retard", "")
    assert "« perdu » n’existe pas" in read.content.error


def test_sellers_read_no_emails_and_unknown_ones_are_not_found(session: Session) -> None:
    mail = add_mail(session)
    with pytest.raises(NotAllowedError):
        read_mail(session, Viewer(1, "Théo", "t@example.org", Role.SELLER, 1), mail.id, NOW)
    with pytest.raises(NotFoundError):
        read_mail(session, ADMIN, 10**9, NOW)
