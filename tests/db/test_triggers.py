"""What the database does by itself for whoever writes an order: its number, its day, the day's sales."""

import datetime as dt
from collections import Counter
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from db.domain.orders import OrderStatus, PaymentMethod, PaymentState
from db.models import DailySales, Order
from tests.factories import create_seller

#: Examples share the session: each one cleans up behind itself.
on_one_session = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

PARIS = ZoneInfo("Europe/Paris")
#: Since 1996 the whole of the Union changes its clocks on the same two Sundays.
INSTANTS = st.builds(
    lambda second: dt.datetime(1996, 1, 1, tzinfo=dt.UTC) + dt.timedelta(seconds=second),
    st.integers(0, 70 * 365 * 24 * 3600),
)
NEAR_MIDNIGHT = st.builds(
    lambda day, micros: (
        dt.datetime.combine(day, dt.time(), PARIS).astimezone(dt.UTC) + dt.timedelta(microseconds=micros)
    ),
    st.dates(dt.date(1996, 1, 2), dt.date(2068, 12, 31)),
    st.integers(-1_000, 1_000),
)


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def placed(session: Session, seller_id: int, instants: list[dt.datetime]) -> list[dt.date]:
    """Insert minimal orders at the given instants, and return the days the database gave them."""
    rows = [{"seller_id": seller_id, "placed_at": instant} for instant in instants]
    ids = session.scalars(sa.insert(Order).returning(Order.id, sort_by_parameter_order=True), rows).all()
    days = dict(session.execute(sa.select(Order.id, Order.placed_on).where(Order.id.in_(ids))).all())
    return [days[order_id] for order_id in ids]


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        # The night summer time begins: 01:59:59 in Paris, then 03:00:00, both on the 29th.
        ("2026-03-28 22:59:59", "2026-03-28"),
        ("2026-03-28 23:00:00", "2026-03-29"),
        ("2026-03-29 00:59:59", "2026-03-29"),
        ("2026-03-29 01:00:00", "2026-03-29"),
        ("2026-03-29 21:59:59", "2026-03-29"),
        ("2026-03-29 22:00:00", "2026-03-30"),
        # The night it ends.
        ("2026-10-24 21:59:59", "2026-10-24"),
        ("2026-10-24 22:00:00", "2026-10-25"),
        ("2026-10-25 00:59:59", "2026-10-25"),
        ("2026-10-25 01:00:00", "2026-10-25"),
        ("2026-10-25 22:59:59", "2026-10-25"),
        ("2026-10-25 23:00:00", "2026-10-26"),
        # 31 December at 23:30 in Paris belongs to that year; half an hour later to the next.
        ("2026-12-31 22:30:00", "2026-12-31"),
        ("2026-12-31 23:00:00", "2027-01-01"),
        # The last instants of a summer and of a winter day, to the microsecond.
        ("2026-07-01 21:59:59.999999", "2026-07-01"),
        ("2026-12-01 22:59:59.999999", "2026-12-01"),
    ],
)
def test_an_order_without_a_day_gets_the_one_of_paris(session: Session, instant: str, day: str) -> None:
    seller = create_seller(session)
    assert placed(session, seller.id, [utc(instant)]) == [dt.date.fromisoformat(day)]


@on_one_session
@given(instants=st.lists(INSTANTS | NEAR_MIDNIGHT, min_size=1, max_size=40))
def test_the_day_is_zoneinfo_s_at_any_instant(session: Session, instants: list[dt.datetime]) -> None:
    with session.begin_nested() as savepoint:
        seller = create_seller(session)
        assert placed(session, seller.id, instants) == [instant.astimezone(PARIS).date() for instant in instants]
        savepoint.rollback()


def test_a_minimal_order_is_valid_and_numbered(session: Session) -> None:
    seller = create_seller(session)
    order_id = session.scalar(sa.insert(Order).values(seller_id=seller.id).returning(Order.id))
    order = session.scalars(sa.select(Order).where(Order.id == order_id)).one()
    assert order.number == f"ORD-{order_id:05d}"
    assert order.status is OrderStatus.AWAITING_PAYMENT
    assert order.payment_state is PaymentState.UNPAID
    assert order.payment_method is PaymentMethod.CARD
    assert (order.version, order.total_cents, order.currency, order.is_open) == (1, 0, "EUR", True)
    assert order.placed_on == order.placed_at.astimezone(PARIS).date()
    assert order.intake_at is None


