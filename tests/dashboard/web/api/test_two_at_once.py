"""Two requests of a shop at the same moment, on both databases: one order, and each told the truth."""

from collections.abc import Callable
from functools import partial
from threading import Barrier

import httpx
import pytest
import sqlalchemy as sa

from dashboard.web.api.documents import ORDER_EXAMPLES
from db.domain.time import utc_now
from db.engine import engine, reading, transaction
from db.models import ApiRequest, Order, OrderHistory
from db.services import api_orders
from db.services.api_requests import KeyedRequest, known_answer
from tests.dashboard.web.api.conftest import count
from tests.db.together import together

SMALLEST = ORDER_EXAMPLES["smallest"]["value"]


def at_once(*requests: Callable[[], httpx.Response]) -> list[httpx.Response]:
    """Send all, each from a thread of its own; return the answers, in the order of their statuses."""
    all_ready, answers = Barrier(len(requests), timeout=30), []

    def send(request: Callable[[], httpx.Response]) -> None:
        all_ready.wait()
        answers.append(request())

    together(*(partial(send, request) for request in requests))
    return sorted(answers, key=lambda answer: answer.status_code)


def test_two_requests_with_one_key_make_one_order(shop):
    answers = at_once(*[lambda: shop.send_order(SMALLEST, "k-1")] * 2)
    assert count(Order) == 1
    for answer in answers:
        assert answer.status_code == 201 or answer.json()["code"] == "idempotency_key_in_use"
    assert shop.send_order(SMALLEST, "k-1").headers["Idempotent-Replayed"] == "true"


def test_a_key_in_use_is_told_to_come_back(shop, api_database, give_token):
    if api_database.startswith("sqlite"):
        pytest.skip("SQLite has one writer at a time: the second request waits for the first one's answer")
    shop.send_order(SMALLEST, "k-1")
    with reading() as session:
        token_id = session.scalars(sa.select(ApiRequest.token_id)).one()
    with transaction() as session:
        known_answer(session, KeyedRequest(token_id, "k-2", ""), utc_now())
        answer = shop.send_order(SMALLEST, "k-2")
    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_key_in_use")
    assert answer.headers["Retry-After"] == "1"
    assert shop.send_order(SMALLEST, "k-2").status_code == 201


@pytest.mark.parametrize(("quantities", "expected"), [((1, 1), [200, 201]), ((1, 2), [201, 409])])
def test_two_requests_with_one_reference_make_one_order(shop, monkeypatch, quantities, expected):
    both_checked, create = Barrier(2, timeout=30), api_orders.create_orders

    def create_after_both_checked(*arguments):
        if engine().dialect.name == "postgresql":  # On SQLite the second request waits for the first one's end.
            both_checked.wait()
        return create(*arguments)

    def send(quantity):
        lines = [SMALLEST["lines"][0] | {"quantity": quantity}]
        return lambda: shop.send_order(SMALLEST | {"external_ref": "shop:1", "lines": lines})

    monkeypatch.setattr(api_orders, "create_orders", create_after_both_checked)
    answers = at_once(*map(send, quantities))
    assert [answer.status_code for answer in answers] == expected
    assert answers[-1].json().get("code") == ("order_conflict" if 409 in expected else None)
    assert (count(Order), count(OrderHistory)) == (1, 1)
