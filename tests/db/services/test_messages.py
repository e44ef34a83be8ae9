"""Messages and reminders: once per event, held, taken back, refused with a reason."""

import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM
from db.domain.errors import InvalidInputError, NotAllowedError
from db.domain.mail import EmailTemplate, OutboxState
from db.domain.moves import Move
from db.domain.orders import HistoryEvent, OrderStatus, PaymentState
from db.domain.permissions import Role
from db.models import Marketplace, Order, OutboxMessage
from db.services.messages import (
    AlreadyWaitingError,
    EmptyMessageError,
    NoAddressError,
    NothingToRemindError,
    RemindedLatelyError,
    plan_messages,
    plan_reminders,
    remind,
    write_to_customer,
    write_to_customers,
)
from db.services.moves import move_order
from db.services.undo import AlreadyUndoneError, MailLeftError, NotUndoableError, TooLateError, undo
from tests.conftest import NOW
from tests.db.services.test_moves import history_of, mails_of, someone, status_of
from tests.factories import create_order, create_seller

SOON = NOW + dt.timedelta(seconds=59)
LATER = NOW + dt.timedelta(minutes=61)


def unpaid(session: Session, **columns: object) -> Order:
    defaults = {"status": OrderStatus.AWAITING_PAYMENT, "payment_state": PaymentState.UNPAID}
    return create_order(session, **defaults | columns)


def refusals(done) -> list[type[Exception]]:
    return [type(each.error) for each in done.refused]


# Messages.


def test_a_message_is_held_for_the_undo_window_and_told_in_the_history(session: Session) -> None:
    session.add(Marketplace(id=1, name="Marché d’ici", undo_window_s=90))
    order, actor = create_order(session), someone(session)
    history_id = write_to_customer(session, actor, order.id, " Votre\ncommande ", "Bonjour,\r\n\r\nmerci. ", NOW)
    (mail,) = mails_of(session, order)
    assert (mail.state, mail.template, mail.recipient) == ("held", "message", order.customer_email)
    assert (mail.event, mail.history_id, mail.due_at) == (
        f"message:{history_id}",
        history_id,
        NOW + dt.timedelta(seconds=90),
    )
    said = {"subject": "Votre commande", "body": "Bonjour,\n\nmerci."}
    assert mail.variables == said
    (entry,) = history_of(session, order)
    assert (entry.id, entry.event, entry.actor_name) == (history_id, "message_sent", actor.name)
    assert entry.after == {"recipient": order.customer_email} | said


def test_the_variables_of_a_message_are_filled_in_for_each_order(session: Session) -> None:
    seller = create_seller(session, name="Maison du thé")
    orders = [
        create_order(session, seller, number=f"N-{n}", customer_name=name) for n, name in ((1, "Zoé"), (2, "A*b"))
    ]
    body = (
        "Bonjour {{ client }},\n{% if reste_a_payer %}Il reste {{ reste_a_payer }}.{% endif %}À bientôt, {{ vendeur }}"
    )
    done = write_to_customers(
        session, someone(session), [order.id for order in orders], "Commande {{ numero }}", body, NOW
    )
    assert (sorted(done.history_ids), done.refused, done.emails) == (sorted(order.id for order in orders), (), 2)
    assert [mails_of(session, order)[0].variables for order in orders] == [
        {"subject": "Commande N-1", "body": "Bonjour Zoé,\nÀ bientôt, Maison du thé"},
        {"subject": "Commande N-2", "body": "Bonjour A*b,\nÀ bientôt, Maison du thé"},
    ]


def test_what_a_customer_is_called_is_never_read_as_a_variable(session: Session) -> None:
    order = create_order(session, customer_name="{{ numero }} {% if %}")
    write_to_customer(session, someone(session), order.id, "Bonjour", "Bonjour {{ client }}", NOW)
    assert mails_of(session, order)[0].variables["body"] == "Bonjour {{ numero }} {% if %}"


