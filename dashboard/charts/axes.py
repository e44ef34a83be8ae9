"""Axes as French readers expect them. Plotly knows no French months and no short euros: every tick is said in words."""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

import plotly.graph_objects as plotly

from dashboard.charts.palette import Palette, palette
from db.domain import formats
from db.domain.months import days_between, month_of

#: The sides of the page that a chart leaves free: its own labels take what they need.
_MARGIN = {"l": 0, "r": 8, "t": 8, "b": 0}
_MOST_TICKS = 5
_MOST_NAMED_DAYS, _MOST_DAY_TICKS = 62, 8
_MOST_MONTHS = 14
_MOST_NARROW_TICKS = 6


def draw(traces: Sequence[Any], height: int, **layout: Any) -> plotly.Figure:  # noqa: ANN401  Plotly's own options
    """Return a figure in the colours of the theme, without Plotly's toys.

    Args:
        traces: Of plotly.graph_objects.
        height: In pixels.
        layout: More of Plotly's layout; axes from this module.
    """
    colours = palette()
    figure = plotly.Figure(list(traces))
    figure.update_layout(
        height=height,
        margin=_MARGIN,
        dragmode=False,
        bargap=0.25,
        separators=f",{formats.NARROW_SPACE}",
        colorway=list(colours.kinds),
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"family": "Inter, sans-serif", "size": 12, "color": colours.text},
        hoverlabel={
            "bgcolor": colours.background,
            "bordercolor": colours.grid,
            "font": {"family": "Inter, sans-serif", "size": 13, "color": colours.text},
            "align": "left",
        },
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "title": None},
    )
    figure.update_xaxes(**_quiet(colours), showgrid=False, tickangle=0)
    figure.update_yaxes(**_quiet(colours))
    figure.update_layout(**layout)
    return figure


def money_axis(most_cents: int, currency: str) -> dict[str, Any]:
    """Return an axis of amounts, in units of the currency, from 0 to ``most_cents``: « 5 k€ », « 10 k€ »."""
    return _axis(most_cents, 100, lambda cents: formats.short_money(cents, currency))


def count_axis(most: int) -> dict[str, Any]:
    """Return an axis of whole numbers, from 0 to ``most``."""
    return _axis(max(most, _MOST_TICKS), 1, formats.integer)


def share_axis(most_basis_points: int) -> dict[str, Any]:
    """Return an axis of percentages, in per cent, from 0 to ``most_basis_points``."""
    return _axis(most_basis_points, 100, formats.rate)


def month_axis(first: dt.date, last: dt.date) -> dict[str, Any]:
    """Return an axis of days between two days: days are named within two months, else months, years where they turn."""
    return {"type": "date", "tickvals": list(ticks := day_ticks(first, last)), "ticktext": list(ticks.values())}


def narrow_month_axis(first: dt.date, last: dt.date) -> dict[str, Any]:
    """Return the same for half the page, or a phone: fewer names, years beneath the months."""
    ticks = day_ticks(first, last)
    some = list(ticks)[:: -(-len(ticks) // _MOST_NARROW_TICKS)]
    return {
        "type": "date",
        "tickangle": 0,
        "tickvals": some,
        "ticktext": [ticks[day].replace(" ", "<br>") for day in some],
    }


def day_ticks(first: dt.date, last: dt.date) -> dict[dt.date, str]:
    """Return the days of an axis that are named, with their names: « 9 nov. », or « nov. » and « janv.<br>2027 »."""
    if (last - first).days < _MOST_NAMED_DAYS:
        days = days_between(first, last)
        step = -(-len(days) // _MOST_DAY_TICKS)
        return {day: f"{day.day} {formats.SHORT_MONTHS[day.month - 1]}" for day in days[::step]}
    months = sorted({month for day in days_between(first, last) if (month := month_of(day)) >= first})
    step = -(-len(months) // _MOST_MONTHS)
    named = [month for month in months if (month.month - 1) % step == 0] if step > 1 else months
    return {month: month_tick(month, with_year=month.month == 1 or month == named[0]) for month in named}


def month_tick(month: dt.date, *, with_year: bool) -> str:
    """Return the name of a month beneath an axis: the year stands in a second line, so that names need not lean."""
    return month_name(month, with_year=with_year).replace(" ", "<br>")


def month_name(month: dt.date, *, with_year: bool = True) -> str:
    """Return « janv. 2026 », or « janv. » where the year is said elsewhere."""
    name = formats.SHORT_MONTHS[month.month - 1]
    return f"{name} {month.year}" if with_year else name


def _quiet(colours: Palette) -> dict[str, Any]:
    return {
        "fixedrange": True,
        "gridcolor": colours.grid,
        "zeroline": False,
        "title": None,
        "tickfont": {"color": colours.muted},
        "automargin": True,
    }


def _axis(most: int, unit: int, words: Callable[[int], str]) -> dict[str, Any]:
    ticks = nice_ticks(most)
    texts = ["0", *(words(tick) for tick in ticks[1:])]
    return {"tickvals": [tick / unit for tick in ticks], "ticktext": texts, "range": [0, ticks[-1] / unit * 1.02]}


def nice_ticks(most: int) -> list[int]:
    """Return round numbers from 0 to at least ``most``, at most six: their steps are 1, 2 or 5 with zeros behind."""
    step = 1
    while step * _MOST_TICKS < most:
        step = step * 2 if str(step)[0] != "2" else step * 5 // 2
    return [step * count for count in range(max(1, -(-most // step)) + 1)]
