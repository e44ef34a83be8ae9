"""The API on the real server: the gate lets it through, and nothing of people's sessions counts there."""

import httpx
import pytest

from dashboard.web.api.documents import ORDER_EXAMPLES
from dashboard.web.rate_limits import forget_all
from db.domain.api import Scope
from db.domain.permissions import Role
from db.domain.time import utc_now
from db.engine import transaction
from db.services.api_tokens import create_api_token
from tests.dashboard.apptest import open_session
from tests.factories import create_person, create_seller, viewer_for

ORDER = ORDER_EXAMPLES["smallest"]["value"]


@pytest.fixture
def admin(use_database):
    forget_all()
    with transaction() as session:
        create_seller(session, code="THE")
        return viewer_for(create_person(session, Role.ADMIN))


@pytest.fixture
def token(admin):
    with transaction() as session:
        made = create_api_token(
            session, admin, name="Boutique", scopes=list(Scope), seller_id=None, expires_at=None, now=utc_now()
        )
    return made.token


def post(site, **headers):
    headers = {"Idempotency-Key": "k-1", **{name.replace("_", "-"): value for name, value in headers.items()}}
    return httpx.post(f"{site.origin}/api/v1/orders", json=ORDER, headers=headers)


def test_a_shop_without_cookie_or_origin_is_let_in_by_its_token(site, token):
    answer = post(site, Authorization=f"Bearer {token}")
    assert answer.status_code == 201
    assert "set-cookie" not in answer.headers
    assert httpx.get(answer.headers["Location"].replace("127.0.0.1:8501", site.host)).status_code == 401


def test_a_page_of_another_site_gets_nowhere_with_the_cookie_of_a_session(site, admin):
    opened = open_session(admin.person_id)
    answer = site.client(opened.token, Origin="https://evil.example").post("/api/v1/orders", json=ORDER)
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")
    assert "access-control-allow-origin" not in answer.headers


def test_the_document_is_there_for_anybody(site, admin):
    assert httpx.get(f"{site.origin}/api/v1/openapi.json").json()["servers"] == [{"url": "/api/v1"}]


def test_another_name_for_this_server_is_refused_before_anything_else(site, token):
    assert post(site, Authorization=f"Bearer {token}", Host="evil.example").status_code == 421
