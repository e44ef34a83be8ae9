"""The grid against a plain Python recount, through both of its plans, on both databases."""

import datetime as dt
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest
from sqlalchemy.orm import Session

from db.domain.order_filter import ALL_STATUSES, Attention, OrderFilter, OrderSort, SortColumn
from db.domain.orders import (
    OPEN_STATUSES,
    ORDER_PAYMENT_METHODS,
    UNSHIPPED_PAID_STATUSES,
    DeliveryMode,
    OrderStatus,
    Origin,
    PaymentMethod,
    PaymentState,
    ReturnStatus,
)
from db.domain.permissions import Role
from db.domain.text import fold
from db.domain.viewer import Viewer
from db.models import Order, OrderTag, Return, Tag
from db.queries import order_grid, order_words
from db.queries.order_grid import OrderCount, can_sort, count_orders, matching_ids, order_rows, position_in_list
from db.services.derived import complete_orders
from tests.conftest import NOW
from tests.factories import ADMIN, create_customer, create_line, create_order, create_seller

TODAY = dt.date(2026, 11, 21)
#: The tag of the orders of 31,90 €.
TAG = 77
EVERYTHING = OrderFilter(statuses=ALL_STATUSES)
NAMES = ("Évelyne Morin", "Éric Œuvrard", "Anne 100% Lin", "Zoé Le_Goff", "Bob Martin")
PRODUCTS = ("Thé vert bio", "Café moulu", "Bol en grès", "Savon 100 % olive")


@pytest.fixture
def orders(session: Session) -> list[Order]:
    """Eighty orders whose every column was drawn at random (with a fixed seed)."""
    draw = random.Random(20261121)
    sellers = [create_seller(session, name) for name in ("Maison du thé", "Grès & Terre", "Savonnerie")]
    customers = [create_customer(session, name) for name in NAMES]
    made = []
    for _ in range(80):
        customer = draw.choice(customers)
        total = draw.choice((0, 990, 31_90, 31_90, 250_00, 12_345_67))
        made.append(
            create_order(
                session,
                draw.choice(sellers),
                customer,
                status=draw.choice(list(OrderStatus)),
                payment_state=draw.choice(list(PaymentState)),
                payment_method=draw.choice(ORDER_PAYMENT_METHODS),
                delivery_mode=draw.choice(list(DeliveryMode)),
                origin=draw.choice(list(Origin)),
                total_cents=total,
                placed_at=NOW - dt.timedelta(hours=draw.randrange(24 * 60)),
                currency=draw.choice(("EUR", "EUR", "GBP")),
                ship_by=draw.choice((None, TODAY - dt.timedelta(days=2), TODAY, TODAY + dt.timedelta(days=3))),
                lines=[create_line(name, total_cents=0, sku="") for name in draw.sample(PRODUCTS, draw.randint(1, 3))],
            )
        )
    for order in draw.sample(made, 12):
        session.add(Return(order_id=order.id, status=draw.choice(list(ReturnStatus))))
    session.add_all([Tag(id=TAG, name="Fragile"), Tag(id=TAG + 1, name="À rappeler")])
    session.flush()
    session.add_all(OrderTag(tag_id=TAG, order_id=order.id) for order in made if order.total_cents == 31_90)
    session.flush()
    complete_orders(session, [order.id for order in made])
    session.expire_all()
    return made