def test_the_plan_of_a_message_is_what_the_act_does_and_writes_nothing(session: Session) -> None:
    actor, order, mute = someone(session), create_order(session), create_order(session, customer_email=" ")
    ids = [order.id, mute.id, 10**9]
    plan = plan_messages(session, actor, ids, "Objet", "Texte {{ numero }}")
    assert [(letter.order_id, letter.recipient) for letter in plan.letters] == [(order.id, order.customer_email)]
    assert history_of(session, order) == []
    done = write_to_customers(session, actor, ids, "Objet", "Texte {{ numero }}", NOW)
    assert set(done.history_ids) == {order.id}
    assert {(each.order_id, each.reason) for each in done.refused} == {
        (each.order_id, each.reason) for each in plan.refused
    }
    assert mails_of(session, order)[0].variables == plan.letters[0].variables


def test_a_customer_without_an_address_and_an_empty_message_are_refused_with_a_sentence(session: Session) -> None:
    actor, mute, order = someone(session), create_order(session, customer_email=""), create_order(session)
    with pytest.raises(NoAddressError, match="Aucune adresse e-mail"):
        write_to_customer(session, actor, mute.id, "Objet", "Texte", NOW)
    with pytest.raises(EmptyMessageError, match="serait vide"):
        write_to_customer(session, actor, order.id, "Objet", "{{ suivi_colis }}", NOW)


@pytest.mark.parametrize(
    ("subject", "body", "sentence"),
    [
        ("", "Texte", "un objet et un texte"),
        ("Objet", " \n ", "un objet et un texte"),
        ("o" * 151, "Texte", "150 caractères"),
        ("Objet", "t" * 5_001, "5000 caractères"),
        ("Objet", "Bonjour {{ clien }}", "« clien » n’existe pas"),
        ("Objet", "{{ 9 ** 9 }}", "calculs"),
        ("{{ bouton_suivi }}", "Texte", "boutons n’ont pas leur place"),
        ("Objet", "\x00", "illisibles"),
        ("Objet", "\ud800", "illisibles"),
    ],
)
def test_a_text_that_cannot_be_sent_is_refused(session: Session, subject: str, body: str, sentence: str) -> None:
    order = create_order(session)
    with pytest.raises(InvalidInputError, match=sentence):
        write_to_customer(session, someone(session), order.id, subject, body, NOW)
    assert mails_of(session, order) == []


def test_a_second_click_sends_nothing_and_another_text_does(session: Session) -> None:
    order, actor = create_order(session), someone(session)
    write_to_customer(session, actor, order.id, "Objet", "Texte", NOW)
    with pytest.raises(AlreadyWaitingError):
        write_to_customer(session, actor, order.id, "Objet", "Texte", NOW)
    write_to_customer(session, actor, order.id, "Objet", "Autre texte", NOW)
    session.execute(sa.update(OutboxMessage).values(state=OutboxState.SENT))
    write_to_customer(session, actor, order.id, "Objet", "Texte", LATER)
    assert len(mails_of(session, order)) == 3


@pytest.mark.parametrize("role", [Role.FINANCE, Role.MANAGER, Role.SELLER])
def test_only_those_who_may_write_to_customers_do(session: Session, role: Role) -> None:
    order = unpaid(session)
    actor = someone(session, role, **({"seller_id": order.seller_id} if role is Role.SELLER else {}))
    with pytest.raises(NotAllowedError):
        write_to_customer(session, actor, order.id, "Objet", "Texte", NOW)
    with pytest.raises(NotAllowedError):
        remind(session, actor, [order.id], NOW)
    with pytest.raises(NotAllowedError):
        plan_reminders(session, actor, [order.id], NOW)


# Taking back.


