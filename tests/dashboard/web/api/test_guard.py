"""Who may ask the API, how often, and in what form; every refusal in one shape."""

import datetime as dt
import re

import pytest
import sqlalchemy as sa
from limits import RateLimitItemPerMinute
from sqlalchemy.exc import OperationalError

from dashboard.web.api import guard, orders
from dashboard.web.api.documents import ORDER_EXAMPLES
from dashboard.web.api.guard import DOCUMENT
from db.domain.api import TOKEN_PREFIX
from db.domain.time import utc_now
from db.engine import reading, transaction
from db.models import ApiToken
from tests.dashboard.web.api.conftest import Shop

#: What differs between the databases is tested with the orders.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

SMALLEST = ORDER_EXAMPLES["smallest"]["value"]


def is_a_problem(answer, status, code):
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json().keys() == {"code", "reason", "faults"}
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers
    assert "Access-Control-Allow-Origin" not in answer.headers
    return True


def change_token(**columns):
    with transaction() as session:
        session.execute(sa.update(ApiToken).values(**columns))


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Bearer x", f"Bearer {TOKEN_PREFIX}{'x' * 43}", "Basic eDp5", "Bearer " + "x" * 300],
)
def test_without_a_token_of_ours_nothing_is_told(shop, header):
    shop.headers["Authorization"] = header
    known, unknown = shop.get("/orders/ORD-00001"), shop.get("/nothing")
    assert is_a_problem(known, 401, "unauthorized")
    assert known.headers["WWW-Authenticate"] == "Bearer"
    assert known.content == unknown.content


def test_a_revoked_and_an_expired_token_open_nothing(shop):
    answers = []
    for column in ("revoked_at", "expires_at"):
        change_token(revoked_at=None, expires_at=None)
        assert shop.get("/orders/NONE").status_code == 404
        change_token(**{column: utc_now()})
        answers.append(shop.get("/orders/NONE"))
    assert is_a_problem(answers[0], 401, "unauthorized")
    assert answers[0].content == answers[1].content


def test_the_last_use_is_written_at_most_once_a_minute(shop):
    def last_used():
        with reading() as session:
            return session.scalars(sa.select(ApiToken.last_used_at)).one()

    assert last_used() is None
    shop.get("/orders/NONE")
    first = last_used()
    shop.get("/orders/NONE")
    assert last_used() == first is not None
    change_token(last_used_at=first - dt.timedelta(minutes=1))
    shop.get("/orders/NONE")
    assert last_used() >= first


def test_who_asks_too_often_waits(shop, give_token, monkeypatch):
    monkeypatch.setattr(guard, "PER_TOKEN", RateLimitItemPerMinute(2))
    answers = [shop.get("/orders/NONE") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [404, 404, 429]
    assert is_a_problem(answers[2], 429, "too_many_requests")
    assert re.fullmatch(r"[1-9]\d?", answers[2].headers["Retry-After"])
    assert Shop(give_token()).get("/orders/NONE").status_code == 404
    monkeypatch.setattr(guard, "PER_NETWORK", RateLimitItemPerMinute(1))
    assert [Shop(give_token()).get("/openapi.json").status_code for _ in range(2)] == [200, 429]


def test_guessing_tokens_is_slowed_down(shop, monkeypatch):
    monkeypatch.setattr(guard, "REFUSED_PER_NETWORK", RateLimitItemPerMinute(2))
    guesses = [Shop(f"guess-{number}").get("/orders/NONE").status_code for number in range(3)]
    assert guesses == [401, 401, 429]
    assert shop.get("/orders/NONE").status_code == 404


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""])
def test_a_body_that_is_not_announced_as_json_is_refused(shop, kind):
    answer = shop.post("/orders", content=b"{}", headers={"Content-Type": kind, "Idempotency-Key": "k"})
    assert is_a_problem(answer, 415, "unsupported_media_type")


def test_json_may_say_its_charset(shop):
    headers = {"Content-Type": "application/json; charset=utf-8", "Idempotency-Key": "k"}
    assert shop.post("/orders", content=b"{}", headers=headers).status_code == 422


@pytest.mark.parametrize(
    "path",
    ["/", "/nothing", "/orders/", "/orders/a%0Ab", "/orders/%0A/payments", "/docs", "/redoc"],
)
def test_an_unknown_address_is_said_to_be_one_in_json(shop, path):
    assert is_a_problem(shop.get(path), 404, "not_found")


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("path", ["/orders", "/orders/A", "/orders/A/payments"])
def test_an_unknown_method_is_refused_in_json(shop, method, path):
    answer = shop.request(method, path)
    assert is_a_problem(answer, 405, "method_not_allowed")
    assert answer.headers["Allow"]


def test_a_lost_database_is_said_to_come_back(shop, monkeypatch):
    def lost(*_):
        raise OperationalError("SELECT", {}, Exception("secret"))

    monkeypatch.setattr(orders, "receive_order", lost)
    answers = [shop.send_order(SMALLEST)]
    monkeypatch.setattr(guard, "client_of_token", lost)
    answers.append(shop.send_order(SMALLEST))
    for answer in answers:
        assert is_a_problem(answer, 503, "unavailable")
        assert answer.headers["Retry-After"] == "10"
        assert "secret" not in answer.text


def test_the_document_is_public_and_names_every_answer(shop):
    shop.headers.pop("Authorization")
    document = shop.get("/openapi.json").json()
    assert document["servers"] == [{"url": "/api/v1"}]
    assert f"/api/v1{'/openapi.json'}" == DOCUMENT
    assert document["components"]["securitySchemes"] == {
        "HTTPBearer": {"type": "http", "scheme": "bearer", "description": "A token of Réglages › API."}
    }
    for path in document["paths"].values():
        for operation in path.values():
            assert operation["security"] == [{"HTTPBearer": []}]
            assert {"400", "401", "403", "404", "413", "415", "422", "429", "500", "503"} <= operation[
                "responses"
            ].keys()
