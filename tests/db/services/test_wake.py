import datetime as dt
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.jobs import JobName
from db.engine import make_engine, transaction
from db.services.wake import wake
from tests.conftest import NOW, Databases


@pytest.fixture
def postgres(databases: Databases) -> Iterator[sa.Engine]:
    url = databases.new_url("postgresql")
    engine = make_engine(url)
    yield engine
    engine.dispose()
    databases.drop(url)


def waiting(engine: sa.Engine) -> list[tuple[str, dt.datetime | None]]:
    with engine.connect() as connection:
        rows = connection.execute(sa.text("SELECT task_name, scheduled_at FROM procrastinate_jobs ORDER BY id"))
        return [tuple(row) for row in rows]


def test_a_job_waits_once_the_transaction_is_committed(postgres: sa.Engine) -> None:
    later = NOW + dt.timedelta(seconds=60)
    with transaction(postgres) as session:
        wake(session, "deliver-emails")
        wake(session, JobName.DELIVER_EMAILS, at=later)
        assert waiting(postgres) == []
    assert waiting(postgres) == [("deliver-emails", None), ("deliver-emails", later)]


def test_a_transaction_that_rolls_back_wakes_nobody(postgres: sa.Engine) -> None:
    with Session(postgres) as session:
        wake(session, "deliver-emails")
        session.rollback()
    assert waiting(postgres) == []


def test_two_open_transactions_wake_the_same_job_without_waiting_for_each_other(postgres: sa.Engine) -> None:
    with transaction(postgres) as one, transaction(postgres) as other:
        other.execute(sa.text("SET LOCAL lock_timeout = '100ms'"))
        wake(one, "deliver-emails", at=NOW)
        wake(other, "deliver-emails", at=NOW)
    assert len(waiting(postgres)) == 2


def test_the_embedded_database_needs_no_wake(databases: Databases) -> None:
    engine = make_engine(databases.new_url("sqlite"))
    with transaction(engine) as session:
        wake(session, "deliver-emails")
    engine.dispose()


def test_a_name_that_is_no_job_is_refused(session: Session) -> None:
    with pytest.raises(ValueError, match="deliver-mail"):
        wake(session, "deliver-mail")