def test_a_message_taken_back_is_never_sent(session: Session) -> None:
    order, actor = create_order(session), someone(session)
    history_id = write_to_customer(session, actor, order.id, "Objet", "Texte", NOW)
    move_order(session, actor, order.id, Move(OrderStatus.PREPARING, notifies=False), NOW)
    undone = undo(session, actor, history_id, SOON)
    assert (undone.emails_dropped, undone.status) == (1, OrderStatus.PREPARING)
    assert [mail.state for mail in mails_of(session, order)] == ["cancelled"]
    back = history_of(session, order)[-1]
    assert (back.event, back.undoes_id, back.before, back.after) == ("undone", history_id, None, {"emails_dropped": 1})
    with pytest.raises(AlreadyUndoneError):
        undo(session, actor, history_id, SOON)


def test_a_message_that_left_or_is_too_old_stays_sent(session: Session) -> None:
    order, actor = create_order(session), someone(session)
    history_id = write_to_customer(session, actor, order.id, "Objet", "Texte", NOW)
    with pytest.raises(TooLateError):
        undo(session, actor, history_id, NOW + dt.timedelta(seconds=61))
    session.execute(sa.update(OutboxMessage).values(state=OutboxState.SENDING))
    with pytest.raises(MailLeftError):
        undo(session, actor, history_id, SOON)
    session.execute(sa.update(OutboxMessage).values(state=OutboxState.CANCELLED))
    with pytest.raises(NotUndoableError, match="rien à annuler"):
        undo(session, actor, history_id, SOON)


def test_a_message_does_not_keep_the_move_before_it_from_being_taken_back(session: Session) -> None:
    order, actor = create_order(session), someone(session)
    move = move_order(session, actor, order.id, Move(OrderStatus.PREPARING), NOW)
    message = write_to_customer(session, actor, order.id, "Objet", "Texte", NOW)
    undo(session, actor, message, SOON)
    undo(session, actor, move, SOON)
    assert status_of(session, order) is OrderStatus.PAID


# Reminders.


def test_unpaid_orders_are_reminded_and_others_say_why_not(session: Session) -> None:
    actor, order = someone(session), unpaid(session)
    part = unpaid(session, payment_state=PaymentState.PARTLY_PAID)
    paid, mute = create_order(session), unpaid(session, customer_email="")
    cancelled = unpaid(session, status=OrderStatus.CANCELLED)
    done = remind(session, actor, [order.id, part.id, paid.id, mute.id, cancelled.id], NOW)
    assert (set(done.history_ids), done.emails) == ({order.id, part.id}, 2)
    assert refusals(done) == [NothingToRemindError, NoAddressError, NothingToRemindError]
    assert "n’attend pas de paiement\u00a0: « Payée »" in done.refused[0].reason
    (mail,) = mails_of(session, order)
    assert (mail.event, mail.template, mail.state) == (
        f"payment_reminder:{order.id}:1",
        EmailTemplate.PAYMENT_REMINDER,
        "held",
    )
    assert [entry.event for entry in history_of(session, order)] == [HistoryEvent.REMINDED]


def test_an_order_is_reminded_again_after_an_hour_and_not_before(session: Session) -> None:
    order, actor = unpaid(session), someone(session)
    remind(session, actor, [order.id], NOW)
    assert refusals(remind(session, actor, [order.id], NOW + dt.timedelta(minutes=59))) == [RemindedLatelyError]
    assert remind(session, actor, [order.id], NOW + dt.timedelta(minutes=60)).emails == 1
    assert [mail.event[-2:] for mail in mails_of(session, order)] == [":1", ":2"]


def test_a_reminder_taken_back_does_not_count_as_one(session: Session) -> None:
    order, actor = unpaid(session), someone(session)
    undo(session, actor, remind(session, actor, [order.id], NOW).history_ids[order.id], SOON)
    assert remind(session, actor, [order.id], SOON).emails == 1
    assert [(mail.event[-2:], mail.state) for mail in mails_of(session, order)] == [(":1", "cancelled"), (":2", "held")]


def test_what_the_system_sends_is_not_held(session: Session) -> None:
    order = unpaid(session)
    remind(session, SYSTEM, [order.id], NOW)
    assert [(mail.state, mail.due_at) for mail in mails_of(session, order)] == [("queued", NOW)]
