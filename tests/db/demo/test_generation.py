import datetime as dt
import itertools
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa
from itsdangerous import TimestampSigner
from sqlalchemy.orm import Session

from db.bulk import BulkLoad
from db.demo import DemoReport, generate
from db.demo.generation import MOST_ORDERS, DatabaseNotEmptyError, OrderCountError
from db.domain.orders import HistoryEvent
from db.domain.time import local_day
from db.engine import make_engine
from db.models import Base, Customer, DailySales, Marketplace, Order, OrderHistory, OrderSearch, Person, Seller
from db.services.derived import complete_customers, complete_orders, rebuild_daily_sales
from tests.conftest import DIALECTS, NOW, Databases
from tests.db.demo.conftest import ORDERS
from tests.factories import create_order

Rows = dict[str, list[tuple[Any, ...]]]


def all_rows(engine: sa.Engine) -> Rows:
    """Every row of every table, by its primary key."""
    with engine.connect() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(sa.select(table).order_by(*table.primary_key))]
            for table in Base.metadata.sorted_tables
            # The roll-up's own ids follow the order in which a database groups.
            if table.name != DailySales.__tablename__
        }


def made(databases: Databases, dialect: str = "sqlite", **options: Any) -> tuple[DemoReport, Rows]:
    url = databases.new_url(dialect)
    engine = make_engine(url)
    report = generate(engine, **{"now": NOW, "orders": 150, "seed": 7} | options)
    rows = all_rows(engine)
    engine.dispose()
    databases.drop(url)
    return report, rows


def made_with_known_codes(
    databases: Databases, dialect: str, monkeypatch: pytest.MonkeyPatch
) -> tuple[DemoReport, Rows]:
    """As ``made``; the codes of vouchers, which nobody may guess, are the first ones."""
    numbers = itertools.count(1)
    monkeypatch.setattr("db.services.vouchers.draw_code", lambda: f"CODE-{next(numbers):04d}")
    return made(databases, dialect)


def test_the_same_seed_gives_the_same_rows_on_both_databases(
    databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The links on documents bear the second in which they were signed.
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda _: int(NOW.timestamp()))
    (first, rows), (again, same_rows) = (made_with_known_codes(databases, dialect, monkeypatch) for dialect in DIALECTS)
    assert first == again
    assert rows == same_rows


def test_another_seed_gives_other_rows(databases: Databases) -> None:
    _, rows = made(databases)
    _, others = made(databases, seed=8)
    assert not set(rows["orders"]) & set(others["orders"])
    assert rows["sellers"] != others["sellers"]


def test_the_data_moves_with_the_date_it_is_asked_for(databases: Databases) -> None:
    # Six years earlier, and in the small hours of New Year's Day in Paris, which is still December in UTC.
    now = dt.datetime(2019, 12, 31, 23, 10, tzinfo=dt.UTC)
    _, rows = made(databases, now=now, orders=600)
    instants = [row[Order.__table__.c.keys().index("placed_at")] for row in rows["orders"]]
    assert max(instants) <= now
    assert dt.date(2019, 12, 25) <= local_day(max(instants)) <= dt.date(2020, 1, 1)
    assert dt.date(2017, 1, 1) <= local_day(min(instants)) <= dt.date(2017, 1, 31)


@pytest.mark.parametrize("orders", [1, 2, 37])
def test_any_number_of_orders_is_exactly_that_many(databases: Databases, orders: int) -> None:
    report, rows = made(databases, orders=orders)
    assert report.orders == len(rows["orders"]) == orders


@pytest.mark.parametrize("orders", [0, -5, MOST_ORDERS + 1])
def test_an_impossible_number_of_orders_is_refused(engine: sa.Engine, orders: int) -> None:
    with pytest.raises(OrderCountError, match="entre 1 et"):
        generate(engine, now=NOW, orders=orders)


def test_a_database_that_holds_orders_is_refused_and_left_alone(engine: sa.Engine) -> None:
    with Session(engine) as session, session.begin():
        create_order(session)
    before = all_rows(engine)
    with pytest.raises(DatabaseNotEmptyError, match="contient déjà des données"):
        generate(engine, now=NOW, orders=10)
    assert all_rows(engine) == before


def test_making_demo_data_twice_is_refused(engine: sa.Engine) -> None:
    generate(engine, now=NOW, orders=10)
    with pytest.raises(DatabaseNotEmptyError):
        generate(engine, now=NOW, orders=10)


def test_of_two_who_fill_a_database_at_once_one_is_refused(engine: sa.Engine) -> None:
    with ThreadPoolExecutor(2) as pool:
        attempts = [pool.submit(generate, engine, now=NOW, orders=40) for _ in range(2)]
    errors = [attempt.exception() for attempt in attempts]
    assert sorted(map(type, errors), key=str) == sorted([DatabaseNotEmptyError, type(None)], key=str)
    with Session(engine) as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Order)) == 40


