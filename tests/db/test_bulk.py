import datetime as dt
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.bulk import BulkLoad, bulk_load
from db.domain.orders import HistoryEvent, OrderStatus
from db.domain.stock import StockKind
from db.engine import make_engine
from db.models import (
    Basket,
    Customer,
    DailySales,
    Order,
    OrderHistory,
    OrderLine,
    OrderSearch,
    PointsMovement,
    Product,
    Seller,
    StockMovement,
)
from tests.conftest import NOW
from tests.factories import create_order, create_seller

WITH_AND_WITHOUT_INDEXES = pytest.mark.parametrize("rebuild_indexes", [True, False], ids=["rebuilt", "in place"])


class PowerCutError(Exception):
    """The load stops here."""


def structure(engine: sa.Engine) -> set[tuple[str, ...]]:
    """Every trigger, index, constraint and table, word for word as the database keeps it."""
    questions = {
        "sqlite": ["SELECT type, name, coalesce(sql, '') FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"],
        "postgresql": [
            "SELECT 'index', indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
            "SELECT 'constraint', conname, pg_get_constraintdef(oid) || convalidated FROM pg_constraint",
            "SELECT tgenabled::text, tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
        ],
    }[engine.dialect.name]
    with engine.connect() as connection:
        return {tuple(row) for question in questions for row in connection.execute(sa.text(question))}


def order_row(number: int, seller_id: int, **columns: Any) -> dict[str, Any]:
    return {
        "id": number,
        "number": f"B-{number}",
        "seller_id": seller_id,
        "status": OrderStatus.PAID,
        "total_cents": 10_00 * number,
        "placed_at": NOW,
        "placed_on": NOW.date(),
    } | columns


def add_seller(engine: sa.Engine) -> int:
    with Session(engine) as session, session.begin():
        return create_seller(session).id


def load_everything(load: BulkLoad, seller_id: int) -> None:
    load.insert(Customer, [{"id": 7, "name": "Évelyne Œuvrard", "search_text": "evelyne oeuvrard"}])
    load.insert(Order, [order_row(1, seller_id, customer_id=7), order_row(2, seller_id, customer_id=7)])
    load.insert(OrderSearch, [{"order_id": 1, "who": "evelyne", "what": "the vert"}])


def load_and_fail(engine: sa.Engine, seller_id: int, *, rebuild_indexes: bool) -> None:
    with bulk_load(engine, rebuild_indexes=rebuild_indexes) as load:
        load_everything(load, seller_id)
        raise PowerCutError


def totals_per_day(engine: sa.Engine) -> dict[dt.date, tuple[int, int]]:
    sums = sa.select(
        DailySales.placed_on,
        sa.func.sum(DailySales.orders),
        sa.cast(sa.func.sum(DailySales.total_cents), sa.BigInteger),
    ).group_by(DailySales.placed_on)
    with engine.connect() as connection:
        return {day: (orders, cents) for day, orders, cents in connection.execute(sums)}


@WITH_AND_WITHOUT_INDEXES
def test_triggers_indexes_and_constraints_are_back_word_for_word(engine: sa.Engine, *, rebuild_indexes: bool) -> None:
    seller_id = add_seller(engine)
    before = structure(engine)
    with bulk_load(engine, rebuild_indexes=rebuild_indexes) as load:
        load_everything(load, seller_id)
    assert structure(engine) == before


@WITH_AND_WITHOUT_INDEXES
def test_a_load_that_fails_in_the_middle_leaves_no_row_and_every_trigger(
    engine: sa.Engine, *, rebuild_indexes: bool
) -> None:
    seller_id = add_seller(engine)
    before = structure(engine)
    with pytest.raises(PowerCutError):
        load_and_fail(engine, seller_id, rebuild_indexes=rebuild_indexes)
    assert structure(engine) == before
    with Session(engine) as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Order)) == 0
        assert session.scalar(sa.select(sa.func.count()).select_from(Customer)) == 0


def test_a_row_the_database_refuses_undoes_the_whole_load(engine: sa.Engine) -> None:
    seller_id = add_seller(engine)
    before = structure(engine)
    rows = [order_row(1, seller_id), order_row(2, seller_id, total_cents=-1)]
    with pytest.raises(Exception, match="not_negative"), bulk_load(engine) as load:
        load.insert(Order, rows)
    assert structure(engine) == before
    assert totals_per_day(engine) == {}


