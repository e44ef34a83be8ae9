"""What was paid by voucher comes back as one: once, by the worker or by hand, whoever is quicker."""

import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM
from db.domain.mail import OutboxState
from db.domain.moves import CancelReason, Move
from db.domain.orders import HistoryEvent, OrderStatus, PaymentKind, PaymentMethod, PaymentRecordState
from db.domain.permissions import Role
from db.domain.refunds import GivenAsVoucherError, RefundNotThereError
from db.engine import transaction
from db.models import Order, OrderHistory, OutboxMessage, Payment, Voucher
from db.services.moves import move_order
from db.services.payments import recount_payments
from db.services.refunds import do_again, mark_done, mark_refused, mark_sent, set_means
from db.services.undo import undo
from db.services.voucher_cancelling import cancel_voucher
from db.services.voucher_refunds import give_due_voucher, is_any_voucher_due
from tests.conftest import NOW
from tests.db.services.test_moves import someone
from tests.db.services.test_two_at_once import at_once
from tests.factories import create_customer, create_order

TODAY = dt.date(2026, 11, 21)
#: One minute is the undo window.
LATER = NOW + dt.timedelta(minutes=2)
S = PaymentRecordState
M = PaymentMethod


def cancelled_order(session: Session, by_voucher: int = 31_90, by_card: int = 0) -> tuple[Order, int]:
    """Cancel an order of 31,90 that was paid so; return it, and the history row of the cancellation."""
    order = create_order(session, customer=create_customer(session), status=OrderStatus.PAID)
    for method, cents in ((M.VOUCHER, by_voucher), (M.CARD, by_card)):
        if cents:
            session.add(Payment(order_id=order.id, method=method, state=S.CAPTURED, amount_cents=cents, booked_at=NOW))
    session.flush()
    recount_payments(session, [order.id], NOW)
    move = Move(OrderStatus.CANCELLED, cancel_reason=CancelReason.CUSTOMER_REQUEST)
    history_id = move_order(session, someone(session, Role.ADMIN), order.id, move, NOW)
    session.expire_all()
    return order, history_id


def refunds_of(session: Session, order: Order) -> list[Payment]:
    session.expire_all()
    refunds = sa.select(Payment).where(Payment.order_id == order.id, Payment.kind == PaymentKind.REFUND)
    return list(session.scalars(refunds.order_by(Payment.id)))


def test_a_cancelled_order_paid_by_voucher_gives_another_one_once_it_cannot_be_taken_back(session: Session) -> None:
    order, _ = cancelled_order(session)
    assert not is_any_voucher_due(session, NOW)
    assert not give_due_voucher(session, NOW)
    assert is_any_voucher_due(session, LATER)
    assert give_due_voucher(session, LATER)
    assert not give_due_voucher(session, LATER)

    voucher, (refund,) = session.scalars(sa.select(Voucher)).one(), refunds_of(session, order)
    assert (voucher.amount_cents, voucher.order_id, voucher.customer_id) == (31_90, order.id, order.customer_id)
    assert (refund.state, refund.voucher_id, refund.reference) == (S.CAPTURED, voucher.id, voucher.code[-4:])
    assert order.refunded_cents == 31_90
    mails = sa.select(OutboxMessage.template).where(OutboxMessage.order_id == order.id).order_by(OutboxMessage.id)
    assert session.scalars(mails).all()[-1:] == ["voucher"]
    told = sa.select(OrderHistory.event).where(OrderHistory.order_id == order.id).order_by(OrderHistory.id)
    assert session.scalars(told).all()[-2:] == [HistoryEvent.VOUCHER_GIVEN, HistoryEvent.REFUND_MOVED]


def test_taken_back_in_time_no_voucher_is_given(session: Session) -> None:
    order, history_id = cancelled_order(session)
    undo(session, SYSTEM, history_id, NOW)
    assert not give_due_voucher(session, LATER)
    assert [refund.state for refund in refunds_of(session, order)] == [S.CANCELLED]


def test_of_an_order_paid_both_ways_only_what_a_voucher_paid_comes_back_as_one(session: Session) -> None:
    order, _ = cancelled_order(session, by_voucher=11_90, by_card=20_00)
    assert give_due_voucher(session, LATER)
    assert not give_due_voucher(session, LATER)
    assert [(each.method, each.state, each.amount_cents) for each in refunds_of(session, order)] == [
        (M.CARD, S.PENDING, 20_00),
        (M.VOUCHER, S.CAPTURED, 11_90),
    ]
    assert session.scalars(sa.select(Voucher.amount_cents)).all() == [11_90]


def test_finance_gives_it_at_once_and_a_second_click_gives_nothing(session: Session) -> None:
    order, _ = cancelled_order(session)
    (refund,), fay = refunds_of(session, order), someone(session, Role.FINANCE)
    moved = mark_done(session, fay, [refund.id], "", TODAY, NOW, notifies=False)
    assert (list(moved.history_ids), moved.emails) == ([refund.id], 0)
    again = mark_done(session, fay, [refund.id], "", TODAY, NOW)
    assert isinstance(again.refused[0].error, RefundNotThereError)
    assert not give_due_voucher(session, LATER)
    assert session.scalars(sa.select(Voucher.person_name)).all() == [fay.name]
    assert "voucher" not in session.scalars(sa.select(OutboxMessage.template)).all()


