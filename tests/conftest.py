"""Databases for tests: every test that asks for ``engine`` or ``session`` runs on SQLite and on PostgreSQL."""

import datetime as dt
import os
import shutil
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from db import schema
from db.engine import make_engine
from tests.postgres import ThrowAwayPostgres

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
DIALECTS = ("sqlite", "postgresql")
TEMPLATE = "marketplace_template"

#: The instant tests call « now »: a Saturday in Paris, in winter time.
NOW = dt.datetime(2026, 11, 21, 9, 30, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def own_main_module(monkeypatch: pytest.MonkeyPatch) -> None:
    """AppTest leaves its script as ``__main__``; a process that a later test starts would run that, and die."""
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])


@pytest.fixture(scope="session")
def postgres_admin_url() -> Iterator[str]:
    """A PostgreSQL server: ``TEST_DATABASE_URL`` if given (its user may create databases), else our own."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield make_url(given).set(drivername="postgresql").render_as_string(hide_password=False)
        return
    server = ThrowAwayPostgres()
    yield server.url()
    server.stop()


class Databases:
    """Migrated once per test process and dialect, then copied."""

    def __init__(self, folder: Path, postgres_admin_url: str) -> None:
        self._folder = folder
        self._postgres = postgres_admin_url
        self._suffix = uuid.uuid4().hex[:8]
        self._migrated: set[str] = set()

    def new_url(self, dialect: str) -> str:
        """Return the URL of a fresh database with the whole schema and no rows."""
        if dialect not in self._migrated:
            self._create(self._url(dialect, TEMPLATE), template=None)
            engine = make_engine(self._url(dialect, TEMPLATE))
            schema.upgrade(engine)
            engine.dispose()
            self._migrated.add(dialect)
        url = self._url(dialect, f"test_{uuid.uuid4().hex[:12]}")
        self._create(url, template=self._url(dialect, TEMPLATE))
        return url

    def empty_url(self, dialect: str) -> str:
        """Return the URL of a database without any schema."""
        url = self._url(dialect, f"empty_{uuid.uuid4().hex[:12]}")
        self._create(url, template=None)
        return url

    def drop(self, url: str) -> None:
        """Throw a database away, whoever is still connected to it."""
        parsed = make_url(url)
        if parsed.get_backend_name() == "postgresql":
            self._admin(f'DROP DATABASE IF EXISTS "{parsed.database}" WITH (FORCE)')
        else:
            Path(str(parsed.database)).unlink(missing_ok=True)

    def close(self) -> None:
        if "postgresql" in self._migrated:
            self.drop(self._url("postgresql", TEMPLATE))

    def _url(self, dialect: str, name: str) -> str:
        if dialect == "sqlite":
            return f"sqlite:///{self._folder / name}.db"
        database = f"{name}_{self._suffix}"
        return make_url(self._postgres).set(database=database).render_as_string(hide_password=False)

    def _create(self, url: str, template: str | None) -> None:
        database = make_url(url).database
        if url.startswith("sqlite"):
            if template:
                shutil.copy(str(make_url(template).database), str(database))
            return
        source = f' TEMPLATE "{make_url(template).database}"' if template else ""
        self._admin(f'CREATE DATABASE "{database}"{source}')

    def _admin(self, statement: str) -> None:
        with psycopg.connect(self._postgres, autocommit=True) as connection:
            connection.execute(statement.encode())


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory, postgres_admin_url: str) -> Iterator[Databases]:
    made = Databases(tmp_path_factory.mktemp("databases"), postgres_admin_url)
    yield made
    made.close()


@pytest.fixture
def own_storage(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A storage of one's own: what the audit log of one database anchored is missing in another one."""
    monkeypatch.setenv("FILES_URL", (tmp_path / "files").as_uri())


@pytest.fixture(params=DIALECTS)
def database_url(request: pytest.FixtureRequest, databases: Databases, own_storage: None) -> Iterator[str]:
    """A fresh, migrated database of one's own, on each dialect in turn, with its own storage."""
    url = databases.new_url(request.param)
    yield url
    databases.drop(url)


@pytest.fixture
def engine(database_url: str) -> Iterator[sa.Engine]:
    """An engine on a fresh, migrated database, on each dialect in turn: for tests that commit."""
    made = make_engine(database_url)
    yield made
    made.dispose()


@pytest.fixture(scope="session", params=DIALECTS)
def shared_engine(request: pytest.FixtureRequest, databases: Databases) -> Iterator[sa.Engine]:
    url = databases.new_url(request.param)
    made = make_engine(url)
    yield made
    made.dispose()
    databases.drop(url)


@pytest.fixture
def session(shared_engine: sa.Engine) -> Iterator[Session]:
    """A session whose work is rolled back at the end, on each dialect in turn: for tests that do not commit."""
    with Session(shared_engine) as opened:
        yield opened
        opened.rollback()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data beside the project; the test is skipped where it is absent."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"real data is not there: {SHARED_DATA}")
    return SHARED_DATA
