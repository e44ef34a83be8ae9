"""Sending an invoice or a credit note by hand: attached, held, as often as it takes, and never one with a fault."""

import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM, Actor
from db.domain.credit import CreditRequest
from db.domain.documents import DocumentNotFoundError
from db.domain.errors import InvalidInputError, NotAllowedError
from db.domain.files import FileState
from db.domain.mail import OutboxState
from db.domain.permissions import Role
from db.models import OrderHistory, OutboxMessage, StoredFile
from db.services.documents.issue import issue_credit_note, issue_invoice
from db.services.documents.sending import NotSentError, plan_sending, send_document
from db.services.messages import AlreadyWaitingError, NoAddressError
from db.services.undo import undo
from tests.conftest import NOW
from tests.db.services.documents.test_issue import tea_order
from tests.db.services.test_enclosing import claim, make_file
from tests.factories import create_person, viewer_for

LATER = NOW + dt.timedelta(minutes=2)


def person(session: Session, role: Role = Role.FINANCE) -> Actor:
    return Actor.person(viewer_for(create_person(session, role)))


def mails(session: Session) -> list[OutboxMessage]:
    session.expire_all()
    return list(session.scalars(sa.select(OutboxMessage).order_by(OutboxMessage.id)))


def test_an_invoice_is_sent_with_its_file_and_its_words(session: Session) -> None:
    order = tea_order(session)
    issued = issue_invoice(session, SYSTEM, order.id, NOW)
    make_file(session, issued.document_id)

    history_id = send_document(session, person(session), issued.document_id, NOW)

    (held,) = mails(session)
    assert (held.state, held.recipient, held.history_id) == (OutboxState.HELD, order.customer_email, history_id)
    entry = session.get_one(OrderHistory, history_id)
    assert entry.after == {
        "document_id": issued.document_id,
        "number": "F2026-THE-000001",
        "template": "invoice",
        "recipient": order.customer_email,
    }
    (email,) = claim(session, LATER)
    assert [each.ref for each in email.attachments] == [f"document/{issued.document_id}"]
    assert email.content.subject.endswith(f"Votre facture F2026-THE-000001 pour la commande {order.number}")
    # The order of the example: 25,00 + 31,41 + 4,90.
    assert "jointe à cet e-mail, la facture F2026-THE-000001 d’un montant de 61,31\u00a0€" in email.content.text


def test_it_is_sent_again_and_again_but_not_by_a_second_click(session: Session) -> None:
    issued = issue_invoice(session, SYSTEM, tea_order(session).id, NOW)
    make_file(session, issued.document_id)
    actor = person(session)
    for _ in range(3):
        send_document(session, actor, issued.document_id, NOW)
        with pytest.raises(AlreadyWaitingError):
            send_document(session, actor, issued.document_id, NOW)
        assert len(claim(session, LATER)) == 1
        session.execute(sa.update(OutboxMessage).values(state=OutboxState.DELIVERED))
    assert len(mails(session)) == 3


def test_two_documents_wait_side_by_side(session: Session) -> None:
    invoice = issue_invoice(session, SYSTEM, tea_order(session).id, NOW)
    actor = person(session)
    for units in ({1: 1}, {2: 1}):
        note = issue_credit_note(session, SYSTEM, invoice.document_id, CreditRequest(units=units), "Abîmé", NOW)
        send_document(session, actor, note.document_id, NOW)
    # 25,00 for two: 12,50 for one; the teapot is 31,41.
    assert [mail.variables["amount_cents"] for mail in mails(session)] == [12_50, 31_41]


def test_sending_is_taken_back_while_it_is_held(session: Session) -> None:
    issued = issue_invoice(session, SYSTEM, tea_order(session).id, NOW)
    actor = person(session)
    undo(session, actor, send_document(session, actor, issued.document_id, NOW), NOW)
    assert [mail.state for mail in mails(session)] == [OutboxState.CANCELLED]


def test_another_address_is_for_this_once(session: Session) -> None:
    order = tea_order(session)
    issued = issue_invoice(session, SYSTEM, order.id, NOW)
    actor = person(session, Role.SUPPORT)
    assert plan_sending(session, actor, issued.document_id).recipient == order.customer_email
    send_document(session, actor, issued.document_id, NOW, " compta@mairie.example ")
    assert [mail.recipient for mail in mails(session)] == ["compta@mairie.example"]
    with pytest.raises(InvalidInputError):
        send_document(session, actor, issued.document_id, NOW, "compta")


@pytest.mark.parametrize("columns", [{"is_flagged": True}, {"state": FileState.DAMAGED}, {"state": FileState.FAILED}])
def test_a_document_with_a_fault_is_sent_to_nobody(session: Session, columns: dict[str, object]) -> None:
    issued = issue_invoice(session, SYSTEM, tea_order(session).id, NOW)
    session.execute(sa.update(StoredFile).values(columns))
    with pytest.raises(NotSentError, match="La facture F2026-THE-000001 doit d’abord être vérifiée"):
        send_document(session, person(session), issued.document_id, NOW)


def test_who_may_neither_write_nor_issue_sends_nothing(session: Session) -> None:
    order = tea_order(session, customer_email="")
    issued = issue_invoice(session, SYSTEM, order.id, NOW)
    seller = Actor.person(viewer_for(create_person(session, Role.SELLER, seller_id=order.seller_id)))
    for actor in (person(session, Role.MANAGER), seller):
        with pytest.raises(NotAllowedError):
            send_document(session, actor, issued.document_id, NOW)
    with pytest.raises(NoAddressError):
        send_document(session, person(session), issued.document_id, NOW)
    with pytest.raises(DocumentNotFoundError):
        send_document(session, person(session), issued.document_id + 1, NOW)
