"""Kept figures stay exact: whatever touches an order, whoever writes it, and whenever somebody counts."""

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.figures import Facet
from db.domain.order_filter import OrderFilter
from db.domain.orders import OrderStatus
from db.domain.permissions import Role
from db.engine import reading, transaction
from db.models import DayFigure, MonthFigure, Order, StaleDay
from db.queries.figures import figures, stale_days
from db.services.figures import has_stale_days, refresh_figures
from tests.factories import ADMIN, create_customer, create_line, create_order, create_seller
from tests.figures import Counted, Reference, told

EVER = (dt.date(2020, 1, 1), dt.date(2030, 12, 31))
DAY = dt.date(2026, 11, 3)
NOON = dt.datetime(2026, 11, 3, 11, tzinfo=dt.UTC)


def count_all(session: Session) -> None:
    while refresh_figures(session):
        pass


def sales_ever(session: Session) -> Counted:
    return told(session, OrderFilter(first_day=EVER[0], last_day=EVER[1], currency="EUR"))


#: One statement for each way in which somebody may touch what a figure is made of, past all our code.
TOUCHES = {
    "the order's total": "UPDATE orders SET total_cents = 9900 WHERE id = :order",
    "its status": "UPDATE orders SET status = 'cancelled' WHERE id = :order",
    "its day": "UPDATE orders SET placed_on = '2026-10-05' WHERE id = :order",
    "the order itself": "DELETE FROM orders WHERE id = :order",
    "a line more": "INSERT INTO order_lines (order_id, position, name, unit_price_cents, total_cents)"
    " VALUES (:order, 9, 'Miel', 700, 700)",
    "a line's amount": "UPDATE order_lines SET total_cents = 1 WHERE order_id = :order",
    "a line less": "DELETE FROM order_lines WHERE order_id = :order",
    "an address": "INSERT INTO order_addresses (order_id, kind, name, postcode, city)"
    " VALUES (:order, 'delivery', 'É. Morin', '20000', 'Ajaccio')",
    "a parcel": "INSERT INTO shipments (order_id, shipped_at) VALUES (:order, '2026-11-05 09:00:00.000000')",
    "a return": "INSERT INTO returns (order_id, reason) VALUES (:order, 'damaged')",
    "a payment": "INSERT INTO payments (order_id, method, amount_cents) VALUES (:order, 'card', 100)",
}


@pytest.mark.parametrize("touch", TOUCHES)
def test_whoever_touches_an_order_makes_its_day_stale_and_readers_right_at_once(session: Session, touch: str) -> None:
    order = create_order(session, placed_at=NOON, total_cents=31_90)
    create_order(session, placed_at=NOON, total_cents=20_00)
    count_all(session)
    assert not has_stale_days(session)
    session.execute(sa.text(TOUCHES[touch]), {"order": order.id})
    assert DAY in stale_days(session)
    truth = Reference(session).counted(*EVER)
    assert sales_ever(session) == truth
    count_all(session)
    assert sales_ever(session) == truth


def test_a_shop_that_gives_neither_number_nor_day_is_counted_at_once(session: Session) -> None:
    seller = create_seller(session)
    count_all(session)
    session.execute(
        sa.text(
            "INSERT INTO orders (seller_id, placed_at, total_cents, items_cents)"
            " VALUES (:seller, '2026-12-31 22:30:00.000000', 3190, 3190)"
        ),
        {"seller": seller.id},
    )
    assert stale_days(session) == [dt.date(2026, 12, 31)]
    assert sales_ever(session)["sales"] == {"": (1, 31_90, 0)}
    # 23:30 on a Thursday, by the clock on the wall.
    assert sales_ever(session)["hour"] == {str(3 * 24 + 23): (1, 31_90, 0)}


def test_an_earlier_order_that_comes_late_makes_the_later_ones_those_of_somebody_known(session: Session) -> None:
    customer = create_customer(session)
    create_order(session, customer=customer, placed_at=NOON, total_cents=10_00)
    count_all(session)
    assert sales_ever(session)["customer"] == {"new": (1, 10_00, 0)}
    early = create_order(session, customer=customer, placed_at=NOON - dt.timedelta(days=40), total_cents=5_00)
    assert sales_ever(session)["customer"] == {"new": (1, 5_00, 0), "returning": (1, 10_00, 0)}
    count_all(session)
    early.status = OrderStatus.CANCELLED
    session.flush()
    assert sales_ever(session)["customer"] == {"new": (1, 10_00, 0)}