CASES: list[tuple[OrderFilter, Callable[[Order], bool]]] = [
    (OrderFilter(), lambda o: o.status in OPEN_STATUSES),
    (EVERYTHING, lambda _: True),
    (
        replace(EVERYTHING, statuses=frozenset({OrderStatus.PAID, OrderStatus.SHIPPED})),
        lambda o: o.status in (OrderStatus.PAID, OrderStatus.SHIPPED),
    ),
    (OrderFilter(statuses=frozenset({OrderStatus.READY})), lambda o: o.status is OrderStatus.READY),
    (
        replace(EVERYTHING, first_day=dt.date(2026, 10, 20), last_day=dt.date(2026, 11, 5)),
        lambda o: dt.date(2026, 10, 20) <= o.placed_on <= dt.date(2026, 11, 5),
    ),
    (
        replace(EVERYTHING, payment_methods=frozenset({PaymentMethod.CHEQUE, PaymentMethod.CASH})),
        lambda o: o.payment_method in (PaymentMethod.CHEQUE, PaymentMethod.CASH),
    ),
    (
        replace(EVERYTHING, payment_states=frozenset({PaymentState.OVERPAID})),
        lambda o: o.payment_state is PaymentState.OVERPAID,
    ),
    (
        replace(
            EVERYTHING, delivery_modes=frozenset({DeliveryMode.HOME}), origins=frozenset({Origin.BING, Origin.EMAIL})
        ),
        lambda o: o.delivery_mode is DeliveryMode.HOME and o.origin in (Origin.BING, Origin.EMAIL),
    ),
    (replace(EVERYTHING, min_cents=31_90, max_cents=250_00), lambda o: 31_90 <= o.total_cents <= 250_00),
    (replace(EVERYTHING, currency="GBP"), lambda o: o.currency == "GBP"),
    (
        replace(EVERYTHING, attention=Attention.LATE),
        lambda o: o.status in UNSHIPPED_PAID_STATUSES and o.ship_by is not None and o.ship_by < TODAY,
    ),
    (replace(EVERYTHING, tag_id=TAG), lambda o: o.total_cents == 31_90),
    (replace(EVERYTHING, tag_id=TAG + 1), lambda _: False),
    (OrderFilter(tag_id=TAG), lambda o: o.status in OPEN_STATUSES and o.total_cents == 31_90),
    (
        replace(EVERYTHING, tag_id=TAG, text="morin"),
        lambda o: o.total_cents == 31_90 and o.customer_name == "Évelyne Morin",
    ),
    (replace(EVERYTHING, text="MORIN evelyne"), lambda o: o.customer_name == "Évelyne Morin"),
    (replace(EVERYTHING, text="oeuvr"), lambda o: o.customer_name == "Éric Œuvrard"),
    (replace(EVERYTHING, text="100%"), lambda o: o.customer_name == "Anne 100% Lin"),
    (replace(EVERYTHING, text="le_g"), lambda o: o.customer_name == "Zoé Le_Goff"),
    (replace(EVERYTHING, text="personne de ce nom"), lambda _: False),
    (replace(EVERYTHING, product="GRES"), lambda o: any(line.name == "Bol en grès" for line in o.lines)),
    (
        OrderFilter(text="morin", product="thé", currency="EUR"),
        lambda o: (
            o.status in OPEN_STATUSES
            and o.customer_name == "Évelyne Morin"
            and o.currency == "EUR"
            and any(line.name == "Thé vert bio" for line in o.lines)
        ),
    ),
]

SORT_VALUES: dict[SortColumn, Callable[[Order], tuple[object, ...]]] = {
    SortColumn.NUMBER: lambda o: (o.number,),
    SortColumn.PLACED_AT: lambda o: (o.placed_at, o.id),
    SortColumn.CUSTOMER: lambda o: (fold(o.customer_name), o.id),
    SortColumn.SELLER: lambda o: (o.seller_id, o.placed_at, o.id),
    SortColumn.DELIVERY: lambda o: (o.delivery_mode.value, o.placed_at, o.id),
    SortColumn.PAYMENT: lambda o: (o.payment_state.value, o.placed_at, o.id),
    SortColumn.STATUS: lambda o: (o.status.value, o.placed_at, o.id),
    SortColumn.ORIGIN: lambda o: (o.origin.value, o.placed_at, o.id),
    SortColumn.TOTAL: lambda o: (o.total_cents, o.id),
}


def load_lines(session: Session, orders: list[Order]) -> None:
    for order in orders:
        session.refresh(order, ["lines"])


#: Thresholds that lead every search through one of the three ways of ``order_words``.
WAYS = {
    "read few": {},
    "read newest": {"_FEW_ORDERS": 0, "_COMMON_IN_PROBE": 0},
    "ask index": {"_FEW_ORDERS": 0, "_COMMON_IN_PROBE": 10**9},
}


