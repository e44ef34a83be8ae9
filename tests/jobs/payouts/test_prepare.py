"""The run of payouts is the same whether it ran once, twice, by two workers at once, or was killed in the middle."""

import datetime as dt
import subprocess
import sys
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM, Actor
from db.domain.payouts import PayoutEvent, PayoutState
from db.domain.permissions import Role
from db.domain.time import local_day, utc_now
from db.engine import reading, transaction
from db.models import Payout, PayoutEntry, PayoutHistory, PayoutRun, PayoutSettings, Person
from db.services.payouts.runs import begin_run
from jobs.payouts import prepare
from jobs.payouts.prepare import prepare_payouts
from jobs.run import Run
from tests.factories import create_person, viewer_for
from tests.jobs.payouts.conftest import FEE, NET, SALES, SELLERS

ROOT = Path(__file__).parents[3]


def run(engine: sa.Engine, name: str = "test") -> int:
    return prepare_payouts(Run(engine, name, Event()))


def payouts(engine: sa.Engine) -> list[tuple[int, str, int, int, int]]:
    with reading(engine) as session:
        rows = session.execute(
            sa.select(Payout.seller_id, Payout.state, Payout.sale_cents, Payout.fee_cents, Payout.net_cents).order_by(
                Payout.seller_id
            )
        )
        return [tuple(row) for row in rows.all()]


@pytest.fixture
def expected(seller_ids: list[int]) -> list[tuple[int, str, int, int, int]]:
    return [(seller_id, PayoutState.PREPARED, sum(SALES), FEE, NET) for seller_id in seller_ids]


def assert_told_once(engine: sa.Engine) -> None:
    with reading(engine) as session:
        events = list(session.scalars(sa.select(PayoutHistory.event)))
        waiting = session.scalar(
            sa.select(sa.func.count()).select_from(PayoutEntry).where(PayoutEntry.payout_id.is_(None))
        )
    assert events == [PayoutEvent.PREPARED] * SELLERS
    assert waiting == 0


def test_the_night_prepares_each_seller_once_however_often_it_comes(
    engine: sa.Engine, seller_ids: list[int], expected: object
) -> None:
    assert run(engine) == len(seller_ids)
    assert payouts(engine) == expected
    assert run(engine) == 0  # The day's run is done.
    assert payouts(engine) == expected
    assert_told_once(engine)


def test_two_workers_at_once_prepare_what_one_would(engine: sa.Engine, expected: object) -> None:
    workers = [Thread(target=run, args=(engine, f"worker {number}")) for number in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert payouts(engine) == expected
    assert_told_once(engine)


_KILLED = """
import os, signal, sys
from threading import Event
from db.engine import make_engine
from jobs.payouts import prepare
from jobs.run import Run

left = int(sys.argv[2])
honest = prepare.prepare_seller

def prepare_seller(session, *args):
    global left
    honest(session, *args)
    left -= 1
    if not left:  # Its transaction is not committed yet.
        os.kill(os.getpid(), signal.SIGKILL)

prepare.prepare_seller = prepare_seller
prepare.prepare_payouts(Run(make_engine(sys.argv[1]), "killed", Event()))
"""


def test_a_run_that_is_killed_is_gone_on_with(database_url: str, engine: sa.Engine, expected: object) -> None:
    killed = subprocess.run(
        [sys.executable, "-c", _KILLED, database_url, "15"], cwd=ROOT, check=False, capture_output=True
    )
    assert killed.returncode < 0, killed.stderr.decode()
    assert len(payouts(engine)) == 14  # The fifteenth was rolled back with its transaction.
    run(engine)
    assert payouts(engine) == expected
    assert_told_once(engine)


def test_a_run_that_is_asked_to_stop_leaves_the_rest_to_the_next(engine: sa.Engine, expected: object) -> None:
    stop = Event()
    stop.set()
    assert prepare_payouts(Run(engine, "stopped", stop)) == 0
    with reading(engine) as session:
        assert session.scalar(sa.select(PayoutRun.finished_at)) is None
    run(engine)
    assert payouts(engine) == expected


@pytest.fixture
def by_hand(engine: sa.Engine) -> None:
    with transaction(engine) as session:
        session.add(PayoutSettings(id=1, is_automatic=False))


@pytest.mark.usefixtures("by_hand")
def test_where_people_prepare_payouts_the_night_waits_for_them_and_they_are_named(
    engine: sa.Engine, seller_ids: list[int]
) -> None:
    assert run(engine) == 0
    with transaction(engine) as session:
        person = create_person(session, Role.FINANCE, name="Fanny Finance")
        begin_run(session, Actor.person(viewer_for(person)), utc_now())
    assert run(engine) == len(seller_ids)
    with reading(engine) as session:
        names = set(session.execute(sa.select(Payout.prepared_by_id, Payout.prepared_by_name)).all())
        assert names == {(person_id(engine), "Fanny Finance")}


def person_id(engine: sa.Engine) -> int:
    with reading(engine) as session:
        return session.scalars(sa.select(Person.id)).one()


@pytest.mark.usefixtures("by_hand")
def test_a_run_of_somebody_who_left_meanwhile_is_the_systems(engine: sa.Engine, seller_ids: list[int]) -> None:
    with transaction(engine) as session:
        person = create_person(session, Role.FINANCE)
        begin_run(session, Actor.person(viewer_for(person)), utc_now())
        person.is_active = False
    assert run(engine) == len(seller_ids)
    with reading(engine) as session:
        assert set(session.scalars(sa.select(Payout.prepared_by_id))) == {None}


def test_a_run_that_is_asked_for_again_while_it_is_under_way_is_gone_through_again(
    engine: sa.Engine, seller_ids: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = prepare.finish_run

    def ask_again_just_before(session: object, *args: object) -> None:
        begin_run(session, SYSTEM, utc_now())  # type: ignore[arg-type]
        honest(session, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(prepare, "finish_run", ask_again_just_before)
    run(engine)
    monkeypatch.undo()
    assert run(engine) == len(seller_ids)  # Every open payout is judged anew.


def test_a_day_has_one_run(engine: sa.Engine) -> None:
    now = utc_now()
    with transaction(engine) as session:
        first = begin_run(session, SYSTEM, now)
    with transaction(engine) as session:
        assert begin_run(session, SYSTEM, now + dt.timedelta(seconds=1)) == first
    with reading(engine) as session:
        assert session.scalars(sa.select(PayoutRun.run_on)).one() == local_day(now)


def test_a_seller_that_cannot_be_prepared_keeps_nobody_else_waiting_and_is_tried_again(
    engine: sa.Engine, seller_ids: list[int], expected: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = prepare.prepare_seller

    def fail_on_the_first(session: Session, actor: Actor, seller_id: int, *args: Any) -> None:
        honest(session, actor, seller_id, *args)
        if seller_id == seller_ids[0]:
            raise ValueError

    with transaction(engine) as session:
        started = utc_now() - dt.timedelta(days=1)  # Of yesterday, left under way.
        session.add(PayoutRun(run_on=local_day(started), started_at=started))
    monkeypatch.setattr(prepare, "prepare_seller", fail_on_the_first)
    assert run(engine) == len(seller_ids) - 1
    assert payouts(engine) == expected[1:]
    assert finished(engine) == [False, False]  # The page does not say that it is done.
    monkeypatch.undo()
    run(engine)
    assert payouts(engine) == expected
    assert finished(engine) == [True, True]
    assert_told_once(engine)


def finished(engine: sa.Engine) -> list[bool]:
    with reading(engine) as session:
        return [at is not None for at in session.scalars(sa.select(PayoutRun.finished_at))]
