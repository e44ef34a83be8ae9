"""The sections of the page Ventes against pandas and numpy on the same rows, on both databases."""

import datetime as dt
from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.demo import generate
from db.domain.cohorts import months_since
from db.domain.figures import DURATIONS, CustomerShare, Facet, Stage
from db.domain.months import month_of
from db.domain.order_filter import OrderFilter
from db.domain.orders import PaymentState
from db.domain.places import departments
from db.domain.sales_periods import Step
from db.engine import make_engine
from db.queries.calendar import SALES_STATUSES
from db.queries.sales_sections import (
    customer_parts,
    hour_figures,
    journey,
    place_figures,
    seller_cohorts,
    trouble,
    trouble_parts,
)
from tests.conftest import DIALECTS, NOW, Databases
from tests.factories import ADMIN
from tests.figures import Reference

FIRST, LAST, TODAY = dt.date(2025, 11, 14), dt.date(2026, 11, 20), dt.date(2026, 11, 21)
WANTED = OrderFilter(SALES_STATUSES, first_day=FIRST, last_day=LAST, currency="EUR")
COLUMNS = {
    Facet.TO_PAID: ("placed_at", "paid_at"),
    Facet.TO_SHIPPED: ("paid_at", "shipped_at"),
    Facet.TO_DELIVERED: ("shipped_at", "delivered_at"),
    Facet.TO_RECEIVED: ("delivered_at", "received_at"),
}


@pytest.fixture(scope="module", params=DIALECTS)
def demo_engine(request: pytest.FixtureRequest, databases: Databases) -> Iterator[sa.Engine]:
    url = databases.new_url(request.param)
    made = make_engine(url)
    generate(made, now=NOW, orders=400, seed=28)
    yield made
    made.dispose()
    databases.drop(url)


@pytest.fixture
def demo(demo_engine: sa.Engine) -> Iterator[Session]:
    with Session(demo_engine) as opened:
        yield opened


@pytest.fixture(scope="module")
def reference(demo_engine: sa.Engine) -> Reference:
    with Session(demo_engine) as opened:
        return Reference(opened)


