"""What the page Ventes shows first, against pandas on the same rows (``tests/figures.py``), on both databases."""

import datetime as dt
from collections.abc import Iterator

import pandas as pd
import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.demo import generate
from db.domain.order_filter import OrderFilter
from db.domain.orders import DeliveryMode
from db.domain.permissions import Role
from db.domain.sales_periods import Comparison, Days, Step
from db.domain.viewer import Viewer
from db.engine import make_engine
from db.queries.sales_breakdowns import product_sales, ways
from db.queries.sales_overview import curve, overview
from tests.conftest import DIALECTS, NOW, Databases
from tests.factories import ADMIN
from tests.figures import Reference

FIRST, LAST = dt.date(2026, 1, 1), dt.date(2026, 9, 14)
WANTED = OrderFilter(first_day=FIRST, last_day=LAST, currency="EUR")


@pytest.fixture(scope="module", params=DIALECTS)
def demo_engine(request: pytest.FixtureRequest, databases: Databases) -> Iterator[sa.Engine]:
    url = databases.new_url(request.param)
    made = make_engine(url)
    generate(made, now=NOW, orders=500, seed=11)
    yield made
    made.dispose()
    databases.drop(url)


@pytest.fixture
def demo(demo_engine: sa.Engine) -> Iterator[Session]:
    with Session(demo_engine) as opened:
        yield opened
        opened.rollback()


@pytest.fixture(scope="module")
def reference(demo_engine: sa.Engine) -> Reference:
    with Session(demo_engine) as opened:
        return Reference(opened)


def sold(reference: Reference, days: Days | None, **equal: object) -> tuple[int, int] | None:
    if days is None:
        return None
    sales = reference.sales(days.first, days.last, **equal)
    return len(sales), int(sales["total_cents"].sum())


@pytest.mark.parametrize("step", Step)
def test_every_point_of_the_curves_and_of_both_comparisons(demo: Session, reference: Reference, step: Step) -> None:
    points = curve(demo, ADMIN, WANTED, step)
    assert (points[0].days.first, points[-1].days.last) == (FIRST, LAST)
    for point in points:
        sides = ((point.days, point.sales), point.previous or (None, None), point.last_year or (None, None))
        for days, sales in sides:
            assert sold(reference, days) == ((sales.orders, sales.total_cents) if sales else None)


def test_a_filtered_curve_is_counted_from_the_orders(demo: Session, reference: Reference) -> None:
    wanted = OrderFilter(
        first_day=FIRST, last_day=LAST, currency="EUR", delivery_modes=frozenset({DeliveryMode.PICKUP_POINT})
    )
    for point in curve(demo, ADMIN, wanted, Step.MONTH):
        expected = sold(reference, point.days, delivery_mode="pickup_point")
        assert (point.sales.orders, point.sales.total_cents) == expected


def test_the_indicators_of_a_period_and_of_what_it_is_held_against(demo: Session, reference: Reference) -> None:
    told = overview(demo, ADMIN, WANTED, Comparison.LAST_YEAR, Step.MONTH)
    periods = ((told.now, FIRST, LAST), (told.before, dt.date(2025, 1, 1), dt.date(2025, 9, 14)))
    for found, first, last in periods:
        sales, counted = reference.sales(first, last), reference.counted(first, last)
        assert (found.orders, found.revenue_cents) == (len(sales), sales["total_cents"].sum())
        assert found.average_basket_cents == int(sales["total_cents"].mean() + 0.5)
        assert found.items == sales["item_count"].sum()
        assert found.new_customers == counted["customer"]["new"][0]
        assert found.shipped == counted["stage"]["shipped"][0]
        assert found.late == counted["shipping"].get("late", (0,))[0]
        assert found.returned == sum(orders for orders, _, _ in counted["returned"].values())
        assert found.due_cents == sum(units for _, _, units in counted["payment_state"].values())
    assert sum(part.revenue_cents for part in told.parts) == told.now.revenue_cents
    assert sum(part.late for part in told.parts) == told.now.late


def test_products_and_categories(demo: Session, reference: Reference) -> None:
    told = product_sales(demo, ADMIN, WANTED, limit=10_000)
    sales = reference.sales(FIRST, LAST)
    lines = reference.lines[reference.lines["order_id"].isin(sales["id"])]
    rows = demo.execute(sa.text("SELECT id AS product_id, category FROM products"))
    products = pd.DataFrame([tuple(row) for row in rows], columns=["product_id", "category"])
    named = lines.merge(products, on="product_id", how="left").fillna({"category": ""})
    by_category = named.groupby("category")["total_cents"].sum()
    assert {each.name: each.cents for each in told.categories} == by_category.to_dict()
    by_product = lines.groupby("product_id")["total_cents"].sum()
    found = {int(each.figure.value): each.figure.cents for each in told.products if each.sku}
    assert found == {int(product_id): cents for product_id, cents in by_product.items()}
    assert [each.cents for each in told.categories] == sorted(by_category, reverse=True)


def test_a_seller_finds_only_their_own_sales(demo: Session, reference: Reference) -> None:
    seller_id = int(reference.sales(FIRST, LAST)["seller_id"].iloc[0])
    viewer = Viewer(1, "Une vendeuse", "v@example.org", Role.SELLER, seller_id)
    told = overview(demo, viewer, WANTED, Comparison.PREVIOUS, Step.MONTH)
    assert (told.now.orders, told.now.revenue_cents) == sold(reference, Days(FIRST, LAST), seller_id=seller_id)
    assert {figure.value for figures in ways(demo, viewer, WANTED).values() for figure in figures} & {
        str(other) for other in set(reference.orders["seller_id"]) - {seller_id}
    } == set()
