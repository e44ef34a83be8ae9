"""Taking an action back: everything as before, held e-mails dropped, both told in the history."""

import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM
from db.domain.errors import NotAllowedError
from db.domain.mail import OutboxState
from db.domain.moves import CancelReason, Move
from db.domain.orders import OrderStatus, PaymentMethod, PaymentRecordState, PaymentState
from db.domain.payments import Receipt
from db.domain.permissions import Role
from db.models import Order, OrderLine, OutboxMessage, Payment, Product, Shipment
from db.services.error_state import put_in_error, repair
from db.services.moves import move_order
from db.services.payments import record_payment
from db.services.undo import AlreadyUndoneError, MailLeftError, NotUndoableError, OvertakenError, TooLateError, undo
from tests.conftest import NOW
from tests.db.services.test_moves import history_of, mails_of, someone, status_of
from tests.factories import create_line, create_order, create_product, create_seller

S = OrderStatus
SOON = NOW + dt.timedelta(seconds=59)


def test_a_move_taken_back_drops_its_held_email_and_the_history_tells_both(session: Session) -> None:
    order, actor = create_order(session), someone(session)
    history_id = move_order(session, actor, order.id, Move(S.PREPARING), NOW)
    undone = undo(session, actor, history_id, SOON)
    assert (undone.status, undone.emails_dropped, status_of(session, order)) == (S.PAID, 1, S.PAID)
    assert [mail.state for mail in mails_of(session, order)] == [OutboxState.CANCELLED]
    move, back = history_of(session, order)
    assert (back.event, back.undoes_id, back.before["status"], back.after["status"]) == (
        "undone",
        move.id,
        "preparing",
        "paid",
    )
    with pytest.raises(AlreadyUndoneError):
        undo(session, actor, history_id, SOON)


def test_a_cancellation_taken_back_takes_the_stock_again_and_drops_the_refund(session: Session) -> None:
    product = create_product(session, seller := create_seller(session), stock=1)
    order = create_order(session, seller, lines=[create_line(quantity=2, product_id=product.id)])
    actor = someone(session)
    move = Move(S.CANCELLED, cancel_reason=CancelReason.DUPLICATE)
    undo(session, actor, move_order(session, actor, order.id, move, NOW), SOON)
    session.expire_all()
    assert session.get_one(Product, product.id).stock == 1
    assert session.scalars(sa.select(OrderLine.quantity_cancelled).where(OrderLine.order_id == order.id)).all() == [0]
    assert session.scalars(sa.select(Payment.state).where(Payment.order_id == order.id)).all() == [
        PaymentRecordState.CANCELLED
    ]


def test_a_shipment_taken_back_leaves_no_parcel(session: Session) -> None:
    order, actor = create_order(session), someone(session)
    undo(session, actor, move_order(session, actor, order.id, Move(S.SHIPPED), NOW), SOON)
    assert session.scalars(sa.select(Shipment).where(Shipment.order_id == order.id)).all() == []
    assert session.scalars(sa.select(OrderLine.quantity_shipped).where(OrderLine.order_id == order.id)).all() == [0]


def test_a_received_payment_taken_back_makes_the_order_wait_again(session: Session) -> None:
    order = create_order(session, status=S.AWAITING_PAYMENT, payment_state=PaymentState.UNPAID)
    actor = someone(session, Role.FINANCE)
    receipt = Receipt(dt.date(2026, 11, 21), 31_90, PaymentMethod.CHEQUE)
    undo(session, actor, record_payment(session, actor, order.id, 1, receipt, NOW).history_id, SOON)
    found = session.execute(sa.select(Order.status, Order.payment_state, Order.paid_cents).where(Order.id == order.id))
    assert found.one() == (S.AWAITING_PAYMENT, PaymentState.UNPAID, 0)


def test_too_late_is_too_late(session: Session) -> None:
    order, actor = create_order(session), someone(session)
    history_id = move_order(session, actor, order.id, Move(S.PREPARING), NOW)
    with pytest.raises(TooLateError):
        undo(session, actor, history_id, NOW + dt.timedelta(seconds=61))


def test_what_has_left_or_been_overtaken_stays(session: Session) -> None:
    actor = someone(session)
    sent, overtaken = create_order(session), create_order(session)
    history_id = move_order(session, actor, sent.id, Move(S.PREPARING), NOW)
    session.execute(sa.update(OutboxMessage).where(OutboxMessage.order_id == sent.id).values(state=OutboxState.SENDING))
    with pytest.raises(MailLeftError):
        undo(session, actor, history_id, SOON)
    first = move_order(session, actor, overtaken.id, Move(S.CONFIRMING), NOW)
    move_order(session, actor, overtaken.id, Move(S.PREPARING), NOW)
    with pytest.raises(OvertakenError):
        undo(session, actor, first, SOON)
    assert (status_of(session, sent), status_of(session, overtaken)) == (S.PREPARING, S.PREPARING)


def test_only_its_author_or_an_administrator_takes_an_action_back(session: Session) -> None:
    order, author = create_order(session), someone(session, Role.SUPPORT)
    history_id = move_order(session, author, order.id, Move(S.PREPARING), NOW)
    with pytest.raises(NotAllowedError):
        undo(session, someone(session, Role.SUPPORT), history_id, SOON)
    undo(session, someone(session, Role.ADMIN), history_id, SOON)


def test_what_the_system_did_is_not_taken_back_by_anybody(session: Session) -> None:
    order = create_order(session)
    with pytest.raises(NotUndoableError):
        undo(session, someone(session), move_order(session, SYSTEM, order.id, Move(S.PREPARING), NOW), SOON)


def test_two_lines_of_one_product_are_both_taken_out_of_stock_again(session: Session) -> None:
    product = create_product(session, seller := create_seller(session), stock=1)
    lines = [create_line(quantity=units, product_id=product.id) for units in (2, 3)]
    order = create_order(session, seller, lines=lines)
    actor, move = someone(session), Move(S.CANCELLED, cancel_reason=CancelReason.DUPLICATE)
    undo(session, actor, move_order(session, actor, order.id, move, NOW), SOON)
    session.expire_all()
    assert session.get_one(Product, product.id).stock == 1


def test_a_repair_taken_back_can_be_made_again(session: Session) -> None:
    order, admin = create_order(session), someone(session)
    put_in_error(session, SYSTEM, order.id, "Paiement incohérent", NOW)
    undo(session, admin, repair(session, admin, order.id, 2, "Vérifié", NOW), SOON)
    assert status_of(session, order) == S.ERROR
    repair(session, admin, order.id, 4, "Vérifié", SOON)
    assert status_of(session, order) == S.PAID


def test_a_cancellation_drops_what_earlier_moves_would_still_tell_and_its_undo_holds_it_again(session: Session) -> None:
    order, actor = create_order(session), someone(session)
    move_order(session, actor, order.id, Move(S.PREPARING), NOW)
    cancelled_at = NOW + dt.timedelta(seconds=30)
    move = Move(S.CANCELLED, cancel_reason=CancelReason.CUSTOMER_REQUEST)
    history_id = move_order(session, actor, order.id, move, cancelled_at)
    assert [mail.state for mail in mails_of(session, order)] == [OutboxState.CANCELLED]
    undo(session, actor, history_id, SOON)
    session.expire_all()
    (mail,) = mails_of(session, order)
    assert (mail.state, (mail.due_at - SOON).total_seconds()) == (OutboxState.HELD, 60)
