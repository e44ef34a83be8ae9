import datetime as dt
import random
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session

from db.domain.months import weeks_shown
from db.domain.orders import OrderStatus
from db.domain.permissions import Role
from db.domain.viewer import Viewer
from db.models import Marketplace, Order, Seller
from db.queries.calendar import (
    Comparison,
    Sales,
    calendar_choices,
    last_day_with_sales,
    month_sales,
    orders_of_day,
)
from db.services.derived import compact_daily_sales
from tests.factories import ADMIN, create_order, create_seller

PARIS = ZoneInfo("Europe/Paris")
TODAY = dt.date(2026, 11, 21)
NOVEMBER = dt.date(2026, 11, 1)


def at(day: str, time: str = "12:00") -> dt.datetime:
    """An instant as the clock on a wall in Paris says it."""
    return dt.datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=PARIS)


def seller_viewer(seller: Seller) -> Viewer:
    return Viewer(person_id=2, name="Sam", email="sam@example.org", role=Role.SELLER, seller_id=seller.id)


def november(session: Session, viewer: Viewer = ADMIN, **scope: object):
    return month_sales(session, viewer, NOVEMBER, **{"currency": "EUR", "today": TODAY} | scope)


def test_a_month_counts_its_days_and_sums_its_own_days_only(session: Session) -> None:
    create_order(session, total_cents=100_00, placed_at=at("2026-11-03"))
    create_order(session, total_cents=250_50, placed_at=at("2026-11-03", "18:30"))
    create_order(session, total_cents=49_99, placed_at=at("2026-11-21"))
    create_order(session, total_cents=10_00, placed_at=at("2026-10-26"))  # Greyed: the first Monday shown.
    create_order(session, total_cents=20_00, placed_at=at("2026-10-25"))  # The day before it is not shown.
    sales = november(session)
    assert sales.days == {
        dt.date(2026, 10, 26): Sales(1, 10_00),
        dt.date(2026, 11, 3): Sales(2, 350_50),
        dt.date(2026, 11, 21): Sales(1, 49_99),
    }
    assert sales.total == Sales(3, 400_49)


def test_a_sale_on_new_years_eve_at_half_past_eleven_in_paris_belongs_to_that_year(session: Session) -> None:
    create_order(session, total_cents=31_90, placed_at=at("2026-12-31", "23:30"))
    create_order(session, total_cents=5_00, placed_at=at("2027-01-01", "00:00"))
    december = month_sales(session, ADMIN, dt.date(2026, 12, 1), currency="EUR", today=dt.date(2027, 1, 1))
    january = month_sales(session, ADMIN, dt.date(2027, 1, 1), currency="EUR", today=dt.date(2027, 1, 1))
    assert december.total == Sales(1, 31_90)
    assert january.total == Sales(1, 5_00)


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])
def test_a_day_on_which_the_clock_changes_is_counted_and_listed_from_midnight_to_midnight(
    session: Session, day: str
) -> None:
    first = create_order(session, placed_at=at(day, "00:00"))
    last = create_order(session, placed_at=at(day, "23:59"))
    on = dt.date.fromisoformat(day)
    create_order(session, placed_at=at(str(on - dt.timedelta(days=1)), "23:59"))
    create_order(session, placed_at=at(str(on + dt.timedelta(days=1)), "00:00"))
    sales = month_sales(session, ADMIN, on.replace(day=1), currency="EUR", today=TODAY)
    listed = orders_of_day(session, ADMIN, on, currency="EUR")
    assert sales.days[on] == listed.sales == Sales(2, 63_80)
    assert [row.id for row in listed.rows] == [last.id, first.id]


def test_cancelled_orders_are_no_sales_and_are_said_to_be_missing(session: Session) -> None:
    kept = create_order(session, total_cents=31_90, placed_at=at("2026-11-20"))
    create_order(session, total_cents=99_00, placed_at=at("2026-11-20"), status=OrderStatus.CANCELLED)
    lost = create_order(session, total_cents=12_00, placed_at=at("2026-11-20"))
    lost.status = OrderStatus.CANCELLED
    session.flush()
    assert november(session).total == Sales(1, 31_90)
    day = orders_of_day(session, ADMIN, dt.date(2026, 11, 20), currency="EUR")
    assert [row.id for row in day.rows] == [kept.id]
    assert (day.sales, day.cancelled) == (Sales(1, 31_90), 2)


def test_a_seller_sees_their_own_sales_only_whatever_they_ask_for(session: Session) -> None:
    tea, cheese = create_seller(session, "Thé"), create_seller(session, "Fromage")
    create_order(session, tea, total_cents=10_00, placed_at=at("2026-11-20"))
    create_order(session, cheese, total_cents=70_00, placed_at=at("2026-11-20"))
    create_order(session, cheese, total_cents=7_00, placed_at=at("2025-11-20"), currency="GBP")
    viewer, day = seller_viewer(tea), dt.date(2026, 11, 20)
    assert november(session, viewer).total == Sales(1, 10_00)
    assert november(session, viewer, seller_id=cheese.id).total == Sales()
    assert [row.seller_name for row in orders_of_day(session, viewer, day, currency="EUR").rows] == ["Thé"]
    assert orders_of_day(session, viewer, day, currency="EUR", seller_id=cheese.id).rows == ()
    choices = calendar_choices(session, viewer)
    assert (choices.sellers, choices.currencies, choices.first_day) == ({tea.id: "Thé"}, ("EUR",), day)


def test_staff_may_look_at_one_seller(session: Session) -> None:
    tea, cheese = create_seller(session, "Thé"), create_seller(session, "Fromage")
    create_order(session, tea, total_cents=10_00, placed_at=at("2026-11-20"))
    create_order(session, cheese, total_cents=70_00, placed_at=at("2026-11-20"))
    assert november(session).total == Sales(2, 80_00)
    assert november(session, seller_id=cheese.id).total == Sales(1, 70_00)
    assert calendar_choices(session, ADMIN).sellers == {cheese.id: "Fromage", tea.id: "Thé"}


