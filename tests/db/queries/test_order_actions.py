"""What « Annuler » would take back: the very things that the service takes back."""

import datetime as dt

import pytest
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.mail import OutboxState
from db.domain.moves import Move
from db.domain.orders import HistoryEvent, OrderStatus, PaymentMethod, PaymentState
from db.domain.payments import Receipt
from db.models import Order
from db.queries.order_actions import Undoable, last_undoable
from db.queries.order_page import order_page
from db.services.messages import write_to_customer
from db.services.moves import move_order
from db.services.notes import add_note
from db.services.payments import record_payment
from db.services.undo import undo
from tests.conftest import NOW
from tests.db.services.test_moves import mails_of, someone
from tests.factories import create_order

S = OrderStatus
SOON = NOW + dt.timedelta(seconds=59)


def offered(session: Session, actor: Actor, order: Order, now: dt.datetime = SOON) -> Undoable | None:
    assert actor.viewer is not None
    return last_undoable(order_page(session, actor.viewer, order.number), actor.viewer, now)


def test_ones_own_move_is_offered_until_the_window_closes(session: Session) -> None:
    order, actor = create_order(session), someone(session)
    history_id = move_order(session, actor, order.id, Move(S.PREPARING), NOW)
    found = offered(session, actor, order)
    assert found is not None
    assert (found.entry.id, found.until) == (history_id, NOW + dt.timedelta(seconds=60))
    undo(session, actor, found.entry.id, SOON)
    assert offered(session, actor, order) is None


def test_neither_too_late_nor_somebody_elses(session: Session) -> None:
    order, actor = create_order(session), someone(session)
    move_order(session, actor, order.id, Move(S.PREPARING), NOW)
    assert offered(session, actor, order, NOW + dt.timedelta(seconds=61)) is None
    assert offered(session, someone(session), order) is None


def test_nothing_once_the_email_has_left(session: Session) -> None:
    order, actor = create_order(session), someone(session)
    move_order(session, actor, order.id, Move(S.PREPARING), NOW)
    mails_of(session, order)[0].state = OutboxState.SENDING
    session.flush()
    assert offered(session, actor, order) is None


def test_a_note_does_not_stand_in_the_way_and_another_move_does(session: Session) -> None:
    order, actor, other = create_order(session), someone(session), someone(session)
    history_id = move_order(session, actor, order.id, Move(S.PREPARING), NOW)
    add_note(session, other, order.id, "Vu", NOW)
    found = offered(session, actor, order)
    assert found is not None
    assert found.entry.id == history_id
    move_order(session, other, order.id, Move(S.READY), NOW)
    assert offered(session, actor, order) is None


def test_a_payment_and_the_move_it_made_are_taken_back_together(session: Session) -> None:
    order = create_order(session, status=S.AWAITING_PAYMENT, payment_state=PaymentState.UNPAID)
    actor = someone(session)
    receipt = Receipt(dt.date(2026, 11, 21), 31_90, PaymentMethod.CHEQUE)
    done = record_payment(session, actor, order.id, 1, receipt, NOW)
    found = offered(session, actor, order)
    assert found is not None
    assert (found.entry.id, found.entry.event) == (done.history_id, HistoryEvent.STATUS_CHANGED)


def test_a_message_is_offered_before_the_move_it_followed_and_the_move_after_it(session: Session) -> None:
    order, actor = create_order(session), someone(session)
    moved = move_order(session, actor, order.id, Move(S.PREPARING), NOW)
    written = write_to_customer(session, actor, order.id, "Votre commande", "Bonjour", NOW)
    first = offered(session, actor, order)
    assert first is not None
    assert first.entry.id == written
    undo(session, actor, written, SOON)
    second = offered(session, actor, order)
    assert second is not None
    assert second.entry.id == moved


@pytest.mark.parametrize("note", ["", "Vu"])
def test_an_order_where_one_did_nothing_offers_nothing(session: Session, note: str) -> None:
    order, actor = create_order(session), someone(session)
    if note:
        add_note(session, actor, order.id, note, NOW)
    assert offered(session, actor, order) is None
