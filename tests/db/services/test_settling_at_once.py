"""Two screens settle the same order at the same moment, on both databases: what is given back is given back once."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.moves import Move, Rest
from db.domain.orders import OrderStatus, PaymentKind
from db.domain.permissions import Role
from db.domain.settlement import SettlementRequest
from db.engine import reading, transaction
from db.models import Document, LedgerEntry, Order, Payment, PointsMovement, Settlement
from db.services.moves import move_order
from db.services.order_facts import ChangedMeanwhileError
from db.services.settlements import settle_order
from tests.conftest import NOW
from tests.db.services.test_settlements import received_order
from tests.db.services.test_two_at_once import at_once
from tests.factories import create_person, viewer_for

EVERYTHING = SettlementRequest(gesture_cents=61_31, voucher_cents=10_00, reason="Tout")


@pytest.fixture
def order_id(engine: sa.Engine) -> int:
    with transaction(engine) as session:
        return received_order(session).id


@pytest.fixture
def person(engine: sa.Engine) -> Actor:
    with transaction(engine) as session:
        return Actor.person(viewer_for(create_person(session, Role.ADMIN)))


def settling(order_id: int, actor: Actor, engine: sa.Engine, key: str) -> Callable[[Session], object]:
    with reading(engine) as session:
        version = session.scalar(sa.select(Order.version).where(Order.id == order_id)) or 0
    return lambda session: settle_order(session, actor, order_id, version, EVERYTHING, key, NOW)


def sums(engine: sa.Engine) -> dict[str, int]:
    """What was given back, as each of the books has it."""
    back = sa.select(sa.func.sum(Payment.amount_cents)).where(Payment.kind == PaymentKind.REFUND)
    asked = {
        "settled": sa.select(sa.func.sum(Settlement.total_cents)),
        "refunds": back,
        "left of the invoice": sa.select(sa.func.sum(Document.gross_cents)),
        "ledger": sa.select(sa.func.sum(LedgerEntry.amount_cents)),
        "points": sa.select(sa.func.sum(PointsMovement.points)),
    }
    with reading(engine) as session:
        return {name: int(session.scalar(each) or 0) for name, each in asked.items()}


ONCE = {"settled": 61_31, "refunds": 61_31, "left of the invoice": 0, "ledger": 0, "points": 0}


def test_one_of_two_screens_wins(engine: sa.Engine, order_id: int, person: Actor) -> None:
    refusals = at_once(engine, *(settling(order_id, person, engine, key) for key in ("un", "deux")))
    assert sorted(type(each) for each in refusals if each) == [ChangedMeanwhileError]
    assert sums(engine) == ONCE


def test_a_double_click_is_one_settlement(engine: sa.Engine, order_id: int, person: Actor) -> None:
    refusals = at_once(engine, *(settling(order_id, person, engine, "clic") for _ in range(3)))
    assert refusals == [None, None, None]
    assert sums(engine) == ONCE


def test_a_settlement_that_dies_before_its_end_leaves_nothing(
    engine: sa.Engine, order_id: int, person: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = sums(engine)

    def die(*_args: object, **_kwargs: object) -> None:
        raise KeyboardInterrupt

    act = settling(order_id, person, engine, "clic")
    monkeypatch.setattr("db.services.settlements.reconcile", die)
    with pytest.raises(KeyboardInterrupt), transaction(engine) as session:
        act(session)
    assert sums(engine) == before
    monkeypatch.undo()
    with transaction(engine) as session:
        act(session)
    assert sums(engine) == ONCE


def test_cancelling_the_rest_and_settling_at_once_give_back_once(engine: sa.Engine, person: Actor) -> None:
    with transaction(engine) as session:
        order = received_order(session)
        order.status = OrderStatus.PARTLY_SHIPPED
        order.received_at = None
        session.execute(sa.text("UPDATE order_lines SET quantity_shipped = 1"))
        session.flush()
        order_id = order.id
    cancel = Move(OrderStatus.SHIPPED, rest=Rest.CANCEL)
    at_once(
        engine,
        settling(order_id, person, engine, "un"),
        lambda session: move_order(session, person, order_id, cancel, NOW),
    )
    with reading(engine) as session:
        paid = sa.select(Order.paid_cents, Order.refunded_cents).where(Order.id == order_id)
        received, _ = session.execute(paid).one()
    assert sums(engine)["refunds"] <= received