def test_currencies_are_never_added_up(session: Session) -> None:
    create_order(session, total_cents=10_00, placed_at=at("2026-11-20"))
    create_order(session, total_cents=70_00, placed_at=at("2026-11-20"), currency="BRL")
    assert november(session).total == Sales(1, 10_00)
    assert november(session, currency="BRL").total == Sales(1, 70_00)
    assert orders_of_day(session, ADMIN, dt.date(2026, 11, 20), currency="BRL").sales == Sales(1, 70_00)


def test_an_empty_month_is_empty(session: Session) -> None:
    sales = november(session)
    assert (sales.days, sales.total) == ({}, Sales())
    assert sales.comparison == Comparison(TODAY, Sales(), Sales())
    day = orders_of_day(session, ADMIN, TODAY, currency="EUR")
    assert (day.rows, day.sales, day.cancelled) == ((), Sales(), 0)
    assert last_day_with_sales(session, ADMIN, currency="EUR") is None


def test_a_running_month_is_compared_with_the_same_days_of_last_year(session: Session) -> None:
    create_order(session, total_cents=60_00, placed_at=at("2026-11-21"))
    create_order(session, total_cents=40_00, placed_at=at("2025-11-21", "23:59"))
    create_order(session, total_cents=90_00, placed_at=at("2025-11-22", "00:00"))
    assert november(session).comparison == Comparison(TODAY, Sales(1, 60_00), Sales(1, 40_00))


def test_a_whole_month_is_compared_with_the_whole_month_even_in_a_leap_year(session: Session) -> None:
    create_order(session, total_cents=1_00, placed_at=at("2024-02-29"))
    create_order(session, total_cents=2_00, placed_at=at("2025-02-28"))
    february = month_sales(session, ADMIN, dt.date(2025, 2, 1), currency="EUR", today=TODAY)
    assert february.comparison == Comparison(dt.date(2025, 2, 28), Sales(1, 2_00), Sales(1, 1_00))


def test_a_month_that_has_not_begun_is_compared_with_nothing(session: Session) -> None:
    assert month_sales(session, ADMIN, dt.date(2026, 12, 1), currency="EUR", today=TODAY).comparison is None


def test_a_busy_day_lists_its_newest_orders_and_counts_them_all(session: Session) -> None:
    orders = [create_order(session, total_cents=1_00, placed_at=at("2026-11-20", f"1{hour}:00")) for hour in range(5)]
    day = orders_of_day(session, ADMIN, dt.date(2026, 11, 20), currency="EUR", limit=3)
    assert [row.id for row in day.rows] == [order.id for order in reversed(orders[2:])]
    assert day.sales == Sales(5, 5_00)


def test_the_calendar_opens_in_the_marketplaces_currency_if_it_sells_in_it(session: Session) -> None:
    assert calendar_choices(session, ADMIN).currencies == ("EUR",)
    for currency in ("BRL", "BRL", "GBP"):
        create_order(session, currency=currency)
    assert calendar_choices(session, ADMIN).currencies == ("BRL", "GBP")
    session.add(Marketplace(id=1, name="Marché", currency="GBP"))
    session.flush()
    assert calendar_choices(session, ADMIN).currencies == ("GBP", "BRL")


def test_the_newest_day_with_sales_ignores_cancelled_and_moved_orders(session: Session) -> None:
    create_order(session, placed_at=at("2026-05-04"))
    create_order(session, placed_at=at("2026-06-01"), status=OrderStatus.CANCELLED)
    moved = create_order(session, placed_at=at("2026-07-01"))
    moved.placed_on = dt.date(2026, 5, 3)
    session.flush()
    assert last_day_with_sales(session, ADMIN, currency="EUR") == dt.date(2026, 5, 4)


def test_every_month_equals_a_plain_recount_before_and_after_compaction(session: Session) -> None:
    draw = random.Random(20261121)
    sellers = [create_seller(session, name) for name in ("Thé", "Grès", "Savon")]
    orders = [
        create_order(
            session,
            draw.choice(sellers),
            status=draw.choice(list(OrderStatus)),
            total_cents=draw.randrange(0, 500_00),
            currency=draw.choice(("EUR", "EUR", "GBP")),
            placed_at=at("2026-09-20") + dt.timedelta(minutes=draw.randrange(60 * 24 * 80)),
        )
        for _ in range(80)
    ]
    for order in draw.sample(orders, 20):
        order.status = draw.choice(list(OrderStatus))
    session.flush()
    for _ in range(2):
        for month in (dt.date(2026, 10, 1), NOVEMBER):
            for viewer, seller in ((ADMIN, None), (ADMIN, sellers[1]), (seller_viewer(sellers[0]), sellers[0])):
                sales = month_sales(
                    session, viewer, month, currency="EUR", today=TODAY, seller_id=seller.id if seller else None
                )
                assert sales.days == recount(orders, month, seller)
        compact_daily_sales(session)


def recount(orders: list[Order], month: dt.date, seller: Seller | None) -> dict[dt.date, Sales]:
    days: dict[dt.date, Sales] = {}
    shown = {day for week in weeks_shown(month) for day in week}
    for order in orders:
        is_sale = order.status is not OrderStatus.CANCELLED and order.currency == "EUR"
        is_theirs = seller is None or order.seller_id == seller.id
        if is_sale and is_theirs and order.placed_on in shown:
            before = days.get(order.placed_on, Sales())
            days[order.placed_on] = Sales(before.orders + 1, before.total_cents + order.total_cents)
    return days
