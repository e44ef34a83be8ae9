"""The figures of the sales, exact at every instant: read where they are kept, counted where they are not.

A period is taken apart: whole months that nothing touched are read by the month, the days at its edges and around
stale days by the day, and stale days, few and recent, are counted from their orders. Filters that no kept figure
answers have everything counted from the orders that match.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.figures import Facet, Figure
from db.domain.months import FIRST_MONTH, LAST_MONTH, add_months, last_day, month_of
from db.domain.order_filter import ALL_STATUSES, OrderFilter
from db.domain.viewer import Viewer
from db.models import DayFigure, MonthFigure, Order, StaleDay
from db.queries.columns import sum_of
from db.queries.figure_sources import counted
from db.queries.order_conditions import Condition, where
from db.queries.order_words import orders_with_words

_Found = sa.Select[str, dt.date, str, int, int, int]
_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DatedFigure:
    """A figure of one day, or of the month that begins on it."""

    on: dt.date
    figure: Figure


def figures(
    session: Session, viewer: Viewer, wanted: OrderFilter, facets: Collection[Facet]
) -> Mapping[Facet, list[Figure]]:
    """Return what the sales of a period add up to, from some sides.

    Args:
        session: An open session.
        viewer: Who looks; a seller finds only their own sales.
        wanted: Which orders; its one currency must be given, its statuses are not asked: a facet knows its own.
        facets: The sides.

    Returns:
        For each facet its figures, the dearest first; a facet of which nothing was sold has none.
    """
    found = _union(_sources(session, viewer, wanted, facets))
    rows = session.execute(
        sa.select(
            found.c.facet, found.c.value, sum_of(found.c.orders), sum_of(found.c.cents), sum_of(found.c.units)
        ).group_by(found.c.facet, found.c.value)
    )
    told: dict[Facet, list[Figure]] = {facet: [] for facet in facets}
    for facet, value, orders, cents, units in rows:
        told[Facet(facet)].append(Figure(value, orders, cents, units))
    return {facet: sorted(known, key=_dearest_first) for facet, known in told.items()}


def figures_by_day(session: Session, viewer: Viewer, wanted: OrderFilter, facet: Facet) -> list[DatedFigure]:
    """Return a facet's figures day by day, the oldest first; days without a sale are left out."""
    kept = _sources(session, viewer, wanted, [facet], by_month=False)
    return _dated(session, kept)


def figures_by_month(session: Session, viewer: Viewer, wanted: OrderFilter, facet: Facet) -> list[DatedFigure]:
    """Return a facet's figures month by month, under each month's first day, the oldest first."""
    sums: dict[tuple[dt.date, str], Figure] = {}
    for dated in _dated(session, _sources(session, viewer, wanted, [facet])):
        key = (month_of(dated.on), dated.figure.value)
        sums[key] = sums[key] + dated.figure if key in sums else dated.figure
    return [DatedFigure(month, figure) for (month, _), figure in sorted(sums.items(), key=lambda item: item[0])]


def is_kept(viewer: Viewer, wanted: OrderFilter) -> bool:
    """Tell whether the figures of a filter are kept: it asks for a period and a currency, and nothing else."""
    period = replace(OrderFilter(), first_day=wanted.first_day, last_day=wanted.last_day, currency=wanted.currency)
    return viewer.seller_id is None and replace(wanted, statuses=period.statuses) == period


def stale_days(session: Session) -> list[dt.date]:
    """Return the days whose kept figures are not to be trusted, the oldest first."""
    return list(session.scalars(sa.select(StaleDay.day).distinct().order_by(StaleDay.day)))


def _dearest_first(figure: Figure) -> tuple[int, int, str]:
    return (-figure.cents, -figure.orders, figure.value)


def _dated(session: Session, sources: Iterable[_Found]) -> list[DatedFigure]:
    found = _union(sources)
    rows = session.execute(
        sa.select(found.c.on, found.c.value, sum_of(found.c.orders), sum_of(found.c.cents), sum_of(found.c.units))
        .group_by(found.c.on, found.c.value)
        .order_by(found.c.on, found.c.value)
    )
    return [DatedFigure(on, Figure(value, orders, cents, units)) for on, value, orders, cents, units in rows]


def _union(sources: Iterable[_Found]) -> sa.Subquery:
    return sa.union_all(*sources).subquery("found")


