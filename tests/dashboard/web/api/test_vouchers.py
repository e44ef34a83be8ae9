"""Vouchers over HTTP: what is left of one, and using it exactly once."""

import datetime as dt
import threading

import pytest
import sqlalchemy as sa

from dashboard.web.api.documents import ORDER_EXAMPLES, VOUCHER_USE_EXAMPLES
from db.domain.actor import SYSTEM
from db.domain.api import Scope
from db.domain.time import local_day, utc_now
from db.domain.vouchers import NewVoucher, draw_code
from db.engine import reading, transaction
from db.models import Customer, Order, Seller, Voucher, VoucherUse
from db.services.voucher_cancelling import cancel_voucher
from db.services.vouchers import give_voucher
from tests.dashboard.web.api.conftest import Shop, count
from tests.factories import create_customer

PART, KEYED = VOUCHER_USE_EXAMPLES["part"]["value"], VOUCHER_USE_EXAMPLES["keyed"]["value"]


def give(amount_cents=20_00, **wanted):
    with transaction() as session:
        customer_id = session.scalar(sa.select(Customer.id).limit(1)) or create_customer(session).id
        wanted = NewVoucher(amount_cents, draw_code(), customer_id=customer_id, **wanted)
        return give_voucher(session, SYSTEM, wanted, utc_now())


def use(shop, code, body, key="k-1"):
    return shop.post(f"/vouchers/{code}/uses", json=body, headers={"Idempotency-Key": key} if key else {})


def test_a_voucher_says_what_can_be_bought_with_it(shop):
    voucher = give()
    told = shop.get(f"/vouchers/{voucher.code}").json()
    assert told == {
        "code": voucher.code,
        "state": "unused",
        "amount_cents": 20_00,
        "usable_cents": 20_00,
        "currency": "EUR",
        "expires_on": voucher.expires_on.isoformat(),
    }
    assert shop.get(f"/vouchers/{voucher.code.replace('-', ' ').lower()}").json() == told


def test_a_part_is_used_and_the_rest_stays(shop):
    voucher = give()
    answer = use(shop, voucher.code, PART)
    assert answer.status_code == 201
    told = answer.json()
    assert (told["amount_cents"], told["rest_cents"], told["order_reference"]) == (12_50, 7_50, PART["order_reference"])
    left = shop.get(f"/vouchers/{voucher.code}").json()
    assert (left["state"], left["amount_cents"], left["usable_cents"]) == ("partly_used", 20_00, 7_50)


def test_the_same_use_again_is_the_same_use(shop):
    voucher = give()
    first, again = use(shop, voucher.code, PART), use(shop, voucher.code, PART)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert count(VoucherUse) == 1


def test_the_key_may_stand_in_the_body(shop):
    voucher = give()
    first, again = use(shop, voucher.code, KEYED, key=""), use(shop, voucher.code, KEYED, key=KEYED["key"])
    assert (first.status_code, again.status_code) == (201, 200)


@pytest.mark.parametrize(("body", "field", "code"), [(PART, "Idempotency-Key", "required"), (KEYED, "key", "mismatch")])
def test_a_use_has_one_key(shop, body, field, code):
    answer = use(shop, give().code, body, key="" if body is PART else "another")
    assert answer.status_code == 422
    assert [(each["field"], each["code"]) for each in answer.json()["faults"]] == [(field, code)]


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"amount_cents": 0}, "amount_cents", "out_of_range"),
        ({"amount_cents": "12,50"}, "amount_cents", "wrong_type"),
        ({"order_reference": ""}, "order_reference", "required"),
        ({"order_reference": "x" * 201}, "order_reference", "too_long"),
        ({"order_reference": "a\x00b"}, "order_reference", "malformed"),
        ({"amount": 1}, "amount", "unknown_field"),
    ],
)
def test_wrong_fields_are_named(shop, change, field, code):
    answer = use(shop, give().code, PART | change)
    assert answer.status_code == 422
    assert [(each["field"], each["code"]) for each in answer.json()["faults"]] == [(field, code)]


