"""Several connections move the same stock at the same moment, on both databases: nothing is lost, nothing twice."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM, Actor
from db.domain.permissions import Role
from db.domain.stock import StockKind, StockReason
from db.engine import transaction
from db.models import Product, StockMovement
from db.services.stock import NewMovement, StockChangedError, StockCount, correct_stock, move_stock
from tests.conftest import NOW
from tests.db.services.test_two_at_once import at_once
from tests.factories import create_person, create_product, create_seller, viewer_for


def two_products(engine: sa.Engine) -> tuple[int, int, Actor]:
    with transaction(engine) as session:
        seller = create_seller(session)
        tea, cup = (create_product(session, seller, stock=40) for _ in range(2))
        return tea.id, cup.id, Actor.person(viewer_for(create_person(session, Role.SUPPORT)))


def stocks(engine: sa.Engine) -> list[tuple[int | None, int]]:
    with Session(engine) as session:
        found = session.execute(sa.select(Product.stock, Product.stock_moved).order_by(Product.id))
        return [(row.stock, row.stock_moved) for row in found]


def test_sales_of_two_products_in_either_order_never_wait_in_a_circle(engine: sa.Engine) -> None:
    tea, cup, _ = two_products(engine)

    def sale(number: int) -> list[NewMovement]:
        pair = [NewMovement(key, StockKind.SALE, f"sale:{number}:{key}", -1) for key in (tea, cup)]
        return pair[::-1] if number % 2 else pair

    refusals = at_once(
        engine, *(lambda session, number=number: move_stock(session, SYSTEM, sale(number), NOW) for number in range(8))
    )
    assert refusals == [None] * 8
    assert stocks(engine) == [(32, 32), (32, 32)]


def test_one_cause_written_by_several_at_once_moves_once(engine: sa.Engine) -> None:
    tea, _, _ = two_products(engine)
    sale = NewMovement(tea, StockKind.SALE, "sale:812", -2)
    assert at_once(engine, *(lambda session: move_stock(session, SYSTEM, [sale], NOW) for _ in range(6))) == [None] * 6
    assert stocks(engine)[0] == (38, 38)


@pytest.mark.parametrize("attempt", range(3))
def test_of_two_people_who_counted_at_once_one_is_told_to_count_again(engine: sa.Engine, attempt: int) -> None:
    tea, _, ada = two_products(engine)
    refusals = at_once(
        engine,
        lambda session: correct_stock(session, ada, tea, StockCount(40, 38, StockReason.INVENTORY, "a"), NOW),
        lambda session: correct_stock(session, ada, tea, StockCount(40, 39, StockReason.INVENTORY, "b"), NOW),
    )
    (refused,) = [refusal for refusal in refusals if refusal is not None]
    assert isinstance(refused, StockChangedError)
    assert stocks(engine)[0] in {(38, 38), (39, 39)}


def test_a_correction_sent_twice_at_once_is_one_movement(engine: sa.Engine) -> None:
    tea, _, ada = two_products(engine)
    count = StockCount(40, 38, StockReason.INVENTORY, "a")
    refusals = at_once(engine, *(lambda session: correct_stock(session, ada, tea, count, NOW) for _ in range(4)))
    assert refusals == [None] * 4
    with Session(engine) as session:
        corrections = sa.select(sa.func.count()).where(StockMovement.kind == StockKind.CORRECTION)
        assert session.scalar(corrections) == 1
    assert stocks(engine)[0] == (38, 38)
