"""What a summary of the sales says, from the figures that charts are drawn of."""

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.cadences import Compared, compared
from db.domain.exports import Cadence
from db.domain.figures import CustomerShare, Facet, Figure, Punctuality
from db.domain.months import days_between
from db.domain.order_filter import OrderFilter
from db.domain.sales_periods import Days
from db.domain.summaries import (
    BEFORE_LABELS,
    BestSeller,
    ChartBar,
    CurrencySummary,
    PeriodFigures,
    SalesChart,
    Summary,
)
from db.domain.viewer import Viewer
from db.models import Order, Seller
from db.queries.figures import figures, figures_by_day
from db.queries.order_choices import order_choices
from db.queries.order_conditions import late_conditions
from db.queries.sales_breakdowns import product_sales

#: A day says little alone: it is shown at the end of two weeks.
DAYS_AROUND_A_DAY = 14
BEST = 5
_TITLE = "Chiffre d’affaires TTC par jour"
_COMPARED = (Facet.SALES, Facet.CUSTOMER, Facet.RETURNED, Facet.SHIPPING)


def sales_summary(session: Session, viewer: Viewer, cadence: Cadence, day: dt.date, today: dt.date) -> Summary:
    """Return what a summary that fell due on a day says.

    Args:
        session: An open session.
        viewer: Somebody of the house who may read charts.
        cadence: How often it is sent, which is of what it tells.
        day: The day on which it fell due.
        today: What is late by then, is.
    """
    periods = compared(cadence, day)
    found = [
        _in_currency(session, viewer, cadence, periods, currency)
        for currency in order_choices(session, viewer).currencies
    ]
    told = [each for each in found if _says_something(each)]
    late = session.scalar(sa.select(sa.func.count()).select_from(Order).where(*late_conditions(today)))
    return Summary(
        cadence,
        periods.days.first.isoformat(),
        periods.days.last.isoformat(),
        late_orders=late or 0,
        currencies=tuple(sorted(told, key=lambda each: (-each.now.orders, -each.before.orders, each.currency))),
    )


def _says_something(each: CurrencySummary) -> bool:
    return any(period.orders for period in (each.now, each.before, each.year_before))


def _in_currency(
    session: Session, viewer: Viewer, cadence: Cadence, periods: Compared, currency: str
) -> CurrencySummary:
    wanted = _wanted(periods.days, currency)
    unpaid = [
        figure
        for figure in figures(session, viewer, OrderFilter(currency=currency), [Facet.PAYMENT_STATE])[
            Facet.PAYMENT_STATE
        ]
        if figure.units > 0
    ]
    now, before, year_before = (
        _period(session, viewer, _wanted(days, currency))
        for days in (periods.days, periods.before, periods.year_before)
    )
    return CurrencySummary(
        currency,
        now,
        before,
        year_before,
        unpaid_orders=sum(figure.orders for figure in unpaid),
        unpaid_cents=sum(figure.units for figure in unpaid),
        sellers=_best_sellers(session, viewer, wanted),
        products=_best_products(session, viewer, wanted),
        chart=_chart(session, viewer, cadence, periods, currency),
    )


def _wanted(days: Days, currency: str) -> OrderFilter:
    return OrderFilter(first_day=days.first, last_day=days.last, currency=currency)


def _period(session: Session, viewer: Viewer, wanted: OrderFilter) -> PeriodFigures:
    found = figures(session, viewer, wanted, _COMPARED)
    return PeriodFigures(
        revenue_cents=sum(figure.cents for figure in found[Facet.SALES]),
        orders=_orders(found[Facet.SALES]),
        new_customers=_orders(found[Facet.CUSTOMER], CustomerShare.NEW),
        returned=_orders(found[Facet.RETURNED]),
        shipped_late=_orders(found[Facet.SHIPPING], Punctuality.LATE),
    )


def _orders(found: Sequence[Figure], value: str | None = None) -> int:
    return sum(figure.orders for figure in found if value is None or figure.value == value)


def _best_sellers(session: Session, viewer: Viewer, wanted: OrderFilter) -> tuple[BestSeller, ...]:
    best = figures(session, viewer, wanted, [Facet.SELLER])[Facet.SELLER][:BEST]
    ids = [int(figure.value) for figure in best]
    names = dict(session.execute(sa.select(Seller.id, Seller.name).where(Seller.id.in_(ids))).tuples().all())
    return tuple(BestSeller(names[int(figure.value)], figure.cents, figure.units) for figure in best)


def _best_products(session: Session, viewer: Viewer, wanted: OrderFilter) -> tuple[BestSeller, ...]:
    best = product_sales(session, viewer, wanted, BEST).products
    return tuple(BestSeller(each.name, each.figure.cents, each.figure.units) for each in best)


def _chart(session: Session, viewer: Viewer, cadence: Cadence, periods: Compared, currency: str) -> SalesChart:
    """Return the sales of each day, beside those of the period before but where the days themselves show them."""
    days = periods.days
    if cadence is Cadence.DAILY:
        shown = days_between(days.last - dt.timedelta(days=DAYS_AROUND_A_DAY - 1), days.last)
        sold = _by_day(session, viewer, Days(shown[0], shown[-1]), currency)
        return SalesChart(_TITLE, currency, tuple(ChartBar(day.isoformat(), sold.get(day, 0)) for day in shown))
    sold, before = (_by_day(session, viewer, each, currency) for each in (days, periods.before))
    earlier = days_between(periods.before.first, periods.before.last)
    bars = tuple(
        ChartBar(day.isoformat(), sold.get(day, 0), before.get(earlier[place], 0) if place < len(earlier) else None)
        for place, day in enumerate(days_between(days.first, days.last))
    )
    return SalesChart(_TITLE, currency, bars, BEFORE_LABELS[cadence])


def _by_day(session: Session, viewer: Viewer, days: Days, currency: str) -> dict[dt.date, int]:
    found = figures_by_day(session, viewer, _wanted(days, currency), Facet.SALES)
    return {dated.on: dated.figure.cents for dated in found}
