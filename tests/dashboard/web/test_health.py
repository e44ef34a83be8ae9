"""What a supervisor is told, and what people see while the database is away."""

import pytest
import sqlalchemy as sa

from db.engine import transaction
from tests.dashboard.apptest import open_session


@pytest.fixture
def with_older_schema(use_database):
    with transaction() as session:
        session.execute(sa.text("UPDATE alembic_version SET version_num = '0000'"))


def test_a_process_that_serves_is_alive_and_ready(site, use_database):
    with site.client() as client:
        assert (client.get("/healthz").status_code, client.get("/healthz").text) == (200, "ok")
        assert (client.get("/readyz").status_code, client.get("/readyz").text) == (200, "ready")


def test_without_a_database_it_is_alive_but_not_ready_and_tells_nothing_more(site, lose_database):
    lose_database()
    with site.client() as client:
        assert client.get("/healthz").status_code == 200
        answer = client.get("/readyz")
    assert (answer.status_code, answer.text) == (503, "not ready")


def test_with_another_schema_it_is_not_ready(site, with_older_schema):
    with site.client() as client:
        assert client.get("/readyz").status_code == 503


def test_without_a_database_every_page_says_so_and_loads_itself_again(site, signed_up, lose_database):
    token = open_session(signed_up()).token
    lose_database()
    with site.client(token, Accept="text/html") as client:
        answers = [
            client.get("/commandes"),
            client.get("/connexion"),
            client.post("/connexion", data={"email": "a@b.fr", "password": "x"}),
            client.get("/lien/x"),
        ]
    for answer in answers:
        assert answer.status_code == 503
        assert answer.headers["refresh"] == "5"
        assert "La base de données ne répond pas." in answer.text
        assert "127.0.0.1" not in answer.text
        assert "OperationalError" not in answer.text
