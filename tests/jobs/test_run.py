import datetime as dt
from collections.abc import Callable
from threading import Event

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.engine import reading
from db.models import Seller
from jobs.run import Run, Step, in_steps
from tests.factories import create_seller


def sellers(engine: sa.Engine) -> int:
    with reading(engine) as session:
        return session.scalar(sa.select(sa.func.count()).select_from(Seller)) or 0


def a_run(engine: sa.Engine) -> Run:
    return Run(engine, "test", Event())


def test_each_step_is_committed_before_the_next_one(engine: sa.Engine) -> None:
    seen = []

    def step(session: Session, now: dt.datetime) -> Step:
        assert now.tzinfo is dt.UTC
        seen.append(session.scalar(sa.select(sa.func.count()).select_from(Seller)))
        create_seller(session)
        return Step(1, more=len(seen) < 3)

    assert in_steps(step)(a_run(engine)) == 3
    assert seen == [0, 1, 2]
    assert sellers(engine) == 3


def test_a_step_that_fails_leaves_nothing_and_what_came_before_it_stays(engine: sa.Engine) -> None:
    def step(session: Session, now: dt.datetime) -> Step:
        create_seller(session)
        if session.scalar(sa.select(sa.func.count()).select_from(Seller)) == 2:
            raise ValueError("the second one is bad")
        return Step(1, more=True)

    with pytest.raises(ValueError, match="the second one is bad"):
        in_steps(step)(a_run(engine))
    assert sellers(engine) == 1


def test_a_stop_is_heard_between_two_steps(engine: sa.Engine) -> None:
    run = a_run(engine)

    def step(session: Session, now: dt.datetime) -> Step:
        create_seller(session)
        run.stop.set()
        return Step(1, more=True)

    assert in_steps(step)(run) == 1
    assert sellers(engine) == 1


@pytest.mark.parametrize(("is_due", "steps"), [(lambda _: False, 0), (lambda _: True, 1), (None, 1)])
def test_a_look_beforehand_saves_a_transaction(
    sqlite_engine: sa.Engine, is_due: Callable[[Session], bool] | None, steps: int
) -> None:
    taken = []

    def step(session: Session, now: dt.datetime) -> Step:
        taken.append(now)
        return Step(1)

    assert in_steps(step, is_due=is_due)(a_run(sqlite_engine)) == steps == len(taken)