def test_a_failure_half_way_leaves_nothing_behind(engine: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    insert = BulkLoad.insert

    def fail_at_the_lines(self: BulkLoad, model: type[Base], rows: list[dict[str, Any]]) -> None:
        if model.__tablename__ == "order_lines":
            raise OSError("disk full")
        insert(self, model, rows)

    monkeypatch.setattr(BulkLoad, "insert", fail_at_the_lines)
    with pytest.raises(OSError, match="disk full"):
        generate(engine, now=NOW, orders=20)
    assert not any(all_rows(engine).values())
    monkeypatch.undo()
    assert generate(engine, now=NOW, orders=20).orders == 20


def test_the_report_counts_what_is_there(demo: Session) -> None:
    assert demo.scalar(sa.select(sa.func.count()).select_from(Order)) == ORDERS
    assert 25 <= demo.scalar(sa.select(sa.func.count()).select_from(Seller)) <= 40
    customers = demo.scalar(sa.select(sa.func.count()).select_from(Customer))
    assert ORDERS / 4 < customers < ORDERS / 2


def test_nobody_gets_an_account(demo: Session) -> None:
    assert demo.scalar(sa.select(sa.func.count()).select_from(Person)) == 0


def test_a_marketplace_that_has_introduced_itself_keeps_its_name(engine: sa.Engine) -> None:
    with Session(engine) as session, session.begin():
        session.add(Marketplace(id=1, name="Le Bon Étal"))
    generate(engine, now=NOW, orders=5)
    with Session(engine) as session:
        assert session.scalar(sa.select(Marketplace.name)) == "Le Bon Étal"


def test_completing_demo_orders_and_customers_again_changes_nothing(demo: Session) -> None:
    orders = sa.select(Order.id, Order.customer_sort, Order.summary, Order.item_count).order_by(Order.id)
    searches = sa.select(OrderSearch.order_id, OrderSearch.who, OrderSearch.what).order_by(OrderSearch.order_id)
    customers = sa.select(Customer.id, Customer.search_text).order_by(Customer.id)
    before = [demo.execute(question).all() for question in (orders, searches, customers)]
    assert len(before[1]) == ORDERS
    complete_orders(demo, [row.id for row in before[0]])
    complete_customers(demo, [row.id for row in before[2]])
    assert [demo.execute(question).all() for question in (orders, searches, customers)] == before


def test_intake_has_nothing_left_to_do(demo: Session) -> None:
    assert demo.scalar(sa.select(sa.func.count()).where(Order.intake_at.is_(None))) == 0


def test_daily_sales_are_what_a_recount_gives(demo: Session) -> None:
    sales = sa.select(
        DailySales.placed_on,
        DailySales.seller_id,
        DailySales.currency,
        DailySales.status,
        DailySales.orders,
        DailySales.total_cents,
    ).order_by(DailySales.placed_on, DailySales.seller_id, DailySales.status)
    before = demo.execute(sales).all()
    rebuild_daily_sales(demo)
    assert demo.execute(sales).all() == before
    assert sum(row.orders for row in before) == ORDERS


def test_the_search_indexes_hold_every_order_and_customer(demo: Session) -> None:
    if demo.get_bind().dialect.name == "sqlite":
        assert (
            demo.scalar(sa.text("SELECT count(*) FROM order_search_fts WHERE order_search_fts MATCH '\"-00\"'"))
            == ORDERS
        )
        # Each index against the table it mirrors: SQLite raises where they differ.
        for name in ("order_search_fts", "customer_fts"):
            demo.execute(sa.text(f"INSERT INTO {name} ({name}, rank) VALUES ('integrity-check', 1)"))
    else:
        indexes = demo.scalars(sa.text("SELECT indexname FROM pg_indexes WHERE indexdef LIKE '%gin_trgm_ops%'"))
        assert set(indexes) >= {"ix_order_search_who", "ix_order_search_what", "ix_customers_search_text"}


def test_the_three_years_have_their_seasons_and_grow(demo: Session) -> None:
    days = demo.scalars(sa.select(Order.placed_on)).all()
    months = [(day.year, day.month) for day in days]
    for year in (2024, 2025):
        assert months.count((year, 12)) > 1.5 * months.count((year, 9))
        assert months.count((year, 8)) < 0.8 * months.count((year, 9))
    assert months.count((2026, 5)) > 1.2 * months.count((2024, 5))
    weekdays = [day.weekday() for day in days]
    assert weekdays.count(0) > 1.1 * weekdays.count(5)


def test_people_buy_in_the_evening_rather_than_at_night(demo: Session) -> None:
    hours = [instant.hour for instant in demo.scalars(sa.select(Order.placed_at))]
    assert sum(hour in {18, 19, 20} for hour in hours) > 10 * sum(hour in {1, 2, 3} for hour in hours)


def test_customers_come_back_with_a_long_tail(demo: Session) -> None:
    counts = demo.scalars(sa.select(sa.func.count()).select_from(Order).group_by(Order.customer_id)).all()
    assert sum(count == 1 for count in counts) > 0.3 * len(counts)
    assert max(counts) > 20


def test_history_is_written_in_the_order_things_happened(demo: Session) -> None:
    # Documents are issued, returns settled and sellers paid at the end, as one book over all orders.
    of_lives = sa.select(OrderHistory.order_id, OrderHistory.at).where(
        OrderHistory.event.not_in(
            [
                HistoryEvent.DOCUMENT_ISSUED,
                HistoryEvent.SETTLED,
                HistoryEvent.RETURN_MOVED,
                HistoryEvent.REFUND_MOVED,
                HistoryEvent.VOUCHER_GIVEN,
                HistoryEvent.PAYOUT_HELD,
            ]
        )
    )
    rows = demo.execute(of_lives.order_by(OrderHistory.id)).all()
    assert rows == sorted(rows)
