"""Sending orders over HTTP: what is stored, what is said, and that a key makes one order."""

import json

import pytest
import sqlalchemy as sa

from dashboard.web.api import guard, orders
from dashboard.web.api.documents import ORDER_EXAMPLES
from db.domain.api import ANSWERS_KEPT, Scope
from db.domain.orders import ActorKind, OrderStatus, PaymentState
from db.domain.time import utc_now
from db.engine import reading, transaction
from db.models import ApiRequest, Order, OrderHistory, Seller
from db.services.api_requests import purge_answers
from db.services.intake import take_in_new_orders
from db.services.payments import book_captured_payments
from tests.dashboard.web.api.conftest import Shop, count

SMALLEST = ORDER_EXAMPLES["smallest"]["value"]
WHOLE = ORDER_EXAMPLES["whole"]["value"]


def seller_id(code):
    with reading() as session:
        return session.scalar(sa.select(Seller.id).where(Seller.code == code))


def faults_of(answer):
    assert answer.status_code == 422, answer.text
    assert answer.json()["code"] == "invalid"
    return [(each["field"], each["code"], each["reason"]) for each in answer.json()["faults"]]


def test_the_smallest_order_is_stored_and_can_be_asked_for(shop):
    answer = shop.send_order(SMALLEST)
    assert answer.status_code == 201
    told = answer.json()
    assert told["number"] == "ORD-00001"
    assert (told["status"], told["payment_state"], told["total_cents"]) == ("awaiting_payment", "unpaid", 25_00)
    assert answer.headers["Location"] == told["url"]
    assert told["url"].endswith("/api/v1/orders/ORD-00001")
    assert shop.get("/orders/ORD-00001").json() == told


def test_a_whole_order_becomes_paid_and_its_history_names_the_shop(shop):
    answer = shop.send_order(WHOLE)
    assert answer.status_code == 201
    with transaction() as session:
        take_in_new_orders(session, utc_now(), limit=10)
        book_captured_payments(session, utc_now())
    told = shop.get("/orders", params={"external_ref": "shop:order:4711"}).json()
    assert (told["status"], told["payment_state"], told["paid_cents"]) == ("paid", "paid", 28_90)
    with reading() as session:
        first = session.scalars(sa.select(OrderHistory).order_by(OrderHistory.id).limit(1)).one()
        assert (first.actor_kind, first.actor_name, first.after["source"]) == (ActorKind.SHOP, "Boutique", "api")
        assert session.scalars(sa.select(Order.status)).one() is OrderStatus.PAID
        assert session.scalars(sa.select(Order.payment_state)).one() is PaymentState.PAID


def test_the_same_key_and_request_get_the_same_answer_and_one_order(shop):
    first, again = shop.send_order(WHOLE, "k-1"), shop.send_order(WHOLE, "k-1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.headers["Location"] == first.headers["Location"]
    assert count(Order) == 1


def test_a_key_that_served_is_refused_to_another_request(shop):
    shop.send_order(SMALLEST, "k-1")
    other = shop.send_order(SMALLEST | {"shipping_cents": 1}, "k-1")
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")
    assert count(Order) == 1


def test_the_keys_of_two_tokens_do_not_meet(shop, give_token):
    assert shop.send_order(SMALLEST, "k-1").status_code == 201
    answer = Shop(give_token()).send_order(SMALLEST, "k-1")
    assert "Idempotent-Replayed" not in answer.headers
    assert count(Order) == 2


def test_a_refused_order_frees_its_key(shop):
    assert shop.send_order(SMALLEST | {"seller_code": "NONE"}, "k-1").status_code == 422
    assert count(ApiRequest) == 0
    assert shop.send_order(SMALLEST, "k-1").status_code == 201


def test_a_failure_half_way_leaves_neither_order_nor_key(shop, monkeypatch):
    def die(*_):
        raise RuntimeError("killed")

    monkeypatch.setattr(orders, "remember", die)
    answer = shop.send_order(SMALLEST, "k-1")
    assert (answer.status_code, answer.json()["code"]) == (500, "failure")
    assert "killed" not in answer.text
    assert (count(Order), count(ApiRequest)) == (0, 0)
    monkeypatch.undo()


def test_a_key_is_forgotten_after_a_week(shop):
    shop.send_order(SMALLEST, "k-1")
    with transaction() as session:
        session.execute(sa.update(ApiRequest).values(created_at=utc_now() - ANSWERS_KEPT))
    assert shop.send_order(SMALLEST | {"shipping_cents": 1}, "k-1").status_code == 201
    with transaction() as session:
        purge_answers(session, utc_now())
    assert count(ApiRequest) == 1
    with transaction() as session:
        purge_answers(session, utc_now() + ANSWERS_KEPT)
    assert count(ApiRequest) == 0


def test_the_same_reference_under_another_key_is_the_same_order(shop):
    first = shop.send_order(WHOLE)
    again = shop.send_order(WHOLE)
    assert (again.status_code, again.json()["number"]) == (200, first.json()["number"])
    changed = json.loads(json.dumps(WHOLE)) | {"total_cents": 29_90, "shipping_cents": 5_90}
    answer = shop.send_order(changed)
    assert (answer.status_code, answer.json()["code"]) == (409, "order_conflict")
    assert count(Order) == 1


def test_every_wrong_field_is_named_with_a_code_and_a_reason(shop):
    wrong = {
        "seller_code": 7,
        "lines": [{"name": "Thé", "quantity": True, "unit_price_cents": 12.5}, {"quantity": 0, "colour": "vert"}],
        "delivery_mode": "drone",
        "placed_at": "2026-11-21T09:30:00",
        "ship_by": 1700000000,
        "billing": {"name": ""},
    }
    assert faults_of(shop.send_order(wrong)) == [
        ("seller_code", "wrong_type", "Il faut un texte."),
        ("lines.0.quantity", "wrong_type", "Il faut un nombre entier, sans guillemets ni virgule."),
        ("lines.0.unit_price_cents", "wrong_type", "Il faut un nombre entier, sans guillemets ni virgule."),
        ("lines.1.name", "required", "Ce champ est obligatoire."),
        ("lines.1.quantity", "out_of_range", "Il faut au moins 1."),
        ("lines.1.unit_price_cents", "required", "Ce champ est obligatoire."),
        ("lines.1.colour", "unknown_field", "Ce champ n’existe pas."),
        ("billing.name", "required", "Ce champ ne peut pas être vide."),
        (
            "delivery_mode",
            "unknown",
            "Valeurs possibles\u00a0: 'home', 'pickup_point', 'click_and_collect' ou 'in_store'.",
        ),
        ("placed_at", "malformed", "Il faut un instant avec son fuseau, comme 2026-11-21T09:30:00Z."),
        ("ship_by", "malformed", "Il faut un jour, comme 2026-11-24."),
    ]


def test_faults_that_only_we_know_come_in_the_same_shape(shop):
    order = SMALLEST | {
        "total_cents": 1,
        "customer_email": "personne",
        "lines": [{"name": "Thé", "quantity": 1, "unit_price_cents": 5_00, "sku": "NONE"}],
    }
    assert [each[:2] for each in faults_of(shop.send_order(order))] == [
        ("customer_email", "malformed"),
        ("total_cents", "mismatch"),
        ("lines.0.sku", "unknown"),
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"placed_at": "0001-01-01T00:00:00+12:00"},
        {"placed_at": "9999-12-31T23:59:59-12:00"},
        {"customer_name": "\x00"},
        {"customer_name": "\ud800"},
        {"\ud800": 1},
        {"total_cents": 10**4000},
        {"currency": "€"},
        {"billing": []},
    ],
)
def test_a_strange_value_is_refused_with_its_field(shop, changes):
    body = json.dumps(SMALLEST | changes)
    answer = shop.post("/orders", content=body, headers={"Idempotency-Key": "k", "Content-Type": "application/json"})
    assert faults_of(answer)


