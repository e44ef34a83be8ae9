"""The figures of the page, kept for a minute and counted anew in the background: nobody waits twice for a chart.

Keys are who looks (a seller's figures are nobody else's) and the whole filter with its one currency.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar

import streamlit as st

from db.domain.figures import Facet, Figure
from db.domain.order_filter import OrderFilter
from db.domain.sales_periods import Comparison, Step
from db.domain.time import utc_now
from db.domain.viewer import Viewer
from db.engine import reading
from db.queries import sales_breakdowns, sales_overview

P = ParamSpec("P")
T = TypeVar("T")

_KEPT = dt.timedelta(minutes=1)
_MOST_ENTRIES = 500
#: Every function whose answers are kept, wherever it stands.
_kept: list[Any] = []


def cached_figures(read: Callable[P, T]) -> Callable[P, T]:
    """Keep what a function of a viewer, a filter and more returns; an old answer is shown while the next is counted.

    Streamlit keeps an answer once more as long as ``_KEPT`` before it makes somebody wait: two minutes at most.
    """
    # Sets are told apart by what they hold, whatever order they hold it in.
    kept = st.cache_data(
        ttl=_KEPT,
        max_entries=_MOST_ENTRIES,
        show_spinner=False,
        refresh_mode="background",
        hash_funcs={frozenset: sorted},
    )(read)
    _kept.append(kept)
    return kept


@dataclass(frozen=True, slots=True)
class ReadOverview:
    """The indicators, and when they were read."""

    overview: sales_overview.Overview
    at: dt.datetime


@cached_figures
def overview(viewer: Viewer, wanted: OrderFilter, comparison: Comparison, step: Step) -> ReadOverview:
    """Return the indicators of a period."""
    with reading() as session:
        return ReadOverview(sales_overview.overview(session, viewer, wanted, comparison, step), utc_now())


@cached_figures
def curve(viewer: Viewer, wanted: OrderFilter, step: Step) -> list[sales_overview.CurvePoint]:
    """Return the sales part by part, beside what they are compared with."""
    with reading() as session:
        return sales_overview.curve(session, viewer, wanted, step)


@cached_figures
def ways(viewer: Viewer, wanted: OrderFilter) -> Mapping[Facet, list[Figure]]:
    """Return the sales by seller and by the ways to buy."""
    with reading() as session:
        return sales_breakdowns.ways(session, viewer, wanted)


@cached_figures
def product_sales(viewer: Viewer, wanted: OrderFilter, limit: int) -> sales_breakdowns.ProductSales:
    """Return the dearest products and the categories."""
    with reading() as session:
        return sales_breakdowns.product_sales(session, viewer, wanted, limit)


def forget() -> None:
    """Have everything counted anew: somebody asked for the figures of this instant."""
    for each in _kept:
        each.clear()
