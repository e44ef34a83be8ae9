"""Two people close at once, or somebody writes while a month is closed: one chain, and the figures of one instant."""

import datetime as dt
import threading

import pytest
import sqlalchemy as sa

from db.domain.actor import Actor
from db.domain.closing import BooksBusyError, MonthClosedError
from db.domain.permissions import Role
from db.engine import reading, transaction
from db.services import closing_lock
from db.services.closing import close_month, plan_closing
from db.services.closing_check import verify_closings
from tests.conftest import NOW
from tests.db.services.test_closing import OCTOBER, THEN, close, sold
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


def test_two_first_closings_at_once_make_one_chain(engine: sa.Engine, finance: Actor) -> None:
    """Each of two months may be the first: who comes second follows the first, though that is not committed yet."""
    with reading(engine) as session:
        shown = plan_closing(session, finance, OCTOBER, NOW).figures_hash

    def close_october() -> None:
        with transaction(engine) as session:
            close_month(session, finance, OCTOBER, shown, NOW)

    second = threading.Thread(target=close_october)
    with transaction(engine) as session:
        close(session, finance, dt.date(2026, 9, 1))
        second.start()
        second.join(0.5)
    second.join(30)
    with reading(engine) as session:
        assert [closed.month.month for closed, _ in verify_closings(session)] == [9, 10]
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
