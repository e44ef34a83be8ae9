"""What the page Ventes shows first: the indicators, the curves of the sales and what they are compared with."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from db.domain.figures import Facet
from db.domain.order_filter import OrderFilter
from db.domain.sales_indicators import INDICATOR_FACETS, Indicators, indicators
from db.domain.sales_periods import Comparison, Days, Step, compared_with, counterparts, cut
from db.domain.viewer import Viewer
from db.queries.calendar import Sales
from db.queries.figures import figures, is_kept
from db.queries.sales_parts import days_of, figures_of_parts, indicators_of_parts, within


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
    days = days_of(wanted)
    facets = INDICATOR_FACETS if is_kept(viewer, wanted) else (Facet.SALES,)
    return Overview(
        now=indicators(figures(session, viewer, wanted, INDICATOR_FACETS)),
        before=indicators(figures(session, viewer, within(wanted, compared_with(days, comparison)), INDICATOR_FACETS)),
        parts=tuple(indicators_of_parts(session, viewer, wanted, cut(days, step), facets, step)),
    )


def curve(session: Session, viewer: Viewer, wanted: OrderFilter, step: Step) -> list[CurvePoint]:
    """Return the sales of a period part by part, beside both of its comparisons; the same arguments."""
    days = days_of(wanted)
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


def _sales(
    session: Session, viewer: Viewer, wanted: OrderFilter, parts: Sequence[Days | None], step: Step
) -> dict[Days, Sales]:
    known = [part for part in parts if part]
    sold = dict.fromkeys(known, Sales())
    for index, dated in figures_of_parts(session, viewer, wanted, known, Facet.SALES, step):
        before = sold[known[index]]
        sold[known[index]] = Sales(before.orders + dated.figure.orders, before.total_cents + dated.figure.cents)
    return sold