def test_an_order_needs_a_key(shop):
    answer = shop.post("/orders", json=SMALLEST)
    assert faults_of(answer) == [("Idempotency-Key", "required", "Ce champ est obligatoire.")]


@pytest.mark.parametrize("body", [b"", b"{", b"[" * 100_000, b"\xff\xfe", b"NaN" * 3])
def test_a_body_that_is_no_json_is_refused(shop, body):
    headers = {"Idempotency-Key": "k", "Content-Type": "application/json"}
    answer = shop.post("/orders", content=body, headers=headers)
    assert answer.status_code in {400, 422}
    assert answer.json()["code"] in {"invalid_json", "invalid"}


def test_a_token_of_one_seller_reaches_that_sellers_orders_only(shop, give_token):
    theirs = shop.send_order(SMALLEST | {"seller_code": "cafe", "external_ref": "shop:1"}).json()["number"]
    tea = Shop(give_token(seller_id=seller_id("THE")))
    assert tea.send_order(SMALLEST).status_code == 201
    assert faults_of(tea.send_order(SMALLEST | {"seller_code": "CAFE"}))[0][:2] == ("seller_code", "unknown")
    assert faults_of(tea.send_order(SMALLEST | {"external_ref": "shop:1"}))[0][:2] == ("external_ref", "taken")
    unknown = tea.get("/orders/NONE")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "not_found")
    for answer in (tea.get(f"/orders/{theirs}"), tea.get("/orders", params={"external_ref": "shop:1"})):
        assert (answer.status_code, answer.content) == (404, unknown.content)


def test_a_number_of_any_signs_is_found_again(shop):
    number = "A/1 ?#é%"
    answer = shop.send_order(SMALLEST | {"number": number})
    assert answer.status_code == 201
    url = answer.headers["Location"].partition("/api/v1")[2]
    assert shop.get(url).json()["number"] == number
    paid = shop.post(
        f"{url}/payments", json={"external_ref": "p", "method": "card", "state": "pending", "amount_cents": 1}
    )
    assert paid.json()["order_number"] == number


def test_each_operation_asks_for_its_scope(give_token):
    reader, writer = Shop(give_token(Scope.READ_ORDERS)), Shop(give_token(Scope.WRITE_ORDERS))
    refused = reader.send_order(SMALLEST)
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    number = writer.send_order(SMALLEST).json()["number"]
    assert writer.get(f"/orders/{number}").status_code == 403
    assert writer.get("/orders", params={"external_ref": "x"}).status_code == 403
    assert reader.get(f"/orders/{number}").status_code == 200
    notice = {"external_ref": "p", "method": "card", "state": "captured", "amount_cents": 1}
    assert writer.post(f"/orders/{number}/payments", json=notice).status_code == 403


def test_bodies_beyond_the_limit_are_refused(shop, monkeypatch):
    monkeypatch.setattr(guard, "MAX_BODY_BYTES", 100)
    answer = shop.send_order(SMALLEST | {"customer_name": "x" * 100})
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
