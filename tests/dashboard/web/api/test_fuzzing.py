"""schemathesis holds every answer against the OpenAPI document: whatever is sent, no 5xx and nothing undocumented."""

import pytest
import schemathesis
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from schemathesis.specs.openapi.checks import positive_data_acceptance
from starlette.applications import Starlette

from dashboard.web.api import guard
from dashboard.web.api.app import ROUTES
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