def test_the_two_orders_of_a_first_basket_are_both_those_of_a_new_customer(session: Session) -> None:
    customer = create_customer(session)
    for _ in range(2):
        create_order(session, customer=customer, placed_at=NOON, total_cents=10_00)
    assert sales_ever(session)["customer"] == {"new": (2, 20_00, 0)}


@pytest.mark.parametrize(
    ("utc", "hour"),
    [
        # 25 October 2026: clocks go back, 02:30 comes twice; both count in the hour that people saw.
        ("2026-10-25T00:30:00", 2),
        ("2026-10-25T01:30:00", 2),
        ("2026-10-25T02:30:00", 3),
        # 29 March 2026: there is no 02:30.
        ("2026-03-29T00:59:59.999999", 1),
        ("2026-03-29T01:00:00", 3),
    ],
)
def test_hours_are_those_of_the_clock_on_the_wall(session: Session, utc: str, hour: int) -> None:
    create_order(session, placed_at=dt.datetime.fromisoformat(utc).replace(tzinfo=dt.UTC), total_cents=1_00)
    assert sales_ever(session)["hour"] == {str(6 * 24 + hour): (1, 1_00, 0)}


def test_currencies_are_never_added_up(session: Session) -> None:
    create_order(session, placed_at=NOON, total_cents=10_00)
    create_order(session, placed_at=NOON, total_cents=7_00, currency="CHF")
    count_all(session)
    swiss = OrderFilter(currency="CHF")
    assert [each.cents for each in figures(session, ADMIN, swiss, [Facet.SALES])[Facet.SALES]] == [7_00]
    assert sales_ever(session)["sales"] == {"": (1, 10_00, 0)}


def test_a_sellers_login_counts_its_own_sales_alone(session: Session) -> None:
    mine, other = create_seller(session), create_seller(session, "Autre")
    create_order(session, mine, placed_at=NOON, total_cents=10_00)
    create_order(session, other, placed_at=NOON, total_cents=90_00)
    count_all(session)
    own = replace(ADMIN, role=Role.SELLER, seller_id=mine.id)
    found = figures(session, own, OrderFilter(currency="EUR"), [Facet.SALES, Facet.SELLER])
    assert [each.cents for each in found[Facet.SALES]] == [10_00]
    assert [each.value for each in found[Facet.SELLER]] == [str(mine.id)]


@pytest.fixture
def postgresql(engine: sa.Engine) -> sa.Engine:
    if engine.dialect.name == "sqlite":
        pytest.skip("one writes at a time on SQLite")
    return engine


def count_once(engine: sa.Engine) -> int:
    with transaction(engine) as session:
        return refresh_figures(session)


def test_a_change_that_a_count_does_not_see_leaves_its_note(postgresql: sa.Engine) -> None:
    """PostgreSQL lets two write at once: who counts takes away only the notes of what it counted."""
    with transaction(postgresql) as session:
        order_id = create_order(session, placed_at=NOON, total_cents=10_00).id
    with Session(postgresql) as writer:
        writer.execute(sa.text("UPDATE orders SET total_cents = 2500 WHERE id = :id"), {"id": order_id})
        with transaction(postgresql) as counter:
            assert refresh_figures(counter) == 0
        with reading(postgresql) as reader:
            assert sales_ever(reader)["sales"][""][1] == 10_00
        writer.commit()
    with reading(postgresql) as reader:
        assert stale_days(reader) == [DAY]
        assert sales_ever(reader)["sales"][""][1] == 25_00
    with transaction(postgresql) as counter:
        refresh_figures(counter)
    with reading(postgresql) as reader:
        assert not has_stale_days(reader)
        assert sales_ever(reader)["sales"][""][1] == 25_00


def test_a_first_order_that_commits_after_the_second_makes_that_one_a_known_customers(postgresql: sa.Engine) -> None:
    with transaction(postgresql) as session:
        seller, customer = create_seller(session), create_customer(session)
        who = {"seller_id": seller.id, "customer_id": customer.id}
    with Session(postgresql) as slow:
        create_order(slow, placed_at=NOON - dt.timedelta(days=9), total_cents=5_00, **who)
        with transaction(postgresql) as session:
            create_order(session, placed_at=NOON, total_cents=10_00, **who)
        assert count_once(postgresql) == 0  # Somebody may still commit what makes it wrong.
        slow.commit()
    count_once(postgresql)
    count_once(postgresql)
    with reading(postgresql) as reader:
        assert not has_stale_days(reader)
        assert sales_ever(reader)["customer"] == {"new": (1, 5_00, 0), "returning": (1, 10_00, 0)}


