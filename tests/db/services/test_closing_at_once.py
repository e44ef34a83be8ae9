"""Two people close at once, or somebody writes while a month is closed: one chain, and the figures of one instant."""

import threading

import pytest
import sqlalchemy as sa

from db.domain.actor import Actor
from db.domain.closing import BooksBusyError, MonthClosedError, NotClosableError
from db.domain.errors import MarketplaceError
from db.domain.permissions import Role
from db.engine import reading, transaction
from db.services import closing_lock
from db.services.closing import close_month, plan_closing
from db.services.closing_check import verify_closings
from tests.conftest import NOW
from tests.db.services.test_closing import OCTOBER, THEN, close, sold
from tests.db.together import together
from tests.factories import create_person, viewer_for

only_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@pytest.fixture
def finance(engine: sa.Engine) -> Actor:
    with transaction(engine) as session:
        sold(session, THEN)
        return Actor.person(viewer_for(create_person(session, Role.FINANCE)))


def faults(engine: sa.Engine) -> list[str]:
    with reading(engine) as session:
        return [sentence for _, found in verify_closings(session) for sentence in found]


@pytest.mark.parametrize("months", [("2026-10-01", "2026-10-01"), ("2026-09-01", "2026-10-01")])
def test_two_first_closings_at_once_make_one_chain(engine: sa.Engine, finance: Actor, months: tuple[str, str]) -> None:
    """Each of two different months may be the first: the second to come follows the first, or is refused."""
    shown = {}
    with reading(engine) as session:
        for month in months:
            day = OCTOBER.fromisoformat(month)
            shown[day] = plan_closing(session, finance, day, NOW).figures_hash
    days = [OCTOBER.fromisoformat(month) for month in months]
    refused: list[MarketplaceError] = []
    barrier = threading.Barrier(2)

    def act(index: int) -> None:
        try:
            with transaction(engine) as session:
                if engine.dialect.name == "postgresql":  # SQLite's second transaction does not begin.
                    session.execute(sa.select(1))
                    barrier.wait(30)
                close_month(session, finance, days[index], shown[days[index]], NOW)
        except MarketplaceError as error:
            refused.append(error)

    together(lambda: act(0), lambda: act(1))
    assert all(isinstance(error, NotClosableError) for error in refused)
    assert len(refused) == 1 or days[0] != days[1]
    assert faults(engine) == []


@only_postgresql
def test_a_month_is_not_closed_while_somebody_writes_into_its_books(
    engine: sa.Engine, finance: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(closing_lock, "_TRIES", 2)
    with transaction(engine) as writer:
        writer.execute(sa.text("UPDATE orders SET total_cents = total_cents + 1"))
        with pytest.raises(BooksBusyError, match="Réessayez"), transaction(engine) as session:
            close(session, finance, OCTOBER)
        writer.rollback()
    with transaction(engine) as session:
        close(session, finance, OCTOBER)
        assert session.scalar(sa.text("SHOW lock_timeout")) == "0"
    assert faults(engine) == []


@only_postgresql
def test_who_writes_while_a_month_is_closed_waits_and_finds_it_closed(engine: sa.Engine, finance: Actor) -> None:
    found: list[type[Exception]] = []

    def write() -> None:
        try:
            with transaction(engine) as session:
                session.execute(sa.text("UPDATE payments SET amount_cents = 1"))
        except MonthClosedError as error:
            found.append(type(error))

    with transaction(engine) as session:
        close(session, finance, OCTOBER)
        writer = threading.Thread(target=write)
        writer.start()
        writer.join(0.3)
    writer.join(30)
    assert found == [MonthClosedError]
    assert faults(engine) == []