def test_medians_and_ninth_deciles_are_those_of_numpy(demo: Session, reference: Reference) -> None:
    sales = reference.sales(FIRST, LAST)
    told = journey(demo, ADMIN, WANTED).spreads
    for facet in DURATIONS:
        first, second = COLUMNS[facet]
        known = sales[sales[first].notna() & sales[second].notna()]
        gaps = (known[second].dt.floor("s") - known[first].dt.floor("s")).dt.total_seconds()
        hours = np.maximum(0, gaps.to_numpy() // 3600)
        spread = told[facet]
        assert spread is not None
        assert spread.count == len(hours)
        # « inverted_cdf » is numpy's name for the nearest rank.
        assert [spread.median, spread.p90] == list(np.percentile(hours, [50, 90], method="inverted_cdf"))


def test_stages_follow_every_order_and_hold_the_next_one(demo: Session, reference: Reference) -> None:
    stages = journey(demo, ADMIN, WANTED).stages
    counted = reference.counted(FIRST, LAST)["stage"]
    assert {stage.value: stages[stage].orders for stage in Stage} == {
        stage.value: counted.get(stage.value, (0, 0, 0))[0] for stage in Stage
    }
    way = [stages[stage].orders for stage in list(Stage)[:5]]
    assert way == sorted(way, reverse=True)


def test_places_and_hours_add_up_to_all_sales(demo: Session, reference: Reference) -> None:
    sales = reference.sales(FIRST, LAST)
    whole = (len(sales), int(sales["total_cents"].sum()))
    places = departments(place_figures(demo, ADMIN, WANTED))
    hours = hour_figures(demo, ADMIN, WANTED)
    assert (sum(place.orders for place in places), sum(place.cents for place in places)) == whole
    assert (sum(each.orders for each in hours.values()), sum(each.cents for each in hours.values())) == whole
    in_paris = sales["placed_at"].dt.tz_convert("Europe/Paris")
    by_hour = in_paris.groupby([in_paris.dt.day_of_week, in_paris.dt.hour]).size()
    assert {place: figure.orders for place, figure in hours.items()} == dict(by_hour.items())


@pytest.mark.parametrize("step", Step)
def test_customers_are_told_part_by_part(demo: Session, reference: Reference, step: Step) -> None:
    parts = customer_parts(demo, ADMIN, WANTED, step)
    assert parts[0].days.first == FIRST
    assert parts[-1].days.last == LAST
    for part in [parts[0], *parts[:: max(1, len(parts) // 5)], parts[-1]]:
        counted = reference.counted(part.days.first, part.days.last)["customer"]
        told = {share: figure.orders for share, figure in part.shares.items()}
        assert told == {share: counted.get(share.value, (0, 0, 0))[0] for share in CustomerShare}


def test_cohorts_are_those_of_a_pivot_table(demo: Session, reference: Reference) -> None:
    sales = reference.sales(dt.date(2000, 1, 1), TODAY)
    table = pd.DataFrame({"seller": sales["seller_id"], "month": [month_of(day) for day in sales["day"]]})
    table["cents"] = sales["total_cents"].to_numpy()
    table["first"] = table.groupby("seller")["month"].transform("min")
    sold = table.groupby(["first", "month"]).agg(sellers=("seller", "nunique"), cents=("cents", "sum"))
    found = seller_cohorts(demo, ADMIN, "EUR", TODAY)
    assert {cohort.month: cohort.size for cohort in found} == dict(
        table.drop_duplicates("seller").groupby("first").size().items()
    )
    told = {
        (cohort.month, month.month): (len(month.seller_ids), month.cents)
        for cohort in found
        for month in cohort.months
        if month.orders
    }
    assert told == {key: (row.sellers, row.cents) for key, row in zip(sold.index, sold.itertuples(), strict=True)}
    assert all(len(cohort.months) == months_since(cohort.month, month_of(TODAY)) + 1 for cohort in found)


def test_what_went_wrong_is_what_pandas_counts(demo: Session, reference: Reference) -> None:
    found = trouble(demo, ADMIN, WANTED, TODAY)
    counted = reference.counted(FIRST, LAST)
    assert found.late.orders == counted["shipping"].get("late", (0, 0, 0))[0]
    assert {figure.value: figure.orders for figure in found.returned} == {
        reason: orders for reason, (orders, _, _) in counted["returned"].items()
    }
    assert (found.refunded.orders, found.refunded.cents) == counted["refunded"].get("", (0, 0, 0))[:2]
    assert {state: found.unpaid[state].units for state in found.unpaid} == {
        state: counted["payment_state"].get(state.value, (0, 0, 0))[2]
        for state in (PaymentState.UNPAID, PaymentState.PARTLY_PAID)
    }
    waiting = reference.orders[
        reference.orders["status"].isin(["paid", "confirming", "preparing", "ready", "partly_shipped"])
        & (reference.orders["currency"] == "EUR")
    ]
    late_now = waiting[pd.to_datetime(waiting["ship_by"]).dt.date < TODAY]
    assert found.late_now.orders == len(late_now)


@pytest.mark.parametrize("step", [Step.WEEK, Step.MONTH])
def test_the_parts_of_what_went_wrong_add_up_to_the_whole(demo: Session, step: Step) -> None:
    whole = trouble(demo, ADMIN, WANTED, TODAY).indicators
    parts = [part.indicators for part in trouble_parts(demo, ADMIN, WANTED, step)]
    for name in ("late", "timed", "shipped", "returned"):
        assert sum(getattr(part, name) for part in parts) == getattr(whole, name)


def test_a_period_without_an_order_says_nothing(demo: Session) -> None:
    nothing = OrderFilter(SALES_STATUSES, first_day=dt.date(2001, 1, 1), last_day=dt.date(2001, 1, 31), currency="EUR")
    assert all(spread is None for spread in journey(demo, ADMIN, nothing).spreads.values())
    assert trouble(demo, ADMIN, nothing, TODAY).indicators.late_bp is None
    assert hour_figures(demo, ADMIN, nothing) == {}
