"""The grid finds exactly the orders that a figure counts, from every side, on both databases."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.demo import generate
from db.domain.figures import DURATIONS, Facet, Figure
from db.domain.order_filter import ALL_STATUSES, OrderFilter
from db.domain.places import departments, towns
from db.engine import make_engine
from db.queries.calendar import SALES_STATUSES
from db.queries.figures import figures
from db.queries.order_grid import count_orders
from tests.conftest import DIALECTS, NOW, Databases
from tests.factories import ADMIN

PERIOD = OrderFilter(SALES_STATUSES, first_day=dt.date(2025, 11, 14), last_day=dt.date(2026, 11, 20), currency="EUR")
TODAY = dt.date(2026, 11, 21)
ADDING_UP = [facet for facet in Facet if facet not in DURATIONS]


@pytest.fixture(scope="module", params=DIALECTS)
def demo_engine(request: pytest.FixtureRequest, databases: Databases) -> Iterator[sa.Engine]:
    url = databases.new_url(request.param)
    made = make_engine(url)
    generate(made, now=NOW, orders=250, seed=18)
    yield made
    made.dispose()
    databases.drop(url)


@pytest.fixture
def demo(demo_engine: sa.Engine) -> Iterator[Session]:
    with Session(demo_engine) as opened:
        yield opened


def found(session: Session, facet: Facet, *values: str) -> int:
    statuses = ALL_STATUSES if facet is Facet.STAGE else SALES_STATUSES
    wanted = replace(PERIOD, statuses=statuses, facet=facet, facet_values=frozenset(values))
    return count_orders(session, ADMIN, wanted, TODAY).orders


def counted(session: Session, facet: Facet) -> list[Figure]:
    return figures(session, ADMIN, PERIOD, [facet])[facet]


@pytest.mark.parametrize("facet", ADDING_UP)
def test_each_mark_of_a_chart_opens_as_many_orders_as_it_says(demo: Session, facet: Facet) -> None:
    told = counted(demo, facet)
    assert told
    some = told[:: -(-len(told) // 12)]  # Of hundreds of products, places and hours a dozen will do.
    assert {figure.value: found(demo, facet, figure.value) for figure in some} == {
        figure.value: figure.orders for figure in some
    }


@pytest.mark.parametrize("facet", DURATIONS)
def test_a_length_of_time_opens_the_orders_that_took_at_least_so_long(demo: Session, facet: Facet) -> None:
    told = counted(demo, facet)
    hours = sorted(int(figure.value) for figure in told)[len(told) // 2]
    assert found(demo, facet, str(hours)) == sum(figure.orders for figure in told if int(figure.value) >= hours)


def test_several_values_are_any_of_them(demo: Session) -> None:
    first, second, *_ = counted(demo, Facet.HOUR)
    assert found(demo, Facet.HOUR, first.value, second.value) == first.orders + second.orders


def test_a_department_alone_is_all_its_towns_and_a_town_all_its_spellings(demo: Session) -> None:
    told = counted(demo, Facet.PLACE)
    for place in (departments(told)[0], towns(told)[0]):
        assert found(demo, Facet.PLACE, *place.values) == place.orders


def test_figures_of_what_a_mark_counts_are_that_mark_s(demo: Session) -> None:
    hour = counted(demo, Facet.HOUR)[0]
    only = replace(PERIOD, facet=Facet.HOUR, facet_values=frozenset({hour.value}))
    (sales,) = figures(demo, ADMIN, only, [Facet.SALES])[Facet.SALES]
    assert (sales.orders, sales.cents) == (hour.orders, hour.cents)
