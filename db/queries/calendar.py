"""The month calendar: what was sold each day, and the orders of one day.

Sales are read from ``daily_sales`` alone, so a month costs the same however many orders there are. Cancelled orders
are no sales. Currencies are never added up: every figure here is of one currency.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import chain

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.months import days_between, last_day, same_day_last_year, weeks_shown
from db.domain.order_filter import OrderFilter, OrderSort
from db.domain.orders import OrderStatus
from db.domain.viewer import Viewer
from db.models import DailySales, Marketplace
from db.queries.columns import sum_of
from db.queries.order_choices import order_choices
from db.queries.order_grid import OrderRow, count_orders, order_rows

#: How many orders of a day are listed; the grid shows the rest.
DAY_LIMIT = 100
DEFAULT_CURRENCY = "EUR"
SALES_STATUSES = frozenset(status for status in OrderStatus if status.counts_as_sale)

_IS_SALE = DailySales.status.not_in(sorted(frozenset(OrderStatus) - SALES_STATUSES))


@dataclass(frozen=True, slots=True)
class Sales:
    """How many orders, and what they are worth."""

    orders: int = 0
    total_cents: int = 0


@dataclass(frozen=True, slots=True)
class Comparison:
    """A month beside the same days of the year before: the whole month, or its days up to today."""

    #: The last day of this year's side; the last day of its month where the whole month is compared.
    until: dt.date
    this_year: Sales
    last_year: Sales


@dataclass(frozen=True, slots=True)
class MonthSales:
    """What the calendar shows of a month. Days without sales are absent from ``days``."""

    month: dt.date
    currency: str
    #: Every day of the weeks shown, so neighbouring months' days too.
    days: Mapping[dt.date, Sales]
    #: The month's own days only.
    total: Sales
    #: None for a month that has not begun.
    comparison: Comparison | None


@dataclass(frozen=True, slots=True)
class DayOrders:
    """The orders of a day, newest first: ``rows`` holds the first of them, ``sales`` counts them all."""

    #: What the grid is asked for to show the same orders.
    filter: OrderFilter
    rows: tuple[OrderRow, ...]
    sales: Sales
    #: Cancelled orders are neither listed nor counted in ``sales``, but nobody should wonder where they went.
    cancelled: int


@dataclass(frozen=True, slots=True)
class CalendarChoices:
    """What the calendar can be filtered by and turned to."""

    #: Id → name, by name.
    sellers: Mapping[int, str]
    #: The default first (the marketplace's own if it has orders, else the most used), the others by code.
    currencies: tuple[str, ...]
    #: The day of the first order ever, None where there is none.
    first_day: dt.date | None


def month_sales(
    session: Session, viewer: Viewer, month: dt.date, *, currency: str, today: dt.date, seller_id: int | None = None
) -> MonthSales:
    """Return what was sold on each day of the weeks that show a month, and the month against last year's.

    Args:
        session: An open session.
        viewer: Who looks; a seller sees only their own sales.
        month: The month's first day.
        currency: The one currency to count.
        today: The Paris day; a running month is compared with the same days of last year.
        seller_id: Count one seller's sales only.
    """
    scope = _scope(viewer, currency, seller_id)
    days = _sales_per_day(session, scope, chain.from_iterable(weeks_shown(month)))
    return MonthSales(
        month=month,
        currency=currency,
        days=days,
        total=_total(days, month, last_day(month)),
        comparison=_comparison(session, scope, days, month, today),
    )


def orders_of_day(
    session: Session,
    viewer: Viewer,
    day: dt.date,
    *,
    currency: str,
    seller_id: int | None = None,
    limit: int = DAY_LIMIT,
) -> DayOrders:
    """Return the orders that a day of the calendar counts: the newest ``limit``, and how many there are in all."""
    wanted = OrderFilter(statuses=SALES_STATUSES, first_day=day, last_day=day, seller_id=seller_id, currency=currency)
    # The grid asks which day is today to tell what is late; nothing here is asked to be late.
    count = count_orders(session, viewer, wanted, day)
    rows = order_rows(session, viewer, wanted, OrderSort(), count, day, page=1, page_size=limit)
    cancelled = replace(wanted, statuses=frozenset(OrderStatus) - SALES_STATUSES)
    return DayOrders(
        filter=wanted,
        rows=tuple(rows),
        sales=Sales(count.orders, sum(cents for _, cents in count.totals)),
        cancelled=count_orders(session, viewer, cancelled, day).orders,
    )


def calendar_choices(session: Session, viewer: Viewer) -> CalendarChoices:
    """Return what the calendar offers to this viewer; a seller finds only themselves."""
    choices = order_choices(session, viewer)
    return CalendarChoices(
        sellers=choices.sellers,
        currencies=_default_first(session, viewer, choices.currencies),
        first_day=session.scalar(sa.select(sa.func.min(DailySales.placed_on)).where(*_own(viewer))),
    )


def last_day_with_sales(
    session: Session, viewer: Viewer, *, currency: str, seller_id: int | None = None
) -> dt.date | None:
    """Return the newest day that has a sale, for a calendar that shows an empty month."""
    return session.scalar(
        sa.select(DailySales.placed_on)
        .where(_IS_SALE, *_scope(viewer, currency, seller_id))
        .group_by(DailySales.placed_on)
        .having(sa.func.sum(DailySales.orders) > 0)
        .order_by(DailySales.placed_on.desc())
        .limit(1)
    )


def _scope(viewer: Viewer, currency: str, seller_id: int | None) -> list[sa.ColumnElement[bool]]:
    chosen = [DailySales.seller_id == seller_id] if seller_id is not None else []
    return [DailySales.currency == currency, *chosen, *_own(viewer)]


def _own(viewer: Viewer) -> list[sa.ColumnElement[bool]]:
    return [] if viewer.seller_id is None else [DailySales.seller_id == viewer.seller_id]


def _sales_per_day(
    session: Session, scope: list[sa.ColumnElement[bool]], days: Iterable[dt.date]
) -> dict[dt.date, Sales]:
    rows = session.execute(
        sa.select(DailySales.placed_on, sum_of(DailySales.orders), sum_of(DailySales.total_cents))
        # Each day by its name: after a range of days, neither the currency nor the seller could be looked up.
        .where(DailySales.placed_on.in_(list(days)), _IS_SALE, *scope)
        .group_by(DailySales.placed_on)
    )
    return {day: Sales(orders, cents) for day, orders, cents in rows if orders}


def _comparison(
    session: Session,
    scope: list[sa.ColumnElement[bool]],
    days: Mapping[dt.date, Sales],
    month: dt.date,
    today: dt.date,
) -> Comparison | None:
    if month > today:
        return None
    until = min(last_day(month), today)
    first_then = same_day_last_year(month)
    # A whole month is compared with a whole month, so that leap years do not lose or gain a day.
    until_then = last_day(first_then) if until == last_day(month) else same_day_last_year(until)
    then = _sales_per_day(session, scope, days_between(first_then, until_then))
    return Comparison(until, _total(days, month, until), _added_up(then.values()))


def _total(days: Mapping[dt.date, Sales], first: dt.date, last: dt.date) -> Sales:
    return _added_up(sales for day, sales in days.items() if first <= day <= last)


def _added_up(parts: Iterable[Sales]) -> Sales:
    orders = cents = 0
    for part in parts:
        orders += part.orders
        cents += part.total_cents
    return Sales(orders, cents)


def _default_first(session: Session, viewer: Viewer, sold: list[str]) -> tuple[str, ...]:
    own = session.scalar(sa.select(Marketplace.currency)) or DEFAULT_CURRENCY
    if not sold:
        return (own,)
    default = own if own in sold else _most_used_currency(session, viewer)
    return (default, *(currency for currency in sold if currency != default))


def _most_used_currency(session: Session, viewer: Viewer) -> str:
    return session.scalars(
        sa.select(DailySales.currency)
        .where(*_own(viewer))
        .group_by(DailySales.currency)
        .order_by(sa.func.sum(DailySales.orders).desc(), DailySales.currency)
        .limit(1)
    ).one()