@pytest.mark.parametrize("way", WAYS)
def test_words_are_found_whichever_way_they_are_looked_for(
    session: Session, orders: list[Order], monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    for name, value in WAYS[way].items():
        monkeypatch.setattr(order_words, name, value)
    load_lines(session, orders)
    for wanted, matches in CASES:
        if wanted.has_text:
            found = matching_ids(session, ADMIN, wanted, TODAY)
            assert found == [
                o.id for o in sorted(orders, key=lambda o: (o.placed_at, o.id), reverse=True) if matches(o)
            ]


@pytest.mark.parametrize("caps", [None, 0], ids=["few", "walk"])
def test_every_filter_and_sort_shows_exactly_the_orders_that_a_recount_finds(
    session: Session, orders: list[Order], monkeypatch: pytest.MonkeyPatch, caps: int | None
) -> None:
    load_lines(session, orders)
    sorts = [OrderSort(column, descending) for column in SORT_VALUES for descending in (True, False)]
    for at, (wanted, matches) in enumerate(CASES):
        expected = [order for order in orders if matches(order)]
        count = count_orders(session, ADMIN, wanted, TODAY)
        sums = Counter[str]()
        for order in expected:
            sums[order.currency] += order.total_cents
        assert (count.orders, count.is_capped) == (len(expected), False), wanted
        assert dict(count.totals) == dict(sums), wanted
        if caps is not None:
            count = OrderCount(caps, is_capped=True)  # The same pages must come out of the other plan.
        # Every sort on the whole list, and each filter with some of them in turn.
        for sort in filter(partial(can_sort, wanted, count), sorts if wanted == EVERYTHING else sorts[at % 5 :: 5]):
            in_order = [o.id for o in sorted(expected, key=SORT_VALUES[sort.column], reverse=sort.descending)]
            shown = [
                row.id
                for page in (1, 2, 3)
                for row in order_rows(session, ADMIN, wanted, sort, count, TODAY, page=page, page_size=30)
            ]
            assert shown == in_order, (wanted, sort)


def test_a_list_too_long_to_group_sorts_by_what_orders_it_one_by_one() -> None:
    long, short = OrderCount(30_001, is_capped=False), OrderCount(30_000, is_capped=False)
    unknown = OrderCount(10_000, is_capped=True)
    assert can_sort(EVERYTHING, short, OrderSort(SortColumn.STATUS))
    assert not can_sort(EVERYTHING, long, OrderSort(SortColumn.STATUS))
    assert not can_sort(EVERYTHING, unknown, OrderSort(SortColumn.SELLER))
    assert all(
        can_sort(EVERYTHING, unknown, OrderSort(c)) for c in (SortColumn.NUMBER, SortColumn.PLACED_AT, SortColumn.TOTAL)
    )
    common_word = replace(EVERYTHING, product="thé")
    assert can_sort(common_word, unknown, OrderSort(SortColumn.PLACED_AT))
    assert not can_sort(common_word, unknown, OrderSort(SortColumn.TOTAL))
    assert can_sort(common_word, short, OrderSort(SortColumn.TOTAL))


def test_orders_with_an_open_return_are_those_whose_return_is_not_settled(
    session: Session, orders: list[Order]
) -> None:
    open_ids = {
        r.order_id for r in session.query(Return) if r.status not in (ReturnStatus.COMPLETED, ReturnStatus.DENIED)
    }
    assert set(matching_ids(session, ADMIN, replace(EVERYTHING, attention=Attention.OPEN_RETURN), TODAY)) == open_ids


def test_a_seller_sees_and_counts_only_their_own_orders_whatever_they_ask_for(
    session: Session, orders: list[Order]
) -> None:
    mine, other = orders[0].seller_id, next(o.seller_id for o in orders if o.seller_id != orders[0].seller_id)
    seller = Viewer(7, "Le vendeur", "v@example.org", Role.SELLER, seller_id=mine)
    own = [order.id for order in orders if order.seller_id == mine]
    assert count_orders(session, seller, EVERYTHING, TODAY).orders == len(own)
    assert set(matching_ids(session, seller, EVERYTHING, TODAY)) == set(own)
    assert matching_ids(session, seller, replace(EVERYTHING, seller_id=other), TODAY) == []
    assert count_orders(session, seller, replace(EVERYTHING, seller_id=other), TODAY).orders == 0
    assert set(matching_ids(session, seller, replace(EVERYTHING, tag_id=TAG), TODAY)) == set(own)
    load_lines(session, orders)
    with_tea = [o for o in orders if o.seller_id == mine and any("Thé" in line.name for line in o.lines)]
    assert count_orders(session, seller, replace(EVERYTHING, product="thé"), TODAY).orders == len(with_tea) > 0


def test_beyond_the_cap_the_counter_says_more_than_and_gives_no_sum(
    session: Session, orders: list[Order], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(order_grid, "COUNT_CAP", 10)
    count = count_orders(session, ADMIN, replace(EVERYTHING, min_cents=0), TODAY)
    assert count == OrderCount(10, is_capped=True, totals=())


def test_a_sale_at_23_30_on_new_years_eve_in_paris_belongs_to_the_old_year(session: Session) -> None:
    order = create_order(session, placed_at=dt.datetime(2025, 12, 31, 22, 30, tzinfo=dt.UTC))
    old_year = replace(EVERYTHING, first_day=dt.date(2025, 1, 1), last_day=dt.date(2025, 12, 31))
    new_year = replace(EVERYTHING, first_day=dt.date(2026, 1, 1), last_day=dt.date(2026, 12, 31))
    assert matching_ids(session, ADMIN, old_year, TODAY) == [order.id]
    assert count_orders(session, ADMIN, old_year, TODAY).orders == 1
    assert matching_ids(session, ADMIN, new_year, TODAY) == []
    assert count_orders(session, ADMIN, new_year, TODAY).orders == 0


def test_an_order_knows_its_neighbours_in_the_list_it_was_opened_from(session: Session) -> None:
    first, second, third = (create_order(session, placed_at=NOW - dt.timedelta(days=days)).number for days in (1, 2, 3))
    position = position_in_list(session, ADMIN, OrderFilter(), OrderSort(), second, TODAY)
    assert position == order_grid.ListPosition(index=2, total=3, previous_number=first, next_number=third)
    start = position_in_list(session, ADMIN, OrderFilter(), OrderSort(), first, TODAY)
    assert start is not None
    assert start.previous_number is None
    assert position_in_list(session, ADMIN, OrderFilter(text="absent"), OrderSort(), second, TODAY) is None
