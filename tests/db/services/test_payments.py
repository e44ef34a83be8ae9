"""« Paiement reçu » and captured card payments: less, exact and more than due; nothing counted twice."""

import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.bulk import DuePayment
from db.domain.errors import InvalidInputError, NotAllowedError
from db.domain.mail import EmailTemplate
from db.domain.orders import OrderStatus, PaymentKind, PaymentMethod, PaymentRecordState, PaymentState
from db.domain.payments import CancelledOrderPaidError, Coverage, NothingDueError, Receipt
from db.domain.permissions import Role
from db.models import Order, Payment
from db.services.due_payments import plan_due_payments, record_due_payments
from db.services.order_facts import ChangedMeanwhileError
from db.services.payments import book_captured_payments, plan_payment, record_payment
from tests.conftest import NOW
from tests.db.services.test_moves import history_of, mails_of, someone, status_of
from tests.factories import create_order

S = OrderStatus
TODAY = dt.date(2026, 11, 21)


def unpaid_order(session: Session, **columns: object) -> Order:
    return create_order(session, **{"status": S.AWAITING_PAYMENT, "payment_state": PaymentState.UNPAID} | columns)


def cheque(cents: int, day: dt.date = TODAY, reference: str = "CH 0012345") -> Receipt:
    return Receipt(day, cents, PaymentMethod.CHEQUE, reference)


def money_of(session: Session, order: Order) -> tuple[object, ...]:
    columns = (Order.status, Order.payment_state, Order.paid_cents, Order.version)
    return tuple(session.execute(sa.select(*columns).where(Order.id == order.id)).one())


def captured(session: Session, order: Order, cents: int, kind: PaymentKind = PaymentKind.PAYMENT) -> None:
    session.add(
        Payment(
            order_id=order.id,
            kind=kind,
            method=PaymentMethod.CARD,
            state=PaymentRecordState.CAPTURED,
            amount_cents=cents,
        )
    )
    session.flush()


def test_the_exact_amount_pays_the_order_and_mails_once(session: Session) -> None:
    order = unpaid_order(session)
    recorded = record_payment(session, someone(session, Role.FINANCE), order.id, 1, cheque(31_90), NOW)
    assert (recorded.outcome.coverage, recorded.outcome.difference_cents) == (Coverage.EXACT, 0)
    assert money_of(session, order) == (S.PAID, PaymentState.PAID, 31_90, 3)
    assert [row.event for row in history_of(session, order)] == ["payment_recorded", "status_changed"]
    assert history_of(session, order)[-1].id == recorded.history_id
    assert [mail.template for mail in mails_of(session, order)] == ["payment_received"]


def test_less_than_due_leaves_the_order_waiting_and_the_rest_pays_it(session: Session) -> None:
    order, actor = unpaid_order(session), someone(session, Role.FINANCE)
    first = record_payment(session, actor, order.id, 1, cheque(20_00), NOW)
    assert (first.outcome.coverage, first.outcome.difference_cents, first.outcome.pays) == (Coverage.LESS, 11_90, False)
    assert money_of(session, order) == (S.AWAITING_PAYMENT, PaymentState.PARTLY_PAID, 20_00, 2)
    record_payment(session, actor, order.id, 2, cheque(11_90), NOW)
    assert money_of(session, order)[:3] == (S.PAID, PaymentState.PAID, 31_90)


def test_more_than_due_pays_the_order_and_shows_as_overpaid(session: Session) -> None:
    order = unpaid_order(session)
    recorded = record_payment(session, someone(session, Role.FINANCE), order.id, 1, cheque(40_00), NOW)
    assert (recorded.outcome.coverage, recorded.outcome.difference_cents) == (Coverage.MORE, 8_10)
    assert money_of(session, order)[:3] == (S.PAID, PaymentState.OVERPAID, 40_00)


def test_a_cheque_of_a_past_day_is_dated_at_noon_of_that_day_in_paris(session: Session) -> None:
    order = unpaid_order(session)
    record_payment(session, someone(session), order.id, 1, cheque(31_90, dt.date(2026, 7, 14)), NOW)
    (payment,) = session.scalars(sa.select(Payment).where(Payment.order_id == order.id))
    assert payment.received_at == dt.datetime(2026, 7, 14, 10, tzinfo=dt.UTC)
    assert (payment.reference, payment.booked_at) == ("CH 0012345", NOW)


def test_what_cannot_be_is_refused(session: Session) -> None:
    order, actor = unpaid_order(session), someone(session, Role.FINANCE)
    for receipt in (
        cheque(0),
        cheque(-5),
        cheque(31_90, TODAY + dt.timedelta(days=1)),
        cheque(31_90, reference="x" * 141),
    ):
        with pytest.raises(InvalidInputError):
            record_payment(session, actor, order.id, 1, receipt, NOW)
    with pytest.raises(NotAllowedError):
        record_payment(session, someone(session, Role.SUPPORT), order.id, 1, cheque(31_90), NOW)
    with pytest.raises(CancelledOrderPaidError):
        record_payment(session, actor, create_order(session, status=S.CANCELLED).id, 1, cheque(1), NOW)
    assert money_of(session, order) == (S.AWAITING_PAYMENT, PaymentState.UNPAID, 0, 1)


