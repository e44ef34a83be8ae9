"""A shop at the API: in process, on a database of its own, with a token of every scope."""

import secrets
from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dashboard.web.api.app import ROUTES
from db.domain.api import Scope
from db.domain.time import utc_now
from db.engine import engine, reading, transaction
from db.models.base import Base
from db.services.api_tokens import create_api_token
from db.settings import settings
from tests.factories import ADMIN, create_person, create_product, create_seller

GiveToken = Callable[..., str]


@pytest.fixture
def api_database(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Point the process at a fresh database, on each dialect in turn, with one seller and one product."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    forget_process()
    with transaction() as session:
        create_person(session, email=ADMIN.email)
        seller = create_seller(session, code="THE")
        create_product(session, seller, sku="THE-VERT-100")
        create_seller(session, code="CAFE")
    yield database_url
    engine().dispose()
    forget_process()


def forget_process() -> None:
    settings.cache_clear()
    engine.cache_clear()


@pytest.fixture
def give_token(api_database: str) -> GiveToken:
    def give(*scopes: Scope, seller_id: int | None = None, **columns: object) -> str:
        with transaction() as session:
            made = create_api_token(
                session,
                ADMIN,
                name="Boutique",
                scopes=scopes or list(Scope),
                seller_id=seller_id,
                expires_at=None,
                now=utc_now(),
            )
        return made.token

    return give


class Shop(TestClient):
    """A shop's program: every request bears the token, every order a key of its own."""

    def __init__(self, token: str) -> None:
        super().__init__(Starlette(routes=ROUTES), base_url="http://127.0.0.1/api/v1", raise_server_exceptions=False)
        self.headers["Authorization"] = f"Bearer {token}"

    def send_order(self, order: object, key: str | None = None, **headers: str):
        return self.post("/orders", json=order, headers={"Idempotency-Key": key or secrets.token_hex(8)} | headers)


@pytest.fixture
def shop(give_token: GiveToken) -> Shop:
    return Shop(give_token())


def count(model: type[Base]) -> int:
    """Return how many rows a table has."""
    with reading() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(model))
