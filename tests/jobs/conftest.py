from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from db.engine import make_engine
from tests.conftest import Databases


@pytest.fixture
def sqlite_url(databases: Databases, own_storage: None) -> Iterator[str]:
    """A fresh embedded database, for what does not depend on the dialect."""
    url = databases.new_url("sqlite")
    yield url
    databases.drop(url)


@pytest.fixture
def sqlite_engine(sqlite_url: str) -> Iterator[sa.Engine]:
    made = make_engine(sqlite_url)
    yield made
    made.dispose()


@pytest.fixture
def postgres_url(databases: Databases, own_storage: None) -> Iterator[str]:
    """A fresh database with a queue."""
    url = databases.new_url("postgresql")
    yield url
    databases.drop(url)


@pytest.fixture
def postgres_engine(postgres_url: str) -> Iterator[sa.Engine]:
    made = make_engine(postgres_url)
    yield made
    made.dispose()
