"""Stock moves by rows with a cause each: twice the same cause is once, and the stock is their sum."""

import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM, Actor
from db.domain.errors import InvalidInputError, NotAllowedError, NotFoundError
from db.domain.permissions import Role
from db.domain.stock import StockKind, StockReason
from db.models import Product, StockMovement
from db.services.stock import (
    NewMovement,
    StockChangedError,
    StockCount,
    change_stock_rules,
    correct_stock,
    move_stock,
)
from tests.conftest import NOW
from tests.factories import create_person, create_product, create_seller, viewer_for

LATER = NOW + dt.timedelta(hours=1)


def clerk(session: Session, role: Role = Role.SUPPORT) -> Actor:
    return Actor.person(viewer_for(create_person(session, role)))


def sale(product: Product, cause: str = "sale:812", units: int = -2) -> NewMovement:
    return NewMovement(product.id, StockKind.SALE, cause, units)


def movements(session: Session, product: Product) -> list[tuple[StockKind, int]]:
    found = sa.select(StockMovement.kind, StockMovement.units).where(StockMovement.product_id == product.id)
    return [(row.kind, row.units) for row in session.execute(found.order_by(StockMovement.id))]


def test_the_stock_is_the_sum_of_its_movements(session: Session) -> None:
    tea = create_product(session, create_seller(session), stock=10)
    move_stock(session, SYSTEM, [sale(tea), NewMovement(tea.id, StockKind.RETURN, "return:1:1", 1)], NOW)
    assert (tea.stock, tea.stock_moved) == (9, 9)
    assert movements(session, tea) == [(StockKind.OPENING, 10), (StockKind.SALE, -2), (StockKind.RETURN, 1)]


def test_the_same_cause_moves_once_whoever_comes_first(session: Session) -> None:
    tea = create_product(session, create_seller(session), stock=10)
    written = {"product_id": tea.id, "kind": StockKind.SALE, "cause": "sale:812", "units": -2}
    session.execute(sa.insert(StockMovement).values(written))  # The shop, in its own transaction.
    move_stock(session, SYSTEM, [sale(tea), sale(tea), sale(tea, "sale:813", -1)], NOW)
    move_stock(session, SYSTEM, [sale(tea, units=-5)], LATER)
    assert tea.stock == 7


def test_products_that_nobody_counts_and_movements_of_nothing_leave_no_row(session: Session) -> None:
    seller = create_seller(session)
    cup, tea = create_product(session, seller, stock=None), create_product(session, seller, stock=3)
    move_stock(session, SYSTEM, [sale(cup), sale(tea, "sale:813", 0)], NOW)
    assert (cup.stock, tea.stock) == (None, 3)
    assert movements(session, cup) == []


def test_a_correction_says_who_why_and_by_how_much(session: Session) -> None:
    tea, ada = create_product(session, create_seller(session), stock=10), clerk(session)
    done = correct_stock(session, ada, tea.id, StockCount(10, 8, StockReason.LOST, "k1"), NOW)
    assert (done.units, done.stock, tea.stock) == (-2, 8, 8)
    row = session.scalars(sa.select(StockMovement).where(StockMovement.kind == StockKind.CORRECTION)).one()
    assert (row.units, row.note, row.person_id, row.actor_name, row.at) == (
        -2,
        "Casse ou perte",
        ada.person_id,
        ada.name,
        NOW,
    )


def test_a_correction_clicked_twice_corrects_once(session: Session) -> None:
    tea, ada = create_product(session, create_seller(session), stock=10), clerk(session)
    count = StockCount(10, 8, StockReason.LOST, "k1")
    assert correct_stock(session, ada, tea.id, count, NOW) == correct_stock(session, ada, tea.id, count, LATER)
    assert tea.stock == 8


def test_a_correction_of_a_stock_that_moved_meanwhile_is_refused_with_both_figures(session: Session) -> None:
    tea, ada = create_product(session, create_seller(session), stock=10), clerk(session)
    move_stock(session, SYSTEM, [sale(tea)], NOW)
    with pytest.raises(StockChangedError, match="il était de 10, il est de 8"):
        correct_stock(session, ada, tea.id, StockCount(10, 9, StockReason.INVENTORY, "k1"), LATER)
    assert tea.stock == 8


@pytest.mark.parametrize("counted", [0, 25])
def test_counting_begins_with_what_is_there(session: Session, counted: int) -> None:
    cup, ada = create_product(session, create_seller(session), stock=None), clerk(session)
    correct_stock(session, ada, cup.id, StockCount(None, counted, StockReason.INVENTORY, "k1"), NOW)
    session.refresh(cup)
    assert (cup.stock, cup.stock_moved) == (counted, counted)
    assert movements(session, cup) == ([(StockKind.CORRECTION, 25)] if counted else [])


@pytest.mark.parametrize(
    ("counted", "sentence"),
    [
        (-1, "va de 0 à 1\u202f000\u202f000"),
        (1_000_001, "va de 0 à 1\u202f000\u202f000"),
        (10, "déjà de 10"),
    ],
)
def test_a_correction_that_cannot_be_is_refused_with_what_to_do(session: Session, counted: int, sentence: str) -> None:
    tea, ada = create_product(session, create_seller(session), stock=10), clerk(session)
    with pytest.raises(InvalidInputError, match=sentence):
        correct_stock(session, ada, tea.id, StockCount(10, counted, StockReason.INVENTORY, "k1"), NOW)
    assert movements(session, tea) == [(StockKind.OPENING, 10)]


@pytest.mark.parametrize("role", [Role.FINANCE, Role.MANAGER])
def test_stock_is_corrected_by_those_who_may(session: Session, role: Role) -> None:
    tea, actor = create_product(session, create_seller(session), stock=10), clerk(session, role)
    with pytest.raises(NotAllowedError):
        correct_stock(session, actor, tea.id, StockCount(10, 8, StockReason.LOST, "k1"), NOW)
    with pytest.raises(NotAllowedError):
        change_stock_rules(session, actor, tea.id, low_stock_at=2, is_returnable=False)


def test_a_product_that_is_not_there_is_told_so(session: Session) -> None:
    with pytest.raises(NotFoundError):
        correct_stock(session, clerk(session), 999, StockCount(0, 8, StockReason.LOST, "k1"), NOW)


def test_the_rules_of_a_product_are_kept(session: Session) -> None:
    tea, ada = create_product(session, create_seller(session), stock=10), clerk(session)
    change_stock_rules(session, ada, tea.id, low_stock_at=12, is_returnable=False)
    session.refresh(tea)
    assert (tea.low_stock_at, tea.is_returnable, tea.stock) == (12, False, 10)
    with pytest.raises(InvalidInputError, match="seuil"):
        change_stock_rules(session, ada, tea.id, low_stock_at=-1, is_returnable=True)