@pytest.mark.parametrize(("order_id", "number"), [(7, "ORD-00007"), (99_999, "ORD-99999"), (1_234_567, "ORD-1234567")])
def test_a_number_has_at_least_five_digits_and_loses_none(session: Session, order_id: int, number: str) -> None:
    seller = create_seller(session)
    session.execute(sa.insert(Order).values(id=order_id, seller_id=seller.id))
    assert session.scalar(sa.select(Order.number).where(Order.id == order_id)) == number


def test_a_number_and_a_day_that_are_given_are_kept(session: Session) -> None:
    seller = create_seller(session)
    given_day = dt.date(2020, 2, 29)
    order_id = session.scalar(
        sa.insert(Order)
        .values(seller_id=seller.id, number="62038bc9-f390060031-398dfb-001", placed_on=given_day)
        .returning(Order.id)
    )
    kept = session.execute(sa.select(Order.number, Order.placed_on).where(Order.id == order_id)).one()
    assert kept == ("62038bc9-f390060031-398dfb-001", given_day)


def summed(session: Session) -> Counter[tuple[object, ...]]:
    key = (DailySales.placed_on, DailySales.seller_id, DailySales.currency, DailySales.status)
    sums = session.execute(
        sa.select(*key, sa.func.sum(DailySales.orders), sa.func.sum(DailySales.total_cents)).group_by(*key)
    )
    # Sums of nothing say nothing: a key whose orders have all moved on.
    return Counter({tuple(row): 1 for row in sums if row[-2] or row[-1]})


def recounted(session: Session) -> Counter[tuple[object, ...]]:
    key = (Order.placed_on, Order.seller_id, Order.currency, Order.status)
    counts = session.execute(sa.select(*key, sa.func.count(), sa.func.sum(Order.total_cents)).group_by(*key))
    return Counter({tuple(row): 1 for row in counts})


DAYS = st.dates(dt.date(2026, 11, 20), dt.date(2026, 11, 22))
COLUMNS = st.fixed_dictionaries(
    {},
    optional={
        "placed_on": DAYS,
        "currency": st.sampled_from(["EUR", "GBP"]),
        "status": st.sampled_from([OrderStatus.PAID, OrderStatus.COMPLETED, OrderStatus.CANCELLED]),
        "total_cents": st.integers(0, 10**12),
        "carrier": st.sampled_from(["", "Colissimo"]),
    },
)
CHANGES = st.lists(
    st.tuples(st.sampled_from(["insert", "insert", "update", "update all", "delete"]), COLUMNS, st.integers(0, 1_000)),
    max_size=12,
)


def apply(session: Session, sellers: list[int], change: tuple[str, dict[str, object], int]) -> None:
    kind, columns, choice = change
    if kind == "insert":
        session.execute(sa.insert(Order).values(seller_id=sellers[choice % len(sellers)], **columns))
        return
    if kind == "update all":
        session.execute(sa.update(Order).values(seller_id=sellers[choice % len(sellers)], **columns))
        return
    ids = session.scalars(sa.select(Order.id).order_by(Order.id)).all()
    if not ids:
        return
    one = Order.id == ids[choice % len(ids)]
    if kind == "delete":
        session.execute(sa.delete(Order).where(one))
    elif columns:
        session.execute(sa.update(Order).where(one).values(**columns))


@on_one_session
@given(changes=CHANGES)
def test_daily_sales_stay_a_recount_whatever_happens_to_orders(
    session: Session, changes: list[tuple[str, dict[str, object], int]]
) -> None:
    with session.begin_nested() as savepoint:
        sellers = [create_seller(session).id, create_seller(session).id]
        for change in changes:
            apply(session, sellers, change)
            assert summed(session) == recounted(session)
        savepoint.rollback()


def test_a_change_that_daily_sales_do_not_show_appends_nothing(session: Session) -> None:
    seller = create_seller(session)
    session.execute(sa.insert(Order).values(seller_id=seller.id, total_cents=5_00))
    rows = sa.select(sa.func.count()).select_from(DailySales)
    before = session.scalar(rows)
    session.execute(sa.update(Order).values(version=Order.version + 1, carrier="DPD", total_cents=Order.total_cents))
    assert session.scalar(rows) == before
