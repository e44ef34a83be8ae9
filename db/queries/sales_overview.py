"""What the page Ventes shows first: the indicators, the curves of the sales and what they are compared with."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from db.domain.figures import Facet
from db.domain.months import days_between, month_of
from db.domain.order_filter import OrderFilter
from db.domain.sales_indicators import INDICATOR_FACETS, Indicators, by_facet, indicators
from db.domain.sales_periods import Comparison, Days, Step, compared_with, counterparts, cut
from db.domain.viewer import Viewer
from db.queries.calendar import Sales
from db.queries.figures import DatedFigure, figures, figures_by_day, figures_by_month, is_kept


@dataclass(frozen=True, slots=True)
class Overview:
    """The indicators of a period, of what it is compared with, and of each of its parts."""

    now: Indicators
    before: Indicators
    parts: tuple[Indicators, ...]


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """The sales of one part of a period beside those of its counterparts; None where there is no counterpart."""

    days: Days
    sales: Sales
    #: The days compared with, and what was sold then.
    previous: tuple[Days, Sales] | None
    last_year: tuple[Days, Sales] | None


def overview(session: Session, viewer: Viewer, wanted: OrderFilter, comparison: Comparison, step: Step) -> Overview:
    """Return the indicators of a period.

    Args:
        session: An open session.
        viewer: Who looks; a seller finds only their own sales.
        wanted: Which orders; its days and its one currency must be given.
        comparison: What the period is held against.
        step: How finely it is cut. Where figures are counted from the orders, only sales are cut at all.
    """
    days = _days_of(wanted)
    facets = INDICATOR_FACETS if is_kept(viewer, wanted) else (Facet.SALES,)
    return Overview(
        now=indicators(figures(session, viewer, wanted, INDICATOR_FACETS)),
        before=indicators(figures(session, viewer, _within(wanted, compared_with(days, comparison)), INDICATOR_FACETS)),
        parts=tuple(_parts(session, viewer, wanted, cut(days, step), facets, step)),
    )


def curve(session: Session, viewer: Viewer, wanted: OrderFilter, step: Step) -> list[CurvePoint]:
    """Return the sales of a period part by part, beside both of its comparisons; the same arguments."""
    days = _days_of(wanted)
    parts = cut(days, step)
    previous = counterparts(days, step, Comparison.PREVIOUS)
    last_year = counterparts(days, step, Comparison.LAST_YEAR)
    sold, sold_before, sold_last_year = (
        _sales(session, viewer, wanted, compared, step) for compared in (parts, previous, last_year)
    )
    return [
        CurvePoint(
            part,
            sold[part],
            (before, sold_before[before]) if before else None,
            (then, sold_last_year[then]) if then else None,
        )
        for part, before, then in zip(parts, previous, last_year, strict=True)
    ]


def _days_of(wanted: OrderFilter) -> Days:
    if wanted.first_day is None or wanted.last_day is None:
        raise ValueError("a period has a first and a last day")
    return Days(wanted.first_day, wanted.last_day)


def _within(wanted: OrderFilter, days: Days) -> OrderFilter:
    return replace(wanted, first_day=days.first, last_day=days.last)


def _parts(
    session: Session,
    viewer: Viewer,
    wanted: OrderFilter,
    parts: Sequence[Days],
    facets: Iterable[Facet],
    step: Step,
) -> list[Indicators]:
    told: list[list[tuple[Facet, DatedFigure]]] = [[] for _ in parts]
    for facet in facets:
        dated = _dated(session, viewer, wanted, parts, facet, step)
        for index, figure in dated:
            told[index].append((facet, figure))
    return [indicators(by_facet((facet, dated.figure) for facet, dated in each)) for each in told]


def _sales(
    session: Session, viewer: Viewer, wanted: OrderFilter, parts: Sequence[Days | None], step: Step
) -> dict[Days, Sales]:
    known = [part for part in parts if part]
    sold = dict.fromkeys(known, Sales())
    for index, dated in _dated(session, viewer, wanted, known, Facet.SALES, step):
        before = sold[known[index]]
        sold[known[index]] = Sales(before.orders + dated.figure.orders, before.total_cents + dated.figure.cents)
    return sold


def _dated(
    session: Session, viewer: Viewer, wanted: OrderFilter, parts: Sequence[Days], facet: Facet, step: Step
) -> list[tuple[int, DatedFigure]]:
    """Return the figures of a facet, each with the place of the part that it belongs to."""
    if not parts:
        return []
    whole = _within(wanted, Days(min(part.first for part in parts), max(part.last for part in parts)))
    months = {month_of(part.first): index for index, part in enumerate(parts)}
    has_one_month_each = all(month_of(part.first) == month_of(part.last) for part in parts)
    if step is Step.MONTH and has_one_month_each and len(months) == len(parts):
        return [(months[dated.on], dated) for dated in figures_by_month(session, viewer, whole, facet)]
    places = {day: index for index, part in enumerate(parts) for day in days_between(part.first, part.last)}
    found = figures_by_day(session, viewer, whole, facet)
    # Days between two parts belong to neither: 31 January, where each day is held against one of February.
    return [(places[dated.on], dated) for dated in found if dated.on in places]