def test_a_broken_reference_is_refused_even_with_the_keys_taken_off(engine: sa.Engine) -> None:
    with pytest.raises(Exception, match=r"(?i)foreign key"), bulk_load(engine, rebuild_indexes=True) as load:
        load.insert(Order, [order_row(1, seller_id=404)])
    assert totals_per_day(engine) == {}


def test_daily_sales_count_the_loaded_orders_and_those_that_were_there(engine: sa.Engine) -> None:
    with Session(engine) as session, session.begin():
        seller_id = create_order(session, total_cents=5_00).seller_id
    with bulk_load(engine) as load:
        load.insert(Order, [order_row(101, seller_id, total_cents=7_00), order_row(102, seller_id, total_cents=8_00)])
    assert totals_per_day(engine) == {NOW.date(): (3, 20_00)}


def test_triggers_work_again_after_a_load(engine: sa.Engine) -> None:
    seller_id = add_seller(engine)
    with bulk_load(engine) as load:
        load_everything(load, seller_id)
    with engine.begin() as connection:
        minimal = {"seller_id": seller_id, "total_cents": 40_00, "placed_at": NOW}
        connection.execute(sa.insert(Order).values(**minimal))
        number, day = connection.execute(sa.select(Order.number, Order.placed_on).order_by(Order.id.desc())).first()
    assert (number, day) == ("ORD-00003", NOW.date())
    assert totals_per_day(engine) == {NOW.date(): (3, 70_00)}


def test_numbering_continues_after_the_loaded_ids_and_never_goes_back(engine: sa.Engine) -> None:
    with bulk_load(engine) as load:
        load.insert(Basket, [{"id": 500, "reference": "loaded"}])
    with engine.begin() as connection:
        later = connection.execute(sa.insert(Basket).values(reference="later").returning(Basket.id)).scalar_one()
        assert later == 501
        connection.execute(sa.delete(Basket))
    with bulk_load(engine) as load:
        load.insert(Basket, [{"id": 3, "reference": "again"}])
    with engine.begin() as connection:
        last = connection.execute(sa.insert(Basket).values(reference="last").returning(Basket.id)).scalar_one()
    # SQLite counts on from the highest row there is; PostgreSQL's sequence remembers what it gave.
    assert last == (4 if engine.dialect.name == "sqlite" else 502)


def test_rows_come_back_as_the_models_would_have_written_them(engine: sa.Engine) -> None:
    seller_id = add_seller(engine)
    at = dt.datetime(2026, 3, 29, 0, 59, 59, 123_456, tzinfo=dt.UTC)
    attributes = {"Contenance": "100 g", "Goût": "l'été\t\\ \" 😀"}
    name = "Thé « vert »\nbio\\N"
    with bulk_load(engine) as load:
        load.insert(Order, [order_row(1, seller_id, placed_at=at, carrier="", delivered_at=None, pickup_address="\\.")])
        load.insert(
            OrderLine,
            [
                {
                    "order_id": 1,
                    "position": 1,
                    "name": name,
                    "attributes": attributes,
                    "unit_price_cents": 5,
                    "total_cents": 5,
                }
            ],
        )
        load.insert(OrderHistory, [{"order_id": 1, "event": HistoryEvent.CREATED, "before": None, "after": {"a": [1]}}])
    with Session(engine) as session:
        order, line = session.scalars(sa.select(Order)).one(), session.scalars(sa.select(OrderLine)).one()
        assert (order.placed_at, order.status, order.delivered_at) == (at, OrderStatus.PAID, None)
        assert (order.pickup_address, order.version, order.currency, order.is_open) == ("\\.", 1, "EUR", True)
        assert (line.name, line.attributes, line.quantity) == (name, attributes, 1)
        assert session.scalar(sa.select(OrderHistory.after)) == {"a": [1]}
        # NULL, as in a row that leaves it out, and not the JSON value null.
        assert session.scalar(sa.select(sa.func.count()).where(OrderHistory.before.is_(sa.null()))) == 1


