"""The figures of a period part by part: days, weeks or months, and those that they are compared with."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from db.domain.figures import Facet
from db.domain.months import days_between, month_of
from db.domain.order_filter import OrderFilter
from db.domain.sales_indicators import Indicators, by_facet, indicators
from db.domain.sales_periods import Days, Step
from db.domain.viewer import Viewer
from db.queries.figures import DatedFigure, figures_by_day, figures_by_month


def days_of(wanted: OrderFilter) -> Days:
    """Return the days of a filter that must have them.

    Raises:
        ValueError: One of them is missing.
    """
    if wanted.first_day is None or wanted.last_day is None:
        raise ValueError("a period has a first and a last day")
    return Days(wanted.first_day, wanted.last_day)


def within(wanted: OrderFilter, days: Days) -> OrderFilter:
    """Return the same filter of other days."""
    return replace(wanted, first_day=days.first, last_day=days.last)


def indicators_of_parts(
    session: Session,
    viewer: Viewer,
    wanted: OrderFilter,
    parts: Sequence[Days],
    facets: Iterable[Facet],
    step: Step,
) -> list[Indicators]:
    """Return the indicators of each part, as far as the given facets tell them."""
    told: list[list[tuple[Facet, DatedFigure]]] = [[] for _ in parts]
    for facet in facets:
        for index, dated in figures_of_parts(session, viewer, wanted, parts, facet, step):
            told[index].append((facet, dated))
    return [indicators(by_facet((facet, dated.figure) for facet, dated in each)) for each in told]


def figures_of_parts(
    session: Session, viewer: Viewer, wanted: OrderFilter, parts: Sequence[Days], facet: Facet, step: Step
) -> list[tuple[int, DatedFigure]]:
    """Return the figures of a facet, each with the place of the part that it belongs to."""
    if not parts:
        return []
    whole = within(wanted, Days(min(part.first for part in parts), max(part.last for part in parts)))
    months = {month_of(part.first): index for index, part in enumerate(parts)}
    has_one_month_each = all(month_of(part.first) == month_of(part.last) for part in parts)
    if step is Step.MONTH and has_one_month_each and len(months) == len(parts):
        return [(months[dated.on], dated) for dated in figures_by_month(session, viewer, whole, facet)]
    places = {day: index for index, part in enumerate(parts) for day in days_between(part.first, part.last)}
    found = figures_by_day(session, viewer, whole, facet)
    # Days between two parts belong to neither: 31 January, where each day is held against one of February.
    return [(places[dated.on], dated) for dated in found if dated.on in places]
