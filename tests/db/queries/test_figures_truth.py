"""Every figure, from every side, against pandas on the same rows (``tests/figures.py``), kept and counted live."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.demo import generate
from db.domain.figures import Facet
from db.domain.months import last_day, month_of
from db.domain.order_filter import OrderFilter
from db.domain.orders import DeliveryMode, Origin, PaymentMethod
from db.engine import make_engine
from db.models import Order, Seller
from db.queries.figures import figures_by_day, figures_by_month
from db.services.figures import has_stale_days, note_every_day
from tests.conftest import DIALECTS, NOW, Databases
from tests.factories import ADMIN
from tests.figures import Reference, told

#: Whole months, edges in the middle of months, one day, years, and the turn of one.
PERIODS = [
    (dt.date(2023, 11, 1), dt.date(2026, 11, 30)),
    (dt.date(2025, 12, 31), dt.date(2026, 1, 1)),
    (dt.date(2026, 3, 14), dt.date(2026, 9, 9)),
    (dt.date(2026, 6, 1), dt.date(2026, 6, 30)),
    (dt.date(2026, 10, 25), dt.date(2026, 10, 25)),
]


@pytest.fixture(scope="module", params=DIALECTS)
def demo_engine(request: pytest.FixtureRequest, databases: Databases) -> Iterator[sa.Engine]:
    url = databases.new_url(request.param)
    made = make_engine(url)
    generate(made, now=NOW, orders=700, seed=8)
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


@pytest.mark.parametrize(("first", "last"), PERIODS)
def test_kept_figures_of_a_period_are_what_pandas_counts(
    demo: Session, reference: Reference, first: dt.date, last: dt.date
) -> None:
    assert not has_stale_days(demo)
    wanted = OrderFilter(first_day=first, last_day=last, currency="EUR")
    assert told(demo, wanted) == reference.counted(first, last)


@pytest.mark.parametrize(("first", "last"), PERIODS[:3])
def test_figures_counted_live_are_the_same(demo: Session, reference: Reference, first: dt.date, last: dt.date) -> None:
    note_every_day(demo)
    wanted = OrderFilter(first_day=first, last_day=last, currency="EUR")
    assert told(demo, wanted) == reference.counted(first, last)


def test_so_are_those_of_one_seller_delivery_mode_origin_or_payment_method(demo: Session, reference: Reference) -> None:
    first, last = PERIODS[0]
    seller_id = demo.scalar(sa.select(Seller.id).order_by(Seller.id).limit(1))
    wanted = OrderFilter(first_day=first, last_day=last, currency="EUR")
    cases = [
        (replace(wanted, seller_id=seller_id), {"seller_id": seller_id}),
        (replace(wanted, delivery_modes=frozenset({DeliveryMode.HOME})), {"delivery_mode": "home"}),
        (replace(wanted, origins=frozenset({Origin.GOOGLE})), {"origin": "google"}),
        (
            replace(wanted, payment_methods=frozenset({PaymentMethod.CHEQUE}), seller_id=seller_id),
            {"payment_method": "cheque", "seller_id": seller_id},
        ),
    ]
    for asked, equal in cases:
        assert told(demo, asked) == reference.counted(first, last, **equal)


def test_days_and_months_add_up_to_their_orders(demo: Session, reference: Reference) -> None:
    wanted = OrderFilter(first_day=dt.date(2026, 3, 14), last_day=dt.date(2026, 9, 9), currency="EUR")
    sales = reference.sales(wanted.first_day, wanted.last_day)
    days = figures_by_day(demo, ADMIN, wanted, Facet.SALES)
    told_days = {dated.on: (dated.figure.orders, dated.figure.cents, dated.figure.units) for dated in days}
    by_day = sales.groupby("day").agg(orders=("id", "size"), cents=("total_cents", "sum"), units=("item_count", "sum"))
    assert told_days == {row.Index: (row.orders, row.cents, row.units) for row in by_day.itertuples()}
    months = figures_by_month(demo, ADMIN, wanted, Facet.SELLER)
    told_months = {(dated.on, int(dated.figure.value)): dated.figure.cents for dated in months}
    by_month = sales.groupby([[month_of(day) for day in sales["day"]], "seller_id"])["total_cents"].sum()
    assert told_months == dict(by_month.items())


def test_a_day_that_was_touched_is_right_before_anybody_counts_it_anew(demo: Session) -> None:
    touched = demo.execute(
        sa.select(Order.id, Order.placed_on).where(Order.status == "completed").order_by(Order.id).limit(1)
    ).one()
    demo.execute(sa.text("UPDATE orders SET total_cents = total_cents + 100 WHERE id = :id"), {"id": touched.id})
    month = month_of(touched.placed_on)
    first, last = month, last_day(month)
    again = Reference(demo).counted(first, last)
    assert told(demo, OrderFilter(first_day=first, last_day=last, currency="EUR")) == again
