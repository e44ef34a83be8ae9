import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.orders import OrderStatus
from db.engine import transaction
from db.models import Customer, DailySales, Order, OrderLine, OrderSearch
from db.services.derived import (
    compact_daily_sales,
    complete_customers,
    complete_orders,
    rebuild_daily_sales,
)
from tests.conftest import NOW
from tests.db.together import together
from tests.factories import create_customer, create_line, create_order, create_seller

TODAY = NOW.date()
YESTERDAY = TODAY - dt.timedelta(days=1)


def search_of(session: Session, order_id: int) -> tuple[str, str]:
    row = session.execute(sa.select(OrderSearch.who, OrderSearch.what).where(OrderSearch.order_id == order_id)).one()
    return row.who, row.what


def sales(session: Session) -> dict[tuple[dt.date, OrderStatus], tuple[int, int]]:
    key = (DailySales.placed_on, DailySales.status)
    sums = session.execute(
        sa.select(*key, sa.func.sum(DailySales.orders), sa.func.sum(DailySales.total_cents)).group_by(*key)
    )
    return {(day, status): (int(orders), int(cents)) for day, status, orders, cents in sums if orders or cents}


def rows_of_daily_sales(session: Session) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(DailySales))


def test_an_order_gets_its_texts_from_its_customer_and_lines(session: Session) -> None:
    customer = create_customer(
        session, "Évelyne Œuvrard", "evelyne@example.org", company="Crêperie du Port", phone="+33 6 39 98 12 34"
    )
    lines = [
        create_line(
            "Thé vert bio", quantity=2, sku="THE-1", supplier="Jardins d'Assam", attributes={"Contenance": "100 g"}
        ),
        create_line("Bol à oreilles", quantity=3, sku="CER-9"),
    ]
    order = create_order(session, customer=customer, number="A-1", lines=lines, customer_sort="", summary="")
    complete_orders(session, [order.id])
    session.expire_all()
    assert search_of(session, order.id) == (
        "a-1 | evelyne oeuvrard | creperie du port | evelyne@example.org | 639981234",
        "the vert bio | the-1 | jardins d'assam | contenance 100 g | bol a oreilles | cer-9",
    )
    assert (order.customer_sort, order.summary, order.item_count) == ("evelyne oeuvrard", "Thé vert bio +1", 5)


def test_completing_twice_changes_nothing_and_completing_again_follows_the_lines(session: Session) -> None:
    order = create_order(session, lines=[create_line("Thé vert bio")])
    complete_orders(session, [order.id])
    first = search_of(session, order.id)
    complete_orders(session, [order.id, order.id])
    assert search_of(session, order.id) == first
    session.execute(sa.update(OrderLine).where(OrderLine.order_id == order.id).values(name="Thé noir", quantity=4))
    complete_orders(session, [order.id])
    session.expire_all()
    assert (order.summary, order.item_count) == ("Thé noir", 4)
    assert search_of(session, order.id)[1].startswith("the noir")


def test_an_order_without_lines_or_customer_is_completed_all_the_same(session: Session) -> None:
    order_id = session.scalar(
        sa.insert(Order).values(seller_id=create_seller(session).id, number="Z-9").returning(Order.id)
    )
    complete_orders(session, [order_id])
    assert search_of(session, order_id) == ("z-9", "")
    assert session.execute(sa.select(Order.summary, Order.item_count).where(Order.id == order_id)).one() == ("", 0)


def test_an_order_that_is_gone_is_no_reason_to_stop(session: Session) -> None:
    order = create_order(session)
    complete_orders(session, [order.id, 987_654_321])
    assert search_of(session, order.id)


def test_a_customer_is_found_by_name_company_mail_and_phone(session: Session) -> None:
    customer = create_customer(session, "Loïc Féat", "loic@example.org", company="Gîtes", phone="02 61 91 00 00")
    complete_customers(session, [customer.id])
    assert session.scalar(sa.select(Customer.search_text).where(Customer.id == customer.id)) == (
        "loic feat | gites | loic@example.org | 261910000"
    )


def test_compaction_merges_the_rows_of_a_key_and_keeps_the_sums(session: Session) -> None:
    seller = create_seller(session)
    for total_cents in (10_00, 20_00, 30_00):
        create_order(session, seller, total_cents=total_cents, placed_at=NOW)
    gone = create_order(session, seller, total_cents=99_00, placed_at=NOW, status=OrderStatus.CANCELLED)
    session.execute(sa.delete(OrderLine).where(OrderLine.order_id == gone.id))
    session.execute(sa.delete(Order).where(Order.id == gone.id))
    before = sales(session)
    assert rows_of_daily_sales(session) == 5
    # Three of « paid » become one; the cancelled one and its disappearance become nothing.
    assert compact_daily_sales(session) == 4
    assert rows_of_daily_sales(session) == 1
    assert sales(session) == before == {(TODAY, OrderStatus.PAID): (3, 60_00)}
    assert compact_daily_sales(session) == 0


def test_compaction_leaves_days_after_its_limit_alone(session: Session) -> None:
    seller = create_seller(session)
    for day in (NOW - dt.timedelta(days=1), NOW):
        create_order(session, seller, placed_at=day)
        create_order(session, seller, placed_at=day)
    assert compact_daily_sales(session, up_to=YESTERDAY) == 1
    assert rows_of_daily_sales(session) == 3


def test_compaction_keeps_the_sums_while_others_write(engine: sa.Engine) -> None:
    with transaction(engine) as session:
        seller_id = create_seller(session).id

    def sell() -> None:
        for _ in range(25):
            with transaction(engine) as session:
                row = {"seller_id": seller_id, "total_cents": 1_00, "placed_at": NOW, "status": OrderStatus.PAID}
                session.execute(sa.insert(Order).values(**row))

    def compact() -> None:
        for _ in range(12):
            with transaction(engine) as session:
                compact_daily_sales(session)

    together(sell, sell, compact, compact)
    with transaction(engine) as session:
        assert sales(session) == {(TODAY, OrderStatus.PAID): (50, 50_00)}
        compact_daily_sales(session)
        assert rows_of_daily_sales(session) == 1
        assert sales(session) == {(TODAY, OrderStatus.PAID): (50, 50_00)}


def test_rebuilding_counts_again_from_the_orders(session: Session) -> None:
    seller = create_seller(session)
    create_order(session, seller, total_cents=12_00, placed_at=NOW)
    create_order(session, seller, total_cents=8_00, placed_at=NOW, status=OrderStatus.CANCELLED)
    session.execute(sa.update(DailySales).values(orders=77))
    rebuild_daily_sales(session)
    assert sales(session) == {(TODAY, OrderStatus.PAID): (1, 12_00), (TODAY, OrderStatus.CANCELLED): (1, 8_00)}
