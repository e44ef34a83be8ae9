"""Refunds: to do, handed over, done, refused, done again; each act once, told once, and the order's sums right."""

import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.errors import InvalidInputError, NotAllowedError
from db.domain.moves import CancelReason, Move
from db.domain.orders import OrderStatus, PaymentKind, PaymentMethod, PaymentRecordState, PaymentState
from db.domain.permissions import Role
from db.domain.refunds import RefundNotFoundError, RefundNotThereError
from db.models import Order, Payment
from db.services.moves import move_order
from db.services.refund_claims import claim_refunds
from db.services.refunds import do_again, mark_done, mark_refused, mark_sent, set_means
from db.services.undo import OvertakenError, take_back
from tests.conftest import NOW
from tests.db.services.test_moves import history_of, mails_of, someone
from tests.factories import create_order

TODAY = dt.date(2026, 11, 21)
S = PaymentRecordState


def owed(session: Session, cents: int = 10_00, order: Order | None = None, **columns: object) -> Payment:
    order = order or create_order(session)
    refund = Payment(
        **{
            "order_id": order.id,
            "kind": PaymentKind.REFUND,
            "method": PaymentMethod.CARD,
            "state": S.PENDING,
            "amount_cents": cents,
            "created_at": NOW,
        }
        | columns
    )
    paid = Payment(
        order_id=order.id, method=PaymentMethod.CARD, state=S.CAPTURED, amount_cents=order.total_cents, booked_at=NOW
    )
    session.add_all([refund, paid])
    session.flush()
    return refund


def finance(session: Session) -> Actor:
    return someone(session, Role.FINANCE)


def now_of(session: Session, refund: Payment) -> Payment:
    return session.scalars(
        sa.select(Payment).where(Payment.id == refund.id).execution_options(populate_existing=True)
    ).one()


def order_of(session: Session, refund: Payment) -> Order:
    return session.scalars(
        sa.select(Order).where(Order.id == refund.order_id).execution_options(populate_existing=True)
    ).one()


def test_a_refund_that_is_done_counts_in_the_order_and_is_told_to_the_customer_once(session: Session) -> None:
    refund, actor = owed(session, 10_00), finance(session)
    moved = mark_done(session, actor, [refund.id], " VIR 0042 ", TODAY, NOW)
    row, order = now_of(session, refund), order_of(session, refund)
    assert (row.state, row.reference, row.ended_at, row.booked_at) == (S.CAPTURED, "VIR 0042", NOW, NOW)
    # 31,90 paid, 10,00 given back.
    assert (order.refunded_cents, order.payment_state) == (10_00, PaymentState.PARTLY_REFUNDED)
    assert [mail.template for mail in mails_of(session, order)] == ["refund_done"]
    again = mark_done(session, actor, [refund.id], "VIR 0042", TODAY, NOW)
    assert (moved.emails, again.emails, again.history_ids) == (1, 0, {})
    assert isinstance(again.refused[0].error, RefundNotThereError)
    assert order_of(session, refund).refunded_cents == 10_00
    assert [entry.event for entry in history_of(session, order)] == ["refund_moved"]


def test_many_refunds_are_done_at_once_and_those_done_already_say_so(session: Session) -> None:
    actor, first, second = finance(session), owed(session), owed(session)
    mark_done(session, actor, [first.id], "", TODAY, NOW, notifies=False)
    moved = mark_done(session, actor, [first.id, second.id, 10**9], "lot 7", TODAY, NOW)
    assert list(moved.history_ids) == [second.id]
    assert {type(each.error) for each in moved.refused} == {RefundNotThereError, RefundNotFoundError}
    assert next(each.order_number for each in moved.refused if each.refund_id == first.id).startswith("T-")


def test_two_refunds_of_one_order_are_told_in_two_e_mails(session: Session) -> None:
    order = create_order(session)
    first, second = owed(session, 4_00, order), owed(session, 6_00, order)
    assert mark_done(session, finance(session), [first.id, second.id], "", TODAY, NOW).emails == 2
    assert order_of(session, first).refunded_cents == 10_00


def test_handing_over_changes_no_sum_and_is_noted(session: Session) -> None:
    refund, actor = owed(session), finance(session)
    mark_sent(session, actor, [refund.id], NOW)
    row, order = now_of(session, refund), order_of(session, refund)
    assert (row.state, row.sent_at, order.refunded_cents, order.version) == (S.SENT, NOW, 0, 2)
    assert mark_sent(session, actor, [refund.id], NOW).history_ids == {}


