from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from db.engine import make_engine
from tests.conftest import Databases


@pytest.fixture
def sqlite_url(databases: Databases) -> Iterator[str]:
    """A fresh embedded database, for what does not depend on the dialect."""
    url = databases.new_url("sqlite")
    yield url
    databases.drop(url)


@pytest.fixture
def sqlite_engine(sqlite_url: str) -> Iterator[sa.Engine]:
    made = make_engine(sqlite_url)
    yield made
    made.dispose()
