from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.demo import generate
from db.engine import make_engine
from tests.conftest import DIALECTS, NOW, Databases

ORDERS = 2_000


@pytest.fixture(scope="session", params=DIALECTS)
def demo_engine(request: pytest.FixtureRequest, databases: Databases) -> Iterator[sa.Engine]:
    """A database with 2,000 demo orders up to NOW, on each dialect in turn; tests leave it as it is."""
    url = databases.new_url(request.param)
    engine = make_engine(url)
    generate(engine, now=NOW, orders=ORDERS)
    yield engine
    engine.dispose()
    databases.drop(url)


@pytest.fixture
def demo(demo_engine: sa.Engine) -> Iterator[Session]:
    with Session(demo_engine) as opened:
        yield opened
        opened.rollback()