def _sources(
    session: Session, viewer: Viewer, wanted: OrderFilter, facets: Collection[Facet], *, by_month: bool = True
) -> list[_Found]:
    """Return the selects whose rows, added up, are the figures that are wanted."""
    if not is_kept(viewer, wanted):
        return [_live(facets, [*_matching(session, viewer, wanted), *_placed_within(wanted)])]
    period = _Period(wanted.first_day or FIRST_MONTH, wanted.last_day or last_day(LAST_MONTH))
    stale = [day for day in stale_days(session) if period.first <= day <= period.last]
    months = period.whole_months_without(stale) if by_month else None
    # A select for each stretch of days: of several in one condition SQLite would read every day there is.
    sources = [_of_days(wanted, facets, part, stale) for part in period.days_outside(months)]
    if months:
        sources.append(_of_months(wanted, facets, months))
    if stale:
        sources.append(_live(facets, [Order.placed_on.in_(stale), *_in_currency(Order.currency, wanted)]))
    return sources


def _matching(session: Session, viewer: Viewer, wanted: OrderFilter) -> list[Condition]:
    """Return the conditions of the filter but for its period, which figures know by the day."""
    unbounded = replace(wanted, statuses=ALL_STATUSES, first_day=None, last_day=None)
    # Nothing here is asked to be late, so that any day serves as today.
    matching = where(viewer, unbounded, wanted.last_day or FIRST_MONTH)
    if not wanted.has_text:
        return matching.columns
    return [Order.id.in_(orders_with_words(session, unbounded, matching))]


def _placed_within(wanted: OrderFilter) -> list[Condition]:
    bounds: list[Condition] = []
    if wanted.first_day:
        bounds.append(Order.placed_on >= wanted.first_day)
    if wanted.last_day:
        bounds.append(Order.placed_on <= wanted.last_day)
    return bounds


def _in_currency(column: sa.SQLColumnExpression[str], wanted: OrderFilter) -> list[Condition]:
    return [column == wanted.currency] if wanted.currency else []


def _live(facets: Collection[Facet], conditions: list[Condition]) -> _Found:
    found = counted(conditions, facets)
    return sa.select(
        found.c.facet, found.c.day.label("on"), found.c.value, found.c.orders, found.c.cents, found.c.units
    )


def _of_days(wanted: OrderFilter, facets: Collection[Facet], part: "_Period", stale: Collection[dt.date]) -> _Found:
    is_within = sa.and_(
        DayFigure.day.between(part.first, part.last),
        DayFigure.day.not_in([day for day in stale if part.first <= day <= part.last]),
    )
    return sa.select(
        sa.cast(DayFigure.facet, sa.Text).label("facet"),
        DayFigure.day.label("on"),
        DayFigure.value,
        DayFigure.orders,
        DayFigure.cents,
        DayFigure.units,
    ).where(DayFigure.facet.in_(sorted(facets)), is_within, *_in_currency(DayFigure.currency, wanted))


def _of_months(wanted: OrderFilter, facets: Collection[Facet], months: "_Months") -> _Found:
    return sa.select(
        sa.cast(MonthFigure.facet, sa.Text).label("facet"),
        MonthFigure.month.label("on"),
        MonthFigure.value,
        MonthFigure.orders,
        MonthFigure.cents,
        MonthFigure.units,
    ).where(
        MonthFigure.facet.in_(sorted(facets)),
        MonthFigure.month.between(months.first, months.last),
        MonthFigure.month.not_in(sorted(months.without)),
        *_in_currency(MonthFigure.currency, wanted),
    )


@dataclass(frozen=True, slots=True)
class _Months:
    """Months from one to another, both included, but for some."""

    first: dt.date
    last: dt.date
    without: frozenset[dt.date]


@dataclass(frozen=True, slots=True)
class _Period:
    """Days from one to another, both included."""

    first: dt.date
    last: dt.date

    def whole_months_without(self, stale: Iterable[dt.date]) -> _Months | None:
        """Return the months that lie in it from end to end, and that no stale day spoils."""
        first = month_of(self.first) if self.first.day == 1 else add_months(month_of(self.first), 1)
        last = (
            month_of(self.last) if self.last == last_day(month_of(self.last)) else add_months(month_of(self.last), -1)
        )
        if first > last:
            return None
        return _Months(first, last, frozenset(month_of(day) for day in stale if first <= month_of(day) <= last))

    def days_outside(self, months: _Months | None) -> list["_Period"]:
        """Return the days that no whole month holds, as few periods: those at its edges, and those of spoilt months."""
        if months is None:
            return [self]
        edges = [_Period(self.first, months.first - _DAY), _Period(last_day(months.last) + _DAY, self.last)]
        spoilt = [_Period(month, last_day(month)) for month in sorted(months.without)]
        return [part for part in (*edges, *spoilt) if part.first <= part.last]
