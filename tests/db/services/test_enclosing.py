"""E-mails and their documents: attached when ready, waited for in reason, and the text tells what is so."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM, Actor
from db.domain.credit import CreditRequest
from db.domain.documents import DocumentKind
from db.domain.files import FileState
from db.domain.mail import EmailTemplate, OutboxState
from db.domain.permissions import Role
from db.emails.reading import read_mail
from db.emails.rendering import render_batch
from db.emails.types import OutgoingEmail
from db.models import DueDocument, Order, OutboxMessage, StoredFile
from db.services.documents.due import Owed, owe, tell_of_credit_note
from db.services.documents.issue import issue_credit_note, issue_invoice
from db.services.order_facts import load_facts
from db.services.outbox import address_book, letters_for, queue
from db.services.outbox_claims import Claim, claim_due, is_anything_due
from db.services.resend import resend
from tests.conftest import NOW
from tests.db.services.documents.test_issue import tea_order
from tests.factories import create_issuer, create_person, viewer_for

MINUTE = dt.timedelta(minutes=1)
JOINED = "Votre facture F2026-THE-000001 est jointe à cet e-mail."


def tell_of_payment(session: Session, order: Order) -> None:
    facts = load_facts(session, SYSTEM, [order.id])[order.id]
    letters = letters_for(facts, EmailTemplate.PAYMENT_RECEIVED, address_book(session, [order.seller_id]), {})
    queue(session, SYSTEM, [replace(letter, event="move:1") for letter in letters], NOW)


def claim(session: Session, now: dt.datetime = NOW, limit: int = 8) -> list[OutgoingEmail]:
    session.expire_all()
    return claim_due(session, Claim("me", "essai", limit, now + 2 * MINUTE), render_batch, now)


def make_file(session: Session, document_id: int, **columns: object) -> None:
    """What the worker writes once a document's file is stored."""
    made = {"state": FileState.READY, "ref": f"document/{document_id}", "sha256": "ab" * 32, "name": "F.pdf"}
    session.execute(sa.update(StoredFile).where(StoredFile.document_id == document_id).values(made | columns))


def only_mail(session: Session) -> OutboxMessage:
    session.expire_all()
    return session.scalars(sa.select(OutboxMessage)).one()


def kept(session: Session) -> Mapping[str, str]:
    (each,) = only_mail(session).attachments or ()
    return each


def test_the_invoice_goes_with_the_email_that_tells_of_the_payment(session: Session) -> None:
    order = tea_order(session)
    issued = issue_invoice(session, SYSTEM, order.id, NOW)
    make_file(session, issued.document_id)
    tell_of_payment(session, order)

    (email,) = claim(session)

    (attached,) = email.attachments
    assert (attached.ref, attached.name, attached.sha256) == (f"document/{issued.document_id}", "F.pdf", "ab" * 32)
    assert JOINED in email.content.text
    assert kept(session)["number"] == "F2026-THE-000001"


def test_an_email_waits_for_the_invoice_that_is_owed_and_then_for_its_file(session: Session) -> None:
    order = tea_order(session)
    owe(session, SYSTEM, [Owed(order.id, DocumentKind.INVOICE)], NOW)
    tell_of_payment(session, order)

    assert claim(session) == []
    assert not is_anything_due(session, NOW)
    mail = only_mail(session)
    assert (mail.state, mail.attempts, mail.due_at) == (OutboxState.QUEUED, 0, NOW + dt.timedelta(seconds=5))

    session.execute(sa.delete(DueDocument))
    issued = issue_invoice(session, SYSTEM, order.id, NOW)
    assert claim(session, mail.due_at) == []
    make_file(session, issued.document_id)
    (email,) = claim(session, NOW + MINUTE)
    assert (JOINED in email.content.text, email.attempt, len(email.attachments)) == (True, 1, 1)


def test_after_a_quarter_of_an_hour_it_leaves_without(session: Session) -> None:
    order = tea_order(session)
    issue_invoice(session, SYSTEM, order.id, NOW)
    tell_of_payment(session, order)
    assert claim(session) == []
    assert claim(session, NOW + 14 * MINUTE) == []

    (email,) = claim(session, NOW + 16 * MINUTE)

    assert (email.attachments, "facture" in email.content.text) == ((), False)
    assert kept(session) == {"invoice": "current", "missing": "not_ready"}


@pytest.mark.parametrize("columns", [{"is_flagged": True}, {"state": FileState.DAMAGED}, {"state": FileState.FAILED}])
def test_a_document_that_is_not_fit_is_not_sent(session: Session, columns: dict[str, object]) -> None:
    order = tea_order(session)
    make_file(session, issue_invoice(session, SYSTEM, order.id, NOW).document_id, **columns)
    tell_of_payment(session, order)

    (email,) = claim(session)

    assert (email.attachments, "facture" in email.content.text) == ((), False)
    assert kept(session)["missing"] == "not_fit"


