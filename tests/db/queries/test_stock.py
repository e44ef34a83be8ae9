"""What Vendre › Stock asks of the database."""

import datetime as dt
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM
from db.domain.errors import NotFoundError
from db.domain.permissions import Role
from db.domain.stock import StockFilter, StockKind, StockLevel, StockList
from db.domain.viewer import Viewer
from db.models import Marketplace, OrderLine, Product, StockMovement
from db.queries import stock
from db.queries.stock import StockRow, low_stock_count, movements_of, product_stock, stock_page
from db.services.stock import NewMovement, move_stock
from tests.conftest import NOW
from tests.factories import ADMIN, create_line, create_order, create_product, create_seller

DAY = dt.timedelta(days=1)


def seller_viewer(seller_id: int) -> Viewer:
    return Viewer(9, "Tess Thé", "tess@example.org", Role.SELLER, seller_id)


def listed(session: Session, wanted: StockFilter | None = None, viewer: Viewer = ADMIN, page: int = 1) -> list[str]:
    return [row.name for row in stock_page(session, viewer, wanted or StockFilter(), page, NOW).rows]


def move(session: Session, product: Product, units: int, cause: str, at: dt.datetime = NOW, **columns: object) -> None:
    kind = columns.pop("kind", StockKind.SALE)
    movement = NewMovement(product.id, kind, cause, units, **columns)  # type: ignore[arg-type]
    move_stock(session, SYSTEM, [movement], at)


def test_what_runs_out_first_is_listed_first(session: Session) -> None:
    seller = create_seller(session)
    session.add(Marketplace(id=1, name="Marché", low_stock_at=5))
    for name, left, own in (
        ("Cinq", 5, None),
        ("Six", 6, None),
        ("Douze, seuil douze", 12, 12),
        ("Trois, seuil deux", 3, 2),
        ("Survendu", -1, None),
        ("Pas compté", None, 5),
    ):
        create_product(session, seller, name, stock=left, low_stock_at=own)
    create_product(session, seller, "Retiré de la vente", stock=0, is_active=False)
    assert listed(session) == ["Survendu", "Cinq", "Douze, seuil douze"]
    assert low_stock_count(session, ADMIN) == 3
    session.execute(sa.update(Marketplace).values(low_stock_at=6))
    assert listed(session) == ["Survendu", "Cinq", "Six", "Douze, seuil douze"]


def test_without_a_marketplace_five_are_few(session: Session) -> None:
    seller = create_seller(session)
    create_product(session, seller, "Cinq", stock=5)
    create_product(session, seller, "Six", stock=6)
    assert listed(session) == ["Cinq"]


def test_counted_products_and_others_are_two_lists_by_name(session: Session) -> None:
    seller = create_seller(session)
    for name, left in (("Thé", 40), ("Bol", None), ("Érable", 3), ("Cannelle", 0)):
        create_product(session, seller, name, stock=left)
    assert listed(session, StockFilter(StockList.COUNTED)) == ["Cannelle", "Érable", "Thé"]
    assert listed(session, StockFilter(StockList.NOT_COUNTED)) == ["Bol"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("the VERT", ["Thé vert bio"]),
        ("t-100", ["Thé vert bio"]),
        ("50 g", ["Thé noir"]),
        ("epicerie", ["Thé noir", "Thé vert bio"]),
        ("100 %_", []),
    ],
)
def test_words_are_looked_for_whatever_the_accents(session: Session, text: str, found: list[str]) -> None:
    seller = create_seller(session)
    create_product(session, seller, "Thé vert bio", stock=40, sku="T-100", category="Épicerie")
    create_product(session, seller, "Thé noir", stock=40, attributes={"Contenance": "50 g"}, category="Épicerie")
    create_product(session, seller, "Bol", stock=40, attributes={"Taille": 12})
    assert listed(session, StockFilter(StockList.COUNTED, text=text)) == found


def test_a_seller_sees_their_own_products_alone(session: Session) -> None:
    tea, books = create_seller(session), create_seller(session)
    ours, theirs = create_product(session, tea, "Thé", stock=1), create_product(session, books, "Livre", stock=1)
    viewer = seller_viewer(tea.id)
    assert listed(session, viewer=viewer) == ["Thé"]
    assert listed(session, StockFilter(seller_id=books.id), viewer) == []
    assert low_stock_count(session, viewer) == 1
    assert product_stock(session, viewer, ours.id, NOW).name == "Thé"
    for read in (
        lambda: product_stock(session, viewer, theirs.id, NOW),
        lambda: movements_of(session, viewer, theirs.id),
    ):
        with pytest.raises(NotFoundError):
            read()


