"""A map of the departments of France, the darker the more. Its shapes come with the product: no map server is asked."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import plotly.graph_objects as plotly

from dashboard.charts.axes import draw
from dashboard.charts.heat import Cell
from dashboard.charts.palette import palette

#: Made by docs/maps/make.py: the mainland and Corsica.
_SHAPES = Path(__file__).parent / "departments.json"
_HEIGHT = 466
#: What the map shows, in degrees.
_NORTH, _SOUTH, _WEST, _EAST = 51.3, 41.2, -5.4, 9.8


def map_of_france(cells: Mapping[str, Cell]) -> plotly.Figure:
    """Return the figure of some departments by their codes; the others are drawn empty."""
    colours = palette()
    most = max([cell.amount for cell in cells.values()] + [0])
    return draw(
        [_land(colours.grid), _sold(cells, most or 1)],
        _HEIGHT,
        geo={
            # Nothing of the world map is drawn, so that the browser need not fetch it.
            "visible": False,
            "bgcolor": "rgba(0,0,0,0)",
            "projection": {"type": "mercator"},
            "lataxis": {"range": [_SOUTH, _NORTH]},
            "lonaxis": {"range": [_WEST, _EAST]},
        },
    )


def drawn_departments() -> frozenset[str]:
    """Return the codes of the departments that have their place on the map."""
    return frozenset(feature["id"] for feature in _shapes()["features"])


def _land(colour: str) -> plotly.Choropleth:
    codes = sorted(drawn_departments())
    return plotly.Choropleth(
        geojson=_shapes(),
        locations=codes,
        z=[0] * len(codes),
        colorscale=[[0, "rgba(0,0,0,0)"], [1, "rgba(0,0,0,0)"]],
        showscale=False,
        hoverinfo="skip",
        marker={"line": {"color": colour, "width": 0.7}},
    )


def _sold(cells: Mapping[str, Cell], most: float) -> plotly.Choropleth:
    colours = palette()
    known = {code: cell for code, cell in cells.items() if code in drawn_departments()}
    return plotly.Choropleth(
        geojson=_shapes(),
        locations=list(known),
        z=[cell.amount for cell in known.values()],
        zmin=0,
        zmax=most,
        colorscale=[[index / (len(colours.scale) - 1), colour] for index, colour in enumerate(colours.scale)],
        showscale=False,
        customdata=[cell.link for cell in known.values()],
        hovertext=[cell.hover for cell in known.values()],
        hoverinfo="text",
        marker={"line": {"color": colours.background, "width": 0.7}},
    )


@cache
def _shapes() -> dict[str, Any]:
    return json.loads(_SHAPES.read_text(encoding="utf-8"))