def test_an_order_without_an_invoice_keeps_its_email_no_second(session: Session) -> None:
    tell_of_payment(session, tea_order(session))
    (email,) = claim(session)
    assert (email.attachments, kept(session)["missing"]) == ((), "no_invoice")


def test_nobody_waits_for_an_invoice_that_cannot_be_issued(session: Session) -> None:
    order = tea_order(session)
    owe(session, SYSTEM, [Owed(order.id, DocumentKind.INVOICE)], NOW)
    session.execute(sa.update(DueDocument).values(error="Fiche incomplète", due_at=NOW + 60 * MINUTE))
    tell_of_payment(session, order)
    (email,) = claim(session)
    assert (email.attachments, kept(session)["missing"]) == ((), "not_ready")


def test_the_second_invoice_counts_once_the_first_is_credited(session: Session) -> None:
    order = tea_order(session)
    first = issue_invoice(session, SYSTEM, order.id, NOW)
    issue_credit_note(session, SYSTEM, first.document_id, CreditRequest(whole=True), "Erreur d’adresse", NOW)
    second = issue_invoice(session, SYSTEM, order.id, NOW)
    make_file(session, first.document_id)
    make_file(session, second.document_id)
    tell_of_payment(session, order)
    (email,) = claim(session)
    assert "F2026-THE-000002" in email.content.text


def test_a_credit_note_goes_with_its_email(session: Session) -> None:
    order = tea_order(session)
    invoice = issue_invoice(session, SYSTEM, order.id, NOW)
    issued = issue_credit_note(session, SYSTEM, invoice.document_id, CreditRequest(units={1: 1}), "Abîmé", NOW)
    facts = load_facts(session, SYSTEM, [order.id])[order.id]
    assert tell_of_credit_note(session, SYSTEM, facts, issued, NOW) == 1
    assert claim(session) == []
    make_file(session, issued.document_id, name="AV.pdf")

    (email,) = claim(session, NOW + MINUTE)

    assert [each.name for each in email.attachments] == ["AV.pdf"]
    assert "Il est joint à cet e-mail." in email.content.text
    # 25,00 for two: one is 12,50.
    assert "12,50\u00a0€" in email.content.text


def test_what_is_sent_again_holds_the_same_document(session: Session) -> None:
    order = tea_order(session)
    issued = issue_invoice(session, SYSTEM, order.id, NOW)
    make_file(session, issued.document_id)
    tell_of_payment(session, order)
    claim(session)
    session.execute(sa.update(OutboxMessage).values(state=OutboxState.DELIVERED))
    resend(session, Actor.person(viewer_for(create_person(session, Role.SUPPORT))), only_mail(session).id, NOW)

    (email,) = claim(session, NOW + 2 * MINUTE)

    assert [each.ref for each in email.attachments] == [f"document/{issued.document_id}"]
    assert JOINED in email.content.text


def test_an_email_that_has_not_left_is_read_with_what_would_go_with_it(session: Session) -> None:
    order = tea_order(session)
    issued = issue_invoice(session, SYSTEM, order.id, NOW)
    tell_of_payment(session, order)
    viewer = viewer_for(create_person(session, Role.ADMIN))
    mail_id = only_mail(session).id
    assert read_mail(session, viewer, mail_id, NOW).enclosures[0].waits_since
    make_file(session, issued.document_id)
    session.expire_all()
    read = read_mail(session, viewer, mail_id, NOW)
    assert (read.enclosures[0].number, JOINED in read.content.text) == ("F2026-THE-000001", True)
    assert kept(session) == {"invoice": "current"}


def test_a_crowd_that_waits_keeps_no_other_back_and_asks_little(session: Session) -> None:
    seller = create_issuer(session, code="THE")
    waiting = [tea_order(session, seller) for _ in range(30)]
    owe(session, SYSTEM, [Owed(order.id, DocumentKind.INVOICE) for order in waiting], NOW)
    for order in waiting:
        tell_of_payment(session, order)
    ready = tea_order(session, seller)
    tell_of_payment(session, ready)
    asked: list[str] = []

    def listen(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if "due_documents" in statement or "documents" in statement:
            asked.append(statement)

    connection = session.connection()
    sa.event.listen(connection, "before_cursor_execute", listen)
    (email,) = claim(session, limit=4)
    sa.event.remove(connection, "before_cursor_execute", listen)

    # 4, then 16, then the 11 that are left: three looks of two statements; nothing is issued, so no file is asked for.
    assert (email.recipient, len(asked)) == (ready.customer_email, 6)
    waits = sa.select(sa.func.count()).where(OutboxMessage.due_at > NOW, OutboxMessage.attempts == 0)
    assert session.scalar(waits) == 30