def test_what_cannot_be_used_is_refused_with_what_is_left(shop):
    voucher = give()
    assert use(shop, voucher.code, PART).status_code == 201
    more = use(shop, voucher.code, PART, key="k-2")
    assert (more.status_code, more.json()["code"]) == (409, "voucher_too_small")
    assert "7,50\u00a0€" in more.json()["reason"]
    other = use(shop, voucher.code, PART | {"amount_cents": 1}, key="k-1")
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")
    with transaction() as session:
        cancel_voucher(session, SYSTEM, voucher.id, 2, "Erreur", utc_now())
    gone = use(shop, voucher.code, PART | {"amount_cents": 1}, key="k-3")
    assert (gone.status_code, gone.json()["code"]) == (409, "voucher_unusable")
    told = shop.get(f"/vouchers/{voucher.code}").json()
    assert (told["state"], told["usable_cents"]) == ("cancelled", 0)


def test_an_expired_voucher_says_so(shop):
    voucher = give()
    with transaction() as session:
        yesterday = local_day(utc_now()) - dt.timedelta(days=1)
        session.execute(sa.update(Voucher).values(expires_on=yesterday))
    assert shop.get(f"/vouchers/{voucher.code}").json()["state"] == "expired"
    assert use(shop, voucher.code, PART).json()["code"] == "voucher_unusable"


@pytest.mark.parametrize("code", ["NOEL-2026", "2345-679A-CDEE", "0000-0000-0000", "%00", "%ff"])
def test_a_mistyped_code_is_told_from_an_unknown_one(shop, code):
    for answer in (shop.get(f"/vouchers/{code}"), use(shop, code, PART)):
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
        assert [each["field"] for each in answer.json()["faults"]] == ["code"]
    for answer in (shop.get(f"/vouchers/{draw_code()}"), use(shop, draw_code(), PART)):
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_only_a_shop_of_all_sellers_that_announces_payments_spends_vouchers(give_token):
    voucher = give()
    with reading() as session:
        seller_id = session.scalar(sa.select(Seller.id).where(Seller.code == "THE"))
    for token in (give_token(Scope.READ_ORDERS, Scope.WRITE_ORDERS), give_token(seller_id=seller_id)):
        shop = Shop(token)
        for answer in (shop.get(f"/vouchers/{voucher.code}"), use(shop, voucher.code, PART)):
            assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert count(VoucherUse) == 0


def test_methods_that_there_are_not_are_refused(shop):
    code = give().code
    for path, allowed in ((f"/vouchers/{code}", "GET"), (f"/vouchers/{code}/uses", "POST")):
        answer = shop.delete(path)
        assert (answer.status_code, answer.headers["Allow"]) == (405, allowed)


def test_of_many_uses_at_once_only_what_is_there_is_spent(shop):
    voucher = give()
    codes = []

    def spend(number):
        codes.append(use(Shop(shop.headers["Authorization"].split()[1]), voucher.code, PART, key=f"k-{number}"))

    threads = [threading.Thread(target=spend, args=(number % 3,)) for number in range(9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # 12,50 of 20,00 fits once, under whichever of the three keys came first; the other two times of that key repeat it.
    assert sorted(answer.status_code for answer in codes) == [200, 200, 201, 409, 409, 409, 409, 409, 409]
    with reading() as session:
        assert session.scalar(sa.select(Voucher.used_cents)) == 12_50


def test_no_order_is_announced_as_paid_by_a_voucher_alone(shop):
    answer = shop.send_order(ORDER_EXAMPLES["smallest"]["value"] | {"payment_method": "voucher"})
    assert (answer.status_code, answer.json()["faults"][0]["field"]) == (422, "payment_method")
    paid = {"method": "voucher", "amount_cents": 25_00, "reference": "2345-679A-CDEP"}
    assert shop.send_order(ORDER_EXAMPLES["smallest"]["value"] | {"payments": [paid]}).status_code == 201
    sent = shop.send_order(ORDER_EXAMPLES["smallest"]["value"] | {"payments": [paid | {"state": "sent"}]})
    assert (sent.status_code, sent.json()["faults"][0]["field"]) == (422, "payments.0.state")
    assert count(Order) == 1
