"""The operations that people wait for, each as a function of a session: grid, counters, searches, calendar, order."""

import datetime as dt
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.order_filter import ALL_STATUSES, Attention, OrderFilter, OrderSort, SortColumn
from db.domain.orders import DeliveryMode, OrderStatus, Origin, PaymentMethod, PaymentState
from db.domain.permissions import Role
from db.domain.viewer import Viewer
from db.models import Order
from db.queries.calendar import month_sales
from db.queries.global_search import global_search
from db.queries.order_grid import BROWSE_CAP, can_sort, count_orders, order_rows
from db.queries.order_page import order_page
from db.queries.todo import todo_counts
from tests.bench.data import TODAY as TODAY_TEXT

TODAY = dt.date.fromisoformat(TODAY_TEXT)
STAFF = Viewer(1, "Bench", "bench@example.org", Role.ADMIN)
SELLER = Viewer(2, "Vendeur", "vendeur@example.org", Role.SELLER, seller_id=1)
EVERYTHING = OrderFilter(statuses=ALL_STATUSES)
PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing to time. Those of a group are summed up in one line of the table."""

    group: str
    name: str
    budget_ms: float
    run: Callable[[Session], object]


FILTERS: dict[str, OrderFilter] = {
    "open": OrderFilter(),
    "all": EVERYTHING,
    "to prepare": OrderFilter(statuses=frozenset({OrderStatus.PAID, OrderStatus.CONFIRMING})),
    "shipped+delivered": OrderFilter(statuses=frozenset({OrderStatus.SHIPPED, OrderStatus.DELIVERED})),
    "completed": OrderFilter(statuses=frozenset({OrderStatus.COMPLETED})),
    "cancelled": OrderFilter(statuses=frozenset({OrderStatus.CANCELLED})),
    "this month": replace(EVERYTHING, first_day=TODAY.replace(day=1), last_day=TODAY),
    "one old month": replace(EVERYTHING, first_day=dt.date(2024, 12, 1), last_day=dt.date(2024, 12, 31)),
    "one day": replace(EVERYTHING, first_day=TODAY, last_day=TODAY),
    "seller": replace(EVERYTHING, seller_id=3),
    "customer": replace(EVERYTHING, customer_id=77),
    "card": replace(EVERYTHING, payment_methods=frozenset({PaymentMethod.CARD})),
    "cheque+cash": replace(EVERYTHING, payment_methods=frozenset({PaymentMethod.CHEQUE, PaymentMethod.CASH})),
    "overpaid": replace(EVERYTHING, payment_states=frozenset({PaymentState.OVERPAID})),
    "refunded": replace(EVERYTHING, payment_states=frozenset({PaymentState.REFUNDED, PaymentState.PARTLY_REFUNDED})),
    "pick-up": replace(EVERYTHING, delivery_modes=frozenset({DeliveryMode.PICKUP_POINT})),
    "in store": replace(EVERYTHING, delivery_modes=frozenset({DeliveryMode.IN_STORE})),
    "yahoo": replace(EVERYTHING, origins=frozenset({Origin.YAHOO})),
    "google": replace(EVERYTHING, origins=frozenset({Origin.GOOGLE})),
    "amount 20-30": replace(EVERYTHING, min_cents=20_00, max_cents=30_00),
    "amount > 500": replace(EVERYTHING, min_cents=500_00),
    "late": OrderFilter(attention=Attention.LATE),
    "returns": replace(EVERYTHING, attention=Attention.OPEN_RETURN),
    "seller+cheque": replace(EVERYTHING, seller_id=3, payment_methods=frozenset({PaymentMethod.CHEQUE})),
    "google+pick-up+2025": replace(
        EVERYTHING,
        origins=frozenset({Origin.GOOGLE}),
        delivery_modes=frozenset({DeliveryMode.PICKUP_POINT}),
        first_day=dt.date(2025, 1, 1),
        last_day=dt.date(2025, 12, 31),
    ),
    "yahoo+in store+cash": replace(
        EVERYTHING,
        origins=frozenset({Origin.YAHOO}),
        delivery_modes=frozenset({DeliveryMode.IN_STORE}),
        payment_methods=frozenset({PaymentMethod.CASH}),
    ),
}

#: Words of the demo data: frequent ones are in a large share of the orders, rare ones in a handful or none.
WHO_TERMS = ("martin", "le goff", "example.org", "ma", "zzyzx", "0639980012")
WHAT_TERMS = ("the", "bio", "savon", "bol gres bleu", "lavande", "zzyzx")


def operations() -> Iterator[Operation]:
    """Yield every operation of the bench."""
    yield from _grid_pages()
    yield from _deep_pages()
    yield from _searches()
    yield from _screens()


def _grid_page(viewer: Viewer, wanted: OrderFilter, sort: OrderSort, page: int) -> Callable[[Session], object]:
    def run(session: Session) -> object:
        count = count_orders(session, viewer, wanted, TODAY)
        if not can_sort(wanted, count, sort):
            return None
        last = max(1, -(-min(count.orders, BROWSE_CAP) // PAGE_SIZE))
        return order_rows(session, viewer, wanted, sort, count, TODAY, page=min(page, last), page_size=PAGE_SIZE)

    return run


def _grid_pages() -> Iterator[Operation]:
    sorts = [OrderSort(column, descending) for column, descending in itertools.product(SortColumn, (True, False))]
    for (name, wanted), sort in itertools.product(FILTERS.items(), sorts):
        label = f"{name}, by {sort.column}{' desc' if sort.descending else ''}"
        yield Operation("grid page + counter", label, 20, _grid_page(STAFF, wanted, sort, 1))
    for sort in sorts:
        yield Operation("grid page, seller", f"all, by {sort.column}", 20, _grid_page(SELLER, EVERYTHING, sort, 1))


def _deep_pages() -> Iterator[Operation]:
    for name, wanted in FILTERS.items():
        for sort in (OrderSort(), OrderSort(SortColumn.TOTAL)):
            yield Operation(
                "last page offered", f"{name}, by {sort.column}", 20, _grid_page(STAFF, wanted, sort, 10**6)
            )


def _searches() -> Iterator[Operation]:
    for base_name, base in (("all", EVERYTHING), ("open", OrderFilter())):
        for term in WHO_TERMS:
            wanted = replace(base, text=term)
            yield Operation("search who", f"{base_name}: {term}", 100, _grid_page(STAFF, wanted, OrderSort(), 1))
        for term in WHAT_TERMS:
            wanted = replace(base, product=term)
            yield Operation("search what", f"{base_name}: {term}", 100, _grid_page(STAFF, wanted, OrderSort(), 1))
    both = replace(EVERYTHING, text="martin", product="bio")
    yield Operation("search what", "both: martin + bio", 100, _grid_page(STAFF, both, OrderSort(), 1))
    by_total = OrderFilter(product="bio")
    yield Operation(
        "search what", "open: bio, by total", 100, _grid_page(STAFF, by_total, OrderSort(SortColumn.TOTAL), 1)
    )


def _screens() -> Iterator[Operation]:
    december = dt.date(2025, 12, 1)
    yield Operation(
        "month calendar", "december", 15, lambda s: month_sales(s, STAFF, december, today=TODAY, currency="EUR")
    )
    yield Operation(
        "month calendar", "december, one seller", 15,
        lambda s: month_sales(s, STAFF, december, today=TODAY, currency="EUR", seller_id=3),
    )  # fmt: skip
    yield Operation("to-do counters", "staff", 20, lambda s: todo_counts(s, STAFF, TODAY))
    yield Operation("to-do counters", "seller", 20, lambda s: todo_counts(s, SELLER, TODAY))
    yield Operation("order page", "newest", 20, _newest_order_page)
    for term in (*WHO_TERMS, "a"):
        yield Operation("global search", term, 100, lambda s, term=term: global_search(s, STAFF, term, limit=8))


def _newest_order_page(session: Session) -> object:
    newest = session.scalars(sa.select(Order.number).order_by(Order.placed_at.desc()).limit(1)).one()
    return order_page(session, STAFF, newest)