def test_more_than_a_gift_may_be_is_given_back_in_full(session: Session) -> None:
    order = create_order(session, total_cents=2_000_00)
    refund = Payment(
        order_id=order.id, kind=PaymentKind.REFUND, method=M.VOUCHER, amount_cents=2_000_00, created_at=NOW
    )
    session.add(refund)
    session.flush()
    assert give_due_voucher(session, LATER)
    assert session.scalars(sa.select(Voucher.amount_cents)).all() == [2_000_00]


def test_it_is_given_in_money_where_finance_says_so_and_then_never_as_a_voucher(session: Session) -> None:
    order, _ = cancelled_order(session)
    (refund,), fay = refunds_of(session, order), someone(session, Role.FINANCE)
    set_means(session, fay, refund.id, M.TRANSFER, "", NOW)
    assert not give_due_voucher(session, LATER)
    with pytest.raises(Exception, match="Choisissez comment"):
        set_means(session, fay, refund.id, M.VOUCHER, "", NOW)
    assert mark_done(session, fay, [refund.id], "VIR 1", TODAY, NOW).history_ids
    assert session.scalars(sa.select(Voucher.id)).all() == []


def test_a_voucher_is_neither_handed_over_nor_refused_and_the_sentence_says_what_to_do(session: Session) -> None:
    order, _ = cancelled_order(session)
    (refund,), fay = refunds_of(session, order), someone(session, Role.FINANCE)
    for moved in (
        mark_sent(session, fay, [refund.id], NOW),
        mark_refused(session, fay, [refund.id], "non", NOW),
    ):
        assert isinstance(moved.refused[0].error, GivenAsVoucherError)
        assert "donnez-le" in str(moved.refused[0].error)
    assert isinstance(do_again(session, fay, [refund.id], NOW).refused[0].error, RefundNotThereError)


def test_a_given_voucher_that_is_cancelled_is_owed_by_transfer_for_no_card_paid_it(session: Session) -> None:
    order, _ = cancelled_order(session)
    give_due_voucher(session, LATER)
    voucher = session.scalars(sa.select(Voucher)).one()
    plan = cancel_voucher(session, SYSTEM, voucher.id, voucher.version, "Le client préfère l’argent", LATER)
    assert (plan.refunds, plan.unpaid_cents) == (((M.TRANSFER, 31_90),), 31_90)
    assert [(each.method, each.state) for each in refunds_of(session, order)] == [
        (M.VOUCHER, S.CANCELLED),
        (M.TRANSFER, S.PENDING),
    ]
    # Its e-mail had not left: it never brings a code that is worth nothing.
    waiting = sa.select(OutboxMessage.state).where(OutboxMessage.template == "voucher")
    assert session.scalars(waiting).all() == [OutboxState.CANCELLED]


@pytest.mark.parametrize("attempt", range(3))
def test_two_workers_and_finance_at_once_give_one_voucher(engine: sa.Engine, attempt: int) -> None:
    with transaction(engine) as session:
        order, _ = cancelled_order(session)
        (refund,), fay = refunds_of(session, order), someone(session, Role.FINANCE)
        order_id, refund_id = order.id, refund.id
    refusals = at_once(
        engine,
        lambda session: give_due_voucher(session, LATER),
        lambda session: give_due_voucher(session, LATER),
        lambda session: mark_done(session, fay, [refund_id], "", TODAY, LATER),
    )
    assert refusals == [None] * 3
    with Session(engine) as session:
        assert session.scalars(sa.select(Voucher.amount_cents)).all() == [31_90]
        assert session.get_one(Order, order_id).refunded_cents == 31_90
        assert session.scalars(sa.select(OutboxMessage.template)).all().count("voucher") == 1


@pytest.mark.parametrize("attempt", range(3))
def test_a_voucher_or_money_but_never_both(engine: sa.Engine, attempt: int) -> None:
    with transaction(engine) as session:
        order, _ = cancelled_order(session)
        (refund,), fay = refunds_of(session, order), someone(session, Role.FINANCE)
        refund_id = refund.id
    at_once(
        engine,
        lambda session: give_due_voucher(session, LATER),
        lambda session: set_means(session, fay, refund_id, M.TRANSFER, "", LATER),
    )
    with Session(engine) as session:
        row, given = session.get_one(Payment, refund_id), session.scalars(sa.select(Voucher.id)).all()
        assert (row.method, row.state, len(given)) in {(M.VOUCHER, S.CAPTURED, 1), (M.TRANSFER, S.PENDING, 0)}


def test_a_worker_killed_before_its_end_has_given_nothing_and_the_next_one_gives_it_once(engine: sa.Engine) -> None:
    with transaction(engine) as session:
        cancelled_order(session)
    with Session(engine) as killed:
        assert give_due_voucher(killed, LATER)
        killed.rollback()
    with transaction(engine) as session:
        assert session.scalars(sa.select(Voucher.id)).all() == []
        assert give_due_voucher(session, LATER)
    with Session(engine) as session:
        assert session.scalars(sa.select(Voucher.amount_cents)).all() == [31_90]