def test_the_search_indexes_find_loaded_rows(engine: sa.Engine) -> None:
    seller_id = add_seller(engine)
    with bulk_load(engine) as load:
        load_everything(load, seller_id)
    orders, customers = {
        "sqlite": (
            "SELECT rowid FROM order_search_fts WHERE order_search_fts MATCH 'vel'",
            "SELECT rowid FROM customer_fts WHERE customer_fts MATCH 'oeu'",
        ),
        "postgresql": (
            "SELECT order_id FROM order_search WHERE who LIKE '%vel%'",
            "SELECT id FROM customers WHERE search_text LIKE '%oeu%'",
        ),
    }[engine.dialect.name]
    with engine.connect() as connection:
        assert connection.scalars(sa.text(orders)).all() == [1]
        assert connection.scalars(sa.text(customers)).all() == [7]


def test_statistics_are_fresh_after_a_load(engine: sa.Engine) -> None:
    seller_id = add_seller(engine)
    with bulk_load(engine) as load:
        load_everything(load, seller_id)
    known = {
        "sqlite": "SELECT count(*) FROM sqlite_stat1 WHERE tbl = 'orders'",
        "postgresql": "SELECT count(*) FROM pg_stats WHERE tablename = 'orders'",
    }[engine.dialect.name]
    with engine.connect() as connection:
        assert connection.scalar(sa.text(known)) > 0


def test_rows_with_different_columns_are_refused(engine: sa.Engine) -> None:
    rows = [{"code": "A", "name": "A"}, {"code": "B", "name": "B", "city": "Brest"}]
    with pytest.raises(ValueError, match="differ in their columns"), bulk_load(engine) as load:
        load.insert(Seller, rows)


@pytest.mark.parametrize("missing", ["number", "placed_on"])
def test_orders_must_give_what_their_trigger_would_have_filled_in(engine: sa.Engine, missing: str) -> None:
    row = order_row(1, seller_id=1)
    del row[missing]
    with pytest.raises(ValueError, match=missing), bulk_load(engine) as load:
        load.insert(Order, [row])


def test_no_row_is_no_work(engine: sa.Engine) -> None:
    before = structure(engine)
    with bulk_load(engine) as load:
        load.insert(Order, [])
        assert load.is_empty(Order)
    assert load.tables == set()
    assert structure(engine) == before


def test_a_connection_used_for_a_load_does_not_go_back_to_the_pool(database_url: str) -> None:
    engine = make_engine(database_url)
    with bulk_load(engine) as load:
        load.insert(Basket, [{"reference": "one"}])
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA cache_size").scalar() == -65_536
            assert connection.exec_driver_sql("PRAGMA temp_store").scalar() == 2
    else:
        with engine.connect() as connection:
            assert not connection.connection.driver_connection.autocommit
    engine.dispose()


def test_what_no_loaded_movement_tells_of_was_there_when_it_began(engine: sa.Engine) -> None:
    seller_id = add_seller(engine)
    product = {"seller_id": seller_id, "name": "Thé", "unit_price_cents": 1, "created_at": NOW}
    with bulk_load(engine) as load:
        stocks = {1: 40, 2: 0, 3: None, 4: 7}
        load.insert(Product, [product | {"id": key, "sku": f"T-{key}", "stock": left} for key, left in stocks.items()])
        sale = {"product_id": 1, "kind": StockKind.SALE, "cause": "sale:1", "units": -2, "at": NOW}
        began = {"product_id": 4, "kind": StockKind.OPENING, "cause": "opening:4", "units": 7, "at": NOW}
        load.insert(StockMovement, [sale, began])
        load.insert(Customer, [{"id": 7, "name": "Évelyne Morin", "loyalty_points": 12, "created_at": NOW}])
    with Session(engine) as session:
        told = sa.select(Product.id, Product.stock, Product.stock_moved).order_by(Product.id)
        assert [tuple(row) for row in session.execute(told)] == [(1, 40, 40), (2, 0, 0), (3, None, 0), (4, 7, 7)]
        opened = sa.select(StockMovement.cause, StockMovement.units, StockMovement.at).where(
            StockMovement.kind == StockKind.OPENING
        )
        assert {tuple(row) for row in session.execute(opened)} == {("opening:1", 42, NOW), ("opening:4", 7, NOW)}
        points = sa.select(PointsMovement.cause, PointsMovement.points, PointsMovement.at)
        assert [tuple(row) for row in session.execute(points)] == [("opening:7", 12, NOW)]
        assert session.get_one(Customer, 7).points_moved == 12
        session.execute(sa.update(Product).where(Product.id == 1).values(stock=39))  # Triggers are back.
        assert session.scalar(sa.select(Product.stock_moved).where(Product.id == 1)) == 39
