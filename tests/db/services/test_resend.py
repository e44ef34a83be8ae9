"""Sending an e-mail once more: a new row under a key of its own, and the old trouble is over."""

import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM
from db.domain.errors import InvalidInputError, NotAllowedError, NotFoundError, OrderNotFoundError
from db.domain.mail import EmailTemplate, OutboxState, RecipientKind
from db.domain.permissions import Role
from db.models import Order, OutboxMessage
from db.services.messages import AlreadyWaitingError, NoAddressError
from db.services.outbox import Letter, queue
from db.services.resend import NotResendableError, resend, resend_confirmation
from db.services.undo import undo
from tests.conftest import NOW
from tests.db.services.test_moves import history_of, mails_of, someone
from tests.factories import create_order

LATER = NOW + dt.timedelta(hours=2)


def past_mail(session: Session, order: Order, state: OutboxState = OutboxState.DELIVERED) -> int:
    letter = Letter(
        order.id,
        EmailTemplate.ORDER_SHIPPED,
        RecipientKind.CUSTOMER,
        order.customer_email,
        order.customer_name,
        {"status": "shipped", "tracking_url": "https://suivi.example/1"},
        event="move:1",
        attachments=[{"ref": "factures/1.pdf", "name": "Facture.pdf"}],
    )
    queue(session, SYSTEM, [letter], NOW)
    session.execute(sa.update(OutboxMessage).values(state=state))
    return mails_of(session, order)[0].id


def test_a_past_email_leaves_once_more_with_the_same_template_and_variables(session: Session) -> None:
    order, actor = create_order(session), someone(session)
    first_id = past_mail(session, order)
    history_id = resend(session, actor, first_id, LATER)
    first, again = mails_of(session, order)
    assert (again.event, again.history_id, again.state) == (f"resend:{history_id}", history_id, "held")
    for name in ("template", "recipient", "recipient_kind", "recipient_name", "variables", "attachments"):
        assert getattr(again, name) == getattr(first, name), name
    assert first.state == "delivered"
    (entry,) = history_of(session, order)
    assert (entry.event, entry.after) == (
        "email_resent",
        {"template": "order_shipped", "recipient": order.customer_email, "outbox_id": first_id},
    )


def test_a_second_click_sends_it_once(session: Session) -> None:
    order, actor = create_order(session), someone(session)
    mail = past_mail(session, order)
    resend(session, actor, mail, LATER)
    with pytest.raises(AlreadyWaitingError):
        resend(session, actor, mail, LATER)
    assert len(mails_of(session, order)) == 2


def test_a_corrected_address_settles_the_email_that_bounced(session: Session) -> None:
    order, actor = create_order(session), someone(session)
    resend(session, actor, past_mail(session, order, OutboxState.BOUNCED), LATER, to=" Nouvelle@Example.org ")
    first, again = mails_of(session, order)
    assert (first.state, first.due_at, again.recipient) == ("cancelled", LATER, "nouvelle@example.org")
    with pytest.raises(InvalidInputError, match="adresse e-mail complète"):
        resend(session, actor, first.id, LATER, to="nulle part")


@pytest.mark.parametrize("state", [OutboxState.HELD, OutboxState.QUEUED, OutboxState.SENDING])
def test_what_has_not_left_is_not_sent_again(session: Session, state: OutboxState) -> None:
    order = create_order(session)
    with pytest.raises(NotResendableError, match="pas encore parti"):
        resend(session, someone(session), past_mail(session, order, state), LATER)


def test_what_is_about_no_order_or_is_not_there_is_not_sent_again(session: Session) -> None:
    message = OutboxMessage(
        event="test:1", template=EmailTemplate.ORDER_READY, recipient_kind=RecipientKind.CUSTOMER,
        recipient="a@example.org", state=OutboxState.SENT,
    )  # fmt: skip
    session.add(message)
    session.flush()
    with pytest.raises(NotResendableError, match="d’une commande"):
        resend(session, someone(session), message.id, LATER)
    with pytest.raises(NotFoundError):
        resend(session, someone(session), 10**9, LATER)


def test_only_those_who_may_write_to_customers_send_again(session: Session) -> None:
    order = create_order(session)
    mail = past_mail(session, order)
    for role in (Role.FINANCE, Role.MANAGER):
        with pytest.raises(NotAllowedError):
            resend(session, someone(session, role), mail, LATER)
        with pytest.raises(NotAllowedError):
            resend_confirmation(session, someone(session, role), order.id, LATER)


def test_a_resending_can_be_taken_back(session: Session) -> None:
    order, actor = create_order(session), someone(session)
    undo(session, actor, resend(session, actor, past_mail(session, order), LATER), LATER)
    assert [mail.state for mail in mails_of(session, order)] == ["delivered", "cancelled"]


def test_the_confirmation_is_sent_again_even_if_it_never_was(session: Session) -> None:
    order, actor = create_order(session), someone(session)
    history_id = resend_confirmation(session, actor, order.id, NOW)
    (mail,) = mails_of(session, order)
    assert (mail.template, mail.event, mail.recipient) == (
        "order_confirmation",
        f"resend:{history_id}",
        order.customer_email,
    )
    with pytest.raises(AlreadyWaitingError):
        resend_confirmation(session, actor, order.id, NOW)
    with pytest.raises(NoAddressError):
        resend_confirmation(session, actor, create_order(session, customer_email="").id, NOW)
    with pytest.raises(OrderNotFoundError):
        resend_confirmation(session, actor, 10**9, NOW)
