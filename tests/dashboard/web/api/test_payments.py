"""Announcing payments over HTTP."""

import threading

import pytest
import sqlalchemy as sa

from dashboard.web.api.documents import ORDER_EXAMPLES, PAYMENT_EXAMPLES
from db.domain.orders import OrderStatus, PaymentMethod, PaymentRecordState
from db.domain.time import utc_now
from db.engine import reading, transaction
from db.models import Order, OrderHistory, Payment
from db.services.intake import take_in_new_orders
from db.services.payments import book_captured_payments

SMALLEST = ORDER_EXAMPLES["smallest"]["value"]
CAPTURED = PAYMENT_EXAMPLES["captured"]["value"]
REFUSED = PAYMENT_EXAMPLES["refused"]["value"]


@pytest.fixture
def number(shop):
    return shop.send_order(SMALLEST).json()["number"]


def announce(shop, number, notice):
    return shop.post(f"/orders/{number}/payments", json=notice)


def work():
    with transaction() as session:
        take_in_new_orders(session, utc_now(), limit=10)
        book_captured_payments(session, utc_now())


def status_of(shop, number):
    told = shop.get(f"/orders/{number}").json()
    return told["status"], told["payment_state"], told["paid_cents"]


def payments():
    with reading() as session:
        return session.execute(sa.select(Payment.state, Payment.amount_cents, Payment.reference)).all()


def test_a_captured_payment_pays_the_order_once(shop, number):
    first, again = announce(shop, number, CAPTURED), announce(shop, number, CAPTURED)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert first.json()["order_number"] == number
    work()
    assert status_of(shop, number) == ("paid", "paid", 25_00)
    assert announce(shop, number, CAPTURED).status_code == 200
    work()
    assert status_of(shop, number) == ("paid", "paid", 25_00)
    assert payments() == [(PaymentRecordState.CAPTURED, 25_00, "psp-90b7d4")]


def test_a_pending_payment_becomes_captured_and_stays_so(shop, number):
    announce(shop, number, CAPTURED | {"state": "pending"})
    work()
    assert status_of(shop, number)[1:] == ("unpaid", 0)
    assert announce(shop, number, CAPTURED).status_code == 201
    work()
    assert status_of(shop, number)[1:] == ("paid", 25_00)
    late = announce(shop, number, CAPTURED | {"state": "failed"})
    assert (late.status_code, late.json()["code"]) == (409, "payment_conflict")


@pytest.mark.parametrize("method", ["card", "paypal"])
def test_a_refused_payment_puts_the_order_in_error_with_a_sentence(shop, number, method):
    answer = announce(shop, number, REFUSED | {"method": method, "reference": "psp-1"})
    assert answer.status_code == 201
    assert status_of(shop, number)[0] == "error"
    with reading() as session:
        begun, put = session.scalars(sa.select(OrderHistory).order_by(OrderHistory.id)).all()
        assert begun.event == "created"
        assert put.note.startswith("Le paiement de 25,00\u00a0€ par ")
        assert "(référence psp-1) a été refusé" in put.note
        assert session.scalars(sa.select(Order.status_before_error)).one() is OrderStatus.AWAITING_PAYMENT
    assert announce(shop, number, REFUSED | {"method": method, "reference": "psp-1"}).status_code == 200


def test_a_refused_transfer_is_noted_and_nothing_else(shop, number):
    announce(shop, number, REFUSED | {"method": PaymentMethod.TRANSFER})
    assert status_of(shop, number)[0] == "awaiting_payment"
    assert [state for state, *_ in payments()] == [PaymentRecordState.FAILED]


def test_a_refused_card_is_only_noted_where_the_order_is_paid_otherwise(shop, number):
    announce(shop, number, CAPTURED)
    announce(shop, number, REFUSED)  # Even before the job has counted the other.
    work()
    assert status_of(shop, number) == ("paid", "paid", 25_00)


def test_a_refused_card_of_a_cancelled_order_is_only_noted(shop, number):
    work()
    with transaction() as session:
        session.execute(sa.update(Order).values(status=OrderStatus.CANCELLED))
    announce(shop, number, REFUSED)
    assert status_of(shop, number)[0] == "cancelled"


def test_a_reference_is_one_payment_of_one_order(shop, number):
    announce(shop, number, CAPTURED)
    other = shop.send_order(SMALLEST).json()["number"]
    for where, notice in ((other, CAPTURED), (number, CAPTURED | {"amount_cents": 1})):
        answer = announce(shop, where, notice)
        assert (answer.status_code, answer.json()["code"]) == (409, "payment_conflict")
    assert len(payments()) == 1


def test_a_payment_of_no_order_and_a_wrong_one_are_refused(shop, number):
    assert announce(shop, "NONE", CAPTURED).status_code == 404
    wrong = announce(shop, number, {"method": "card", "state": "captured", "amount_cents": 0, "external_ref": "\x00"})
    assert [(each["field"], each["code"]) for each in wrong.json()["faults"]] == [("amount_cents", "out_of_range")]
    unreadable = announce(shop, number, CAPTURED | {"reference": "\x00"})
    assert [(each["field"], each["code"]) for each in unreadable.json()["faults"]] == [("reference", "malformed")]


def test_payments_are_posted(shop, number):
    answer = shop.get(f"/orders/{number}/payments")
    assert (answer.status_code, answer.json()["code"], answer.headers["Allow"]) == (405, "method_not_allowed", "POST")


def test_one_payment_announced_twice_at_once_is_one_row(shop, number):
    both_ready = threading.Barrier(2)
    statuses = []

    def send():
        both_ready.wait()
        statuses.append(announce(shop, number, CAPTURED).status_code)

    senders = [threading.Thread(target=send) for _ in range(2)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert sorted(statuses) == [200, 201]
    assert len(payments()) == 1
