"""Lying bars, the longest on top: the quickest way to read what weighs most. Names stand beside, figures behind."""

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap

import plotly.graph_objects as plotly

from dashboard.charts.axes import draw
from dashboard.charts.palette import palette
from db.domain import formats

_BAR_HEIGHT, _PADDING = 30, 16
_LONGEST_NAME, _LONGEST_LINE = 34, 24
#: Of the longest bar's length, for each letter written behind it, so that it has its place.
_ROOM_FOR_A_LETTER = 0.04


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its name, its length, what is written behind it and what is said of it."""

    name: str
    length: float
    words: str
    hover: str
    #: In the chart's links; empty where it opens nothing.
    link: str = ""


def lying_bars(bars: Sequence[Bar], colours: Sequence[str] | None = None) -> plotly.Figure:
    """Return the figure of some bars, in their order from top to bottom.

    Args:
        bars: At least one.
        colours: Of each bar; the accent for all where there are none.
    """
    places = list(range(len(bars)))
    longest = max([bar.length for bar in bars] + [0])
    room = 1 + _ROOM_FOR_A_LETTER * max(len(bar.words) for bar in bars)
    trace = plotly.Bar(
        x=[bar.length for bar in bars],
        y=places,
        orientation="h",
        customdata=[bar.link for bar in bars],
        marker={"color": list(colours) if colours else palette().accent, "line": {"width": 0}},
        text=[_plain(bar.words) for bar in bars],
        textposition="outside",
        textangle=0,
        cliponaxis=False,
        hovertext=[bar.hover for bar in bars],
        hoverinfo="text",
    )
    return draw(
        [trace],
        _PADDING + _BAR_HEIGHT * len(bars),
        hovermode="y",
        showlegend=False,
        xaxis={"visible": False, "range": [0, longest * room or 1]},
        yaxis={
            "autorange": "reversed",
            "showgrid": False,
            "tickvals": places,
            "ticktext": [f"{_on_two_lines(bar.name)}  " for bar in bars],
            "tickfont": {"color": palette().text},
        },
    )


def _on_two_lines(name: str) -> str:
    """Return a name as it stands beside its bar: a long one must leave the bar its place on a phone."""
    return "<br>".join(map(_plain, wrap(formats.shorten(name, _LONGEST_NAME), _LONGEST_LINE)))


def _plain(text: str) -> str:
    """Return a text that Plotly draws as it is: it reads a little HTML."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def hover_lines(name: str, *lines: str) -> str:
    """Return what is said of a mark: its name, in bold, and some lines."""
    return "<br>".join([f"<b>{_plain(name)}</b>", *map(_plain, lines)])
