"""schemathesis holds every answer against the OpenAPI document: whatever is sent, no 5xx and nothing undocumented."""

import pytest
import schemathesis
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from schemathesis.specs.openapi.checks import positive_data_acceptance
from starlette.applications import Starlette

from dashboard.web.api import guard
from dashboard.web.api.app import ROUTES
from dashboard.web.api.documents import ORDER_EXAMPLES, PAYMENT_EXAMPLES
from dashboard.web.api.guard import DOCUMENT

#: The document cannot say that a seller exists, or that a total is the sum: what fits it may still be refused.
EXCLUDED = [positive_data_acceptance]

schema = schemathesis.openapi.from_asgi(DOCUMENT, Starlette(routes=ROUTES))
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


#: The same examples each time, and no more of them than a test-suite has time for.
bounded = hypothesis_settings(
    max_examples=60, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)


@pytest.fixture(autouse=True)
def no_limits(monkeypatch):
    monkeypatch.setattr(guard, "seconds_to_wait", lambda *_: None)


@schema.parametrize()
@bounded
def test_every_answer_is_as_the_document_says(case, shop):
    case.call_and_validate(headers={"Authorization": shop.headers["Authorization"]}, excluded_checks=EXCLUDED)


def test_a_whole_sale_is_answered_as_the_document_says(shop):
    """What succeeds, too: random orders are of sellers that there are not."""

    def ask(path, method, **parts):
        headers = {"Authorization": shop.headers["Authorization"]} | parts.pop("headers", {})
        return schema[path][method].Case(headers=headers, **parts).call_and_validate()

    whole, captured = ORDER_EXAMPLES["whole"]["value"], PAYMENT_EXAMPLES["captured"]["value"]
    send = {"body": whole, "headers": {"Idempotency-Key": "4711-1"}, "media_type": "application/json"}
    sent, again = ask("/orders", "POST", **send), ask("/orders", "POST", **send)
    assert (sent.status_code, again.status_code) == (201, 201)
    named = {"path_parameters": {"number": sent.json()["number"]}}
    assert ask("/orders/{number}", "GET", **named).status_code == 200
    assert ask("/orders", "GET", query={"external_ref": whole["external_ref"]}).status_code == 200
    paid = ask("/orders/{number}/payments", "POST", **named, body=captured, media_type="application/json")
    assert paid.status_code == 201
