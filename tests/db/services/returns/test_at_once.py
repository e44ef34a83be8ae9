"""Two people, or two clicks, act on the returns of one order at the same moment, on both databases."""

from collections.abc import Callable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.errors import MarketplaceError
from db.domain.orders import ReturnStatus
from db.domain.return_rules import TooManyUnitsError
from db.domain.returns import ReturnMove, ReturnRequest
from db.engine import transaction
from db.models import OutboxMessage, Return
from db.services.returns.facts import ReturnChangedError
from db.services.returns.intake import take_in_new_returns
from db.services.returns.moves import move_return
from db.services.returns.requests import request_return
from tests.conftest import NOW
from tests.db.services.returns.conftest import CUSTOMER, ask, set_scene
from tests.db.together import together


def at_once(engine: sa.Engine, *acts: Callable[[Session], object]) -> list[type[MarketplaceError]]:
    """Run each act in its own transaction and thread; return how those that were refused were."""
    refusals: list[type[MarketplaceError]] = []

    def one(act: Callable[[Session], object]) -> Callable[[], None]:
        def work() -> None:
            try:
                with transaction(engine) as session:
                    act(session)
            except MarketplaceError as refusal:
                refusals.append(type(refusal))

        return work

    together(*map(one, acts))
    return refusals


def test_one_form_sent_twice_is_one_return(engine: sa.Engine) -> None:
    with transaction(engine) as session:
        scene = set_scene(session)
        order_id, wanted = scene.order.id, ReturnRequest({scene.teapots.id: 1})
    acts = [lambda session: request_return(session, CUSTOMER, order_id, wanted, NOW, key="form")] * 3
    assert at_once(engine, *acts) == []
    assert counted(engine) == (1, 1)


def test_the_same_units_are_asked_for_once(engine: sa.Engine) -> None:
    with transaction(engine) as session:
        scene = set_scene(session)
        order_id, wanted = scene.order.id, ReturnRequest({scene.teapots.id: 2})
    acts = [lambda session: request_return(session, CUSTOMER, order_id, wanted, NOW)] * 2
    assert at_once(engine, *acts) == [TooManyUnitsError]  # One teapot is left.
    assert counted(engine) == (1, 1)


def test_a_return_is_accepted_or_denied_but_not_both(engine: sa.Engine) -> None:
    with transaction(engine) as session:
        scene = set_scene(session)
        row = ask(session, scene)
        return_id, version, staff = row.id, row.version, scene.staff
    moves = (ReturnMove(ReturnStatus.AWAITING_PARCEL), ReturnMove(ReturnStatus.DENIED, "Non."))
    acts = [lambda session, move=move: move_return(session, staff, return_id, version, move, NOW) for move in moves]
    assert at_once(engine, *acts) == [ReturnChangedError]


def test_two_workers_take_a_return_in_once(engine: sa.Engine) -> None:
    with transaction(engine) as session:
        session.add(Return(order_id=set_scene(session).order.id, requested_at=NOW))
    taken: list[int] = []
    at_once(engine, *[lambda session: taken.append(take_in_new_returns(session, NOW, limit=10))] * 2)
    assert sorted(taken) == [0, 1]
    assert counted(engine) == (1, 1)


def counted(engine: sa.Engine) -> tuple[int, int]:
    """How many returns there are, and how many e-mails."""
    with transaction(engine) as session:
        returns, mails = (
            session.scalar(sa.select(sa.func.count()).select_from(table)) or 0 for table in (Return, OutboxMessage)
        )
        return returns, mails