def test_a_return_of_an_order_that_goes_to_another_day_meanwhile_is_counted_there(postgresql: sa.Engine) -> None:
    with transaction(postgresql) as session:
        order_id = create_order(session, placed_at=NOON, total_cents=10_00).id
    count_once(postgresql)
    with Session(postgresql) as moving, Session(postgresql) as returning:
        moving.execute(sa.text("UPDATE orders SET placed_on = '2026-10-05' WHERE id = :id"), {"id": order_id})
        # Its trigger sees the day of before.
        returning.execute(sa.text("INSERT INTO returns (order_id, reason) VALUES (:id, 'damaged')"), {"id": order_id})
        moving.commit()
        count_once(postgresql)
        returning.commit()
    for _ in range(3):
        count_once(postgresql)
    with reading(postgresql) as reader:
        assert not has_stale_days(reader)
        assert sales_ever(reader)["returned"] == {"damaged": (1, 10_00, 0)}


def _place(session: Session, draw: random.Random) -> None:
    at = dt.datetime(2026, 10, 20, tzinfo=dt.UTC) + dt.timedelta(hours=draw.randrange(24 * 30))
    lines = [create_line(f"Article {draw.randrange(3)}", draw.randrange(1, 50_00)) for _ in range(draw.randrange(1, 3))]
    total = sum(line.total_cents for line in lines)
    sellers = session.execute(sa.text("SELECT id FROM sellers ORDER BY id")).scalars().all()
    customers = session.execute(sa.text("SELECT id FROM customers ORDER BY id")).scalars().all()
    create_order(
        session,
        placed_at=at,
        lines=lines,
        total_cents=total,
        seller_id=draw.choice(sellers),
        customer_id=draw.choice([*customers, None]),
        currency=draw.choice(["EUR", "EUR", "EUR", "CHF"]),
    )


def _change(session: Session, draw: random.Random) -> None:
    ids = session.scalars(sa.select(Order.id).order_by(Order.id)).all()
    if not ids:
        return
    order_id = draw.choice(ids)
    statement = draw.choice(
        [
            "UPDATE orders SET status = 'cancelled' WHERE id = :id",
            "UPDATE orders SET status = 'paid' WHERE id = :id",
            "UPDATE orders SET total_cents = total_cents + 100 WHERE id = :id",
            "UPDATE orders SET origin = 'google', payment_state = 'unpaid' WHERE id = :id",
            "UPDATE orders SET placed_on = '2026-11-01' WHERE id = :id",
            "INSERT INTO shipments (order_id, shipped_at) VALUES (:id, '2026-11-05 09:00:00.000000')",
            "INSERT INTO returns (order_id, reason) VALUES (:id, 'other')",
            "UPDATE order_lines SET quantity = quantity + 1 WHERE order_id = :id",
            "DELETE FROM orders WHERE id = :id",
        ]
    )
    session.execute(sa.text(statement), {"id": order_id})


def _count_some(session: Session, _: random.Random) -> None:
    refresh_figures(session)


@pytest.mark.parametrize("seed", range(6))
def test_after_any_life_of_the_tables_the_figures_are_those_of_the_orders(session: Session, seed: int) -> None:
    draw = random.Random(seed)
    for number in range(3):
        create_seller(session, f"Vendeur {number}")
        create_customer(session, f"Client {number}")
    steps: list[Callable[[Session, random.Random], None]] = [_place, _place, _change, _change, _count_some]
    for _ in range(30):
        draw.choice(steps)(session, draw)
        session.expire_all()
    truth = Reference(session).counted(*EVER)
    assert sales_ever(session) == truth
    count_all(session)
    assert sales_ever(session) == truth
    assert not session.scalars(sa.select(StaleDay.id)).all()
    kept = session.scalar(sa.select(sa.func.count()).select_from(DayFigure))
    assert kept
    assert session.scalar(sa.select(sa.func.sum(MonthFigure.orders))) == session.scalar(
        sa.select(sa.func.sum(DayFigure.orders))
    )
