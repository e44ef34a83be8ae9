from collections.abc import Iterator

import pytest

from db.engine import engine
from db.settings import settings
from tests.acceptance.house import House


@pytest.fixture
def house(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """A marketplace on a fresh database, on SQLite and on PostgreSQL; it is Monday 23 November 2026, 9 o'clock."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    settings.cache_clear()
    engine.cache_clear()
    made = House(engine(), monkeypatch)
    made.set_clock(made.now)
    yield made
    engine().dispose()
    engine.cache_clear()
    settings.cache_clear()