def test_a_list_goes_on_where_its_page_ends(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stock, "PAGE_SIZE", 2)
    seller = create_seller(session)
    for name in ("Un", "Deux", "Trois"):
        create_product(session, seller, name, stock=40)
    counted = StockFilter(StockList.COUNTED)
    assert [listed(session, counted, page=page) for page in (1, 2, 3)] == [["Deux", "Trois"], ["Un"], []]
    assert stock_page(session, ADMIN, counted, 2, NOW).products == 3


def test_what_sold_in_thirty_days_has_its_cancellations_taken_off(session: Session) -> None:
    tea = create_product(session, create_seller(session), stock=40)
    move(session, tea, -7, "sale:1", NOW - 31 * DAY)
    move(session, tea, -4, "sale:2", NOW - 29 * DAY)
    move(session, tea, -3, "sale:3")
    move(session, tea, 1, "cancel:3:1", kind=StockKind.CANCELLATION)
    move(session, tea, 5, "return:1:1", kind=StockKind.RETURN)
    assert product_stock(session, ADMIN, tea.id, NOW).sold == 6


@pytest.mark.parametrize(
    ("left", "is_active", "level"),
    [
        (0, True, StockLevel.OUT),
        (-1, True, StockLevel.OUT),
        (1, True, StockLevel.LOW),
        (5, True, StockLevel.LOW),
        (6, True, StockLevel.ENOUGH),
        (None, True, StockLevel.NOT_COUNTED),
        (0, False, StockLevel.WITHDRAWN),
    ],
)
def test_a_product_is_low_at_its_threshold_and_out_at_nothing(
    left: int | None, level: StockLevel, *, is_active: bool
) -> None:
    row = StockRow(
        id=1,
        sku="T-1",
        name="Thé",
        attributes={"Contenance": "100 g"},
        seller_id=1,
        seller_name="Maison",
        stock=left,
        own_low_stock_at=None,
        low_stock_at=5,
        is_returnable=True,
        is_active=is_active,
        sold=0,
    )
    assert (row.level, row.title) == (level, "Thé, 100 g")


def test_each_movement_says_what_it_left_and_which_order_it_was_for(session: Session) -> None:
    seller = create_seller(session)
    tea = create_product(session, seller, stock=40)
    order = create_order(session, seller, lines=[create_line(quantity=2, product_id=tea.id)])
    line_id = session.scalars(sa.select(OrderLine.id).where(OrderLine.order_id == order.id)).one()
    soon = dt.datetime.now(dt.UTC) + DAY  # After the opening, which the database dates.
    move(session, tea, -2, f"sale:{line_id}", soon, order_line_id=line_id)
    move(session, tea, -1, "correction:1", soon + DAY, kind=StockKind.CORRECTION, note="Casse")
    told = [
        (row.kind, row.units, row.stock_after, row.order_number, row.note)
        for row in movements_of(session, ADMIN, tea.id).rows
    ]
    assert told == [
        (StockKind.CORRECTION, -1, 37, None, "Casse"),
        (StockKind.SALE, -2, 38, order.number, ""),
        (StockKind.OPENING, 40, 40, None, ""),
    ]


def test_older_movements_go_on_with_the_stock_of_their_time(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stock, "MOVEMENTS_SHOWN", 2)
    tea = create_product(session, create_seller(session), stock=40)
    soon = dt.datetime.now(dt.UTC) + DAY
    for number in range(1, 4):
        move(session, tea, -number, f"sale:{number}", soon)  # The three at one instant.
    first = movements_of(session, ADMIN, tea.id)
    assert ([row.stock_after for row in first.rows], first.has_older) == ([34, 37], True)
    older = movements_of(session, ADMIN, tea.id, before=first.rows[-1].id)
    assert ([row.stock_after for row in older.rows], older.has_older) == ([39, 40], False)


@pytest.mark.parametrize("shared_engine", ["sqlite"], indirect=True)
def test_movements_are_found_and_ordered_by_their_index(session: Session) -> None:
    tea = create_product(session, create_seller(session), stock=40)
    last = session.scalars(sa.select(StockMovement.id)).one()
    connection = session.connection()
    asked: list[tuple[str, Any]] = []
    sa.event.listen(connection, "before_cursor_execute", lambda *said: asked.append((said[2], said[3])))
    movements_of(session, ADMIN, tea.id, before=last)
    product_stock(session, ADMIN, tea.id, NOW)
    driver = connection.connection.driver_connection
    assert driver is not None
    of_movements = [each for each in asked if "stock_movements" in each[0]]
    plan = "\n".join(
        row[3] for statement, bound in of_movements for row in driver.execute(f"EXPLAIN QUERY PLAN {statement}", bound)
    )
    assert "ix_stock_movements_product (product_id=?" in plan
    assert "SCAN stock_movements" not in plan
    assert "TEMP B-TREE" not in plan
