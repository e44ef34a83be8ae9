"""The database behind the pages: ``use_database`` points the whole process at a fresh one for one test."""

import datetime as dt
from collections.abc import Callable, Iterator

import pytest
import streamlit as st

from db.domain.permissions import Role
from db.domain.time import utc_now
from db.engine import engine, transaction
from db.services.work import worker_seen
from db.settings import settings
from tests.conftest import Databases
from tests.factories import create_person, create_seller
from tests.hashing import quick_hashing  # noqa: F401  autouse: every test of this folder


@pytest.fixture
def use_database(databases: Databases, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Give the dashboard a fresh, migrated SQLite database of its own; return its URL.

    Pages run on SQLite only: what differs between the databases is tested where it lives, in queries and services.
    """
    url = databases.new_url("sqlite")
    monkeypatch.setenv("DATABASE_URL", url)
    forget_caches()
    with transaction() as session:  # No worker is there, and no banner shall say so on every page.
        worker_seen(session, "nobody", utc_now() + dt.timedelta(days=1))
    yield url
    engine().dispose()
    forget_caches()
    databases.drop(url)


def forget_caches() -> None:
    """Forget the settings, the engine and what pages have cached."""
    settings.cache_clear()
    engine.cache_clear()
    st.cache_data.clear()
    st.cache_resource.clear()


@pytest.fixture
def lose_database(use_database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """A function that takes the database away, and one ``monkeypatch.undo()`` brings back: nobody answers there."""

    def lose() -> None:
        monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/gone")
        settings.cache_clear()
        engine.cache_clear()

    yield lose
    monkeypatch.setenv("DATABASE_URL", use_database)
    settings.cache_clear()
    engine.cache_clear()


@pytest.fixture
def signed_up(use_database: str) -> Callable[..., int]:
    """A function that adds a person of a role to the database and returns the person's id."""

    def add(role: Role = Role.ADMIN, **columns: object) -> int:
        with transaction() as session:
            if role is Role.SELLER:
                columns.setdefault("seller_id", create_seller(session).id)
            return create_person(session, role, **columns).id

    return add