def test_a_refused_refund_is_still_owed_and_done_again_by_other_means(session: Session) -> None:
    refund, actor = owed(session), finance(session)
    mark_sent(session, actor, [refund.id], NOW)
    mark_refused(session, actor, [refund.id], "Carte expirée", NOW)
    assert (now_of(session, refund).state, now_of(session, refund).refusal) == (S.FAILED, "Carte expirée")
    # The French example of the SWIFT registry of IBANs.
    set_means(session, actor, refund.id, PaymentMethod.TRANSFER, "fr14 2004 1010 0505 0001 3m02 606", NOW)
    do_again(session, actor, [refund.id], NOW)
    row = now_of(session, refund)
    assert (row.state, row.method, row.refusal, row.sent_at) == (S.PENDING, PaymentMethod.TRANSFER, "", None)
    assert row.iban == "FR1420041010050500013M02606"
    assert "20041010" not in str([entry.after for entry in history_of(session, order_of(session, refund))])


def test_a_transfer_that_the_bank_returns_days_later_is_owed_again(session: Session) -> None:
    refund, actor = owed(session, 31_90), finance(session)
    mark_done(session, actor, [refund.id], "", dt.date(2026, 11, 19), NOW)
    assert order_of(session, refund).payment_state is PaymentState.REFUNDED
    mark_refused(session, actor, [refund.id], "Compte clos", NOW)
    order = order_of(session, refund)
    assert (order.refunded_cents, order.payment_state) == (0, PaymentState.PAID)
    do_again(session, actor, [refund.id], NOW)
    # The customer was told wrongly once: now they are told again.
    assert mark_done(session, actor, [refund.id], "", TODAY, NOW).emails == 1
    assert order_of(session, refund).refunded_cents == 31_90


def test_a_refund_of_a_past_day_is_dated_at_noon_of_that_day_in_paris(session: Session) -> None:
    refund = owed(session)
    mark_done(session, finance(session), [refund.id], "", dt.date(2026, 11, 19), NOW, notifies=False)
    assert now_of(session, refund).ended_at == dt.datetime(2026, 11, 19, 11, tzinfo=dt.UTC)


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.MANAGER, Role.SELLER])
def test_only_finance_and_administrators_give_money_back(session: Session, role: Role) -> None:
    refund = owed(session)
    seller_id = order_of(session, refund).seller_id if role is Role.SELLER else None
    actor = someone(session, role, seller_id=seller_id)
    for act in (mark_sent, do_again):
        with pytest.raises(NotAllowedError):
            act(session, actor, [refund.id], NOW)
    with pytest.raises(NotAllowedError):
        mark_done(session, actor, [refund.id], "", TODAY, NOW)
    with pytest.raises(NotAllowedError):
        mark_refused(session, actor, [refund.id], "non", NOW)
    with pytest.raises(NotAllowedError):
        set_means(session, actor, refund.id, PaymentMethod.CASH, "", NOW)


def test_what_cannot_be_is_refused_with_a_sentence(session: Session) -> None:
    refund, actor = owed(session), finance(session)
    with pytest.raises(InvalidInputError, match="pas encore là"):
        mark_done(session, actor, [refund.id], "", TODAY + dt.timedelta(days=1), NOW)
    with pytest.raises(InvalidInputError, match="140 caractères"):
        mark_done(session, actor, [refund.id], "x" * 141, TODAY, NOW)
    with pytest.raises(InvalidInputError, match="pourquoi"):
        mark_refused(session, actor, [refund.id], " ", NOW)
    with pytest.raises(InvalidInputError, match="IBAN valable"):
        set_means(session, actor, refund.id, PaymentMethod.TRANSFER, "FR14 2004 1010 0505 0001 3M02 607", NOW)
    with pytest.raises(InvalidInputError, match="Choisissez comment"):
        set_means(session, actor, refund.id, PaymentMethod.VOUCHER, "", NOW)


def test_a_payment_is_no_refund(session: Session) -> None:
    refund = owed(session)
    payment = session.scalars(
        sa.select(Payment).where(Payment.order_id == refund.order_id, Payment.kind == PaymentKind.PAYMENT)
    ).one()
    moved = mark_refused(session, finance(session), [payment.id], "non", NOW)
    assert isinstance(moved.refused[0].error, RefundNotFoundError)
    assert now_of(session, payment).state is S.CAPTURED


def test_money_that_is_on_its_way_is_not_taken_back_with_the_cancellation(session: Session) -> None:
    order, actor = create_order(session, status=OrderStatus.PAID), someone(session, Role.ADMIN)
    move = Move(OrderStatus.CANCELLED, cancel_reason=CancelReason.CUSTOMER_REQUEST)
    cancelled = move_order(session, actor, order.id, move, NOW, version=1)
    (refund_id,) = session.scalars(sa.select(Payment.id).where(Payment.kind == PaymentKind.REFUND))
    assert claim_refunds(session, {PaymentMethod.CARD}, NOW) == []  # It can still be taken back.
    later = NOW + dt.timedelta(minutes=2)
    assert [asked.refund_id for asked in claim_refunds(session, {PaymentMethod.CARD}, later)] == [refund_id]
    # A bulk action's window begins when it is over: it may end after the money has left.
    _, refused = take_back(session, actor, [cancelled], later)
    assert isinstance(refused[cancelled], OvertakenError)