def test_a_double_click_records_one_payment(session: Session) -> None:
    order, actor = unpaid_order(session), someone(session, Role.FINANCE)
    record_payment(session, actor, order.id, 1, cheque(10_00), NOW)
    with pytest.raises(ChangedMeanwhileError):
        record_payment(session, actor, order.id, 1, cheque(10_00), NOW)
    assert money_of(session, order)[2] == 10_00


def test_in_bulk_each_order_gets_what_it_owes_and_the_others_say_why_not(session: Session) -> None:
    actor = someone(session, Role.FINANCE)
    plain, partly, paid = unpaid_order(session), unpaid_order(session, paid_cents=1_90), create_order(session)
    captured(session, partly, 1_90)
    session.execute(sa.update(Payment).values(booked_at=NOW))
    ids, due = [plain.id, partly.id, paid.id], DuePayment(TODAY, PaymentMethod.CHEQUE, "4711")
    plan = plan_due_payments(session, actor, ids, due, NOW)
    assert [(order.id, receipt.amount_cents) for order, receipt in plan.receipts] == [
        (plain.id, 31_90),
        (partly.id, 30_00),
    ]
    assert [letter.template for letter in plan.letters] == ["payment_received"] * 2
    done = record_due_payments(session, actor, due, NOW, versions=dict.fromkeys(ids, 1))
    assert set(done.history_ids) == {plain.id, partly.id}
    assert done.emails == 2
    assert [type(each.error) for each in done.refused] == [type(each.error) for each in plan.refused]
    assert [type(each.error) for each in done.refused] == [NothingDueError]
    assert money_of(session, partly)[:3] == (S.PAID, PaymentState.PAID, 31_90)
    assert [row.event for row in history_of(session, plain)] == ["payment_recorded", "status_changed"]
    again = record_due_payments(session, actor, due, NOW, versions={plain.id: 1})
    assert [type(each.error) for each in again.refused] == [ChangedMeanwhileError]


def test_a_captured_card_payment_pays_its_order_by_itself_and_once(session: Session) -> None:
    order = unpaid_order(session)
    captured(session, order, 31_90)
    assert book_captured_payments(session, NOW) == 1
    assert book_captured_payments(session, NOW) == 0
    assert money_of(session, order)[:3] == (S.PAID, PaymentState.PAID, 31_90)
    assert [(row.actor_kind, row.event) for row in history_of(session, order)] == [
        ("system", "payment_recorded"),
        ("system", "status_changed"),
    ]
    assert [(mail.template, mail.state) for mail in mails_of(session, order)] == [("payment_received", "queued")]


def test_a_payment_captured_after_the_cancellation_is_owed_back(session: Session) -> None:
    order = unpaid_order(session, status=S.CANCELLED)
    captured(session, order, 31_90)
    book_captured_payments(session, NOW)
    refund = session.scalars(sa.select(Payment).where(Payment.kind == PaymentKind.REFUND)).one()
    assert (refund.state, refund.amount_cents) == (PaymentRecordState.PENDING, 31_90)
    assert money_of(session, order)[0] is S.CANCELLED


def test_a_refund_captured_by_the_shop_counts_as_given_back(session: Session) -> None:
    order = create_order(session)
    captured(session, order, 31_90)
    captured(session, order, 10_00, PaymentKind.REFUND)
    book_captured_payments(session, NOW)
    assert money_of(session, order)[1] is PaymentState.PARTLY_REFUNDED


def test_the_plan_of_a_receipt_is_what_recording_it_does(session: Session) -> None:
    order = unpaid_order(session)
    actor = someone(session, Role.FINANCE)

    part = plan_payment(session, actor, order.id, cheque(20_00), NOW)
    assert (part.outcome.coverage, part.outcome.difference_cents, part.move) == (Coverage.LESS, 11_90, None)

    whole = cheque(31_90, reference=" CH 42 ")
    plan = plan_payment(session, actor, order.id, whole, NOW)
    assert plan.move is not None
    assert [letter.template for letter in plan.move.letters] == [EmailTemplate.PAYMENT_RECEIVED]

    record_payment(session, actor, order.id, 1, whole, NOW)
    assert [mail.template for mail in mails_of(session, order)] == [EmailTemplate.PAYMENT_RECEIVED]
    booked = history_of(session, order)[0]
    assert (booked.after["method"], booked.after["reference"]) == ("cheque", "CH 42")


def test_a_receipt_may_be_recorded_without_telling_the_customer(session: Session) -> None:
    order = unpaid_order(session)
    actor, receipt = someone(session, Role.FINANCE), cheque(31_90)

    plan = plan_payment(session, actor, order.id, receipt, NOW, notifies=False)
    record_payment(session, actor, order.id, 1, receipt, NOW, notifies=False)

    assert plan.move is not None
    assert plan.move.letters == ()
    assert mails_of(session, order) == []
    assert status_of(session, order) == S.PAID
