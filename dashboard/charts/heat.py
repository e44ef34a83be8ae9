"""Tables of colours: the darker a cell, the more there is. Cells without anything stay empty, not pale."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import plotly.graph_objects as plotly

from dashboard.charts.axes import draw
from dashboard.charts.palette import palette

_ROW_HEIGHT, _PADDING = 26, 40
#: From this share of the highest value on, the ground is so strong that letters need the other ink.
_STRONG = 0.55


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: how much it holds, what is written in it and said of it, and its name in the chart's links."""

    amount: float
    words: str
    hover: str
    link: str = ""


def heat_map(
    columns: Sequence[str], rows: Sequence[str], cells: Mapping[tuple[int, int], Cell], most: float
) -> plotly.Figure:
    """Return the figure of some cells.

    Args:
        columns: Their names, from the left; an empty one is not said.
        rows: Their names, from the top.
        cells: By row and column; absent ones stay empty.
        most: What the strongest colour stands for.
    """
    colours = palette()

    def told(name: str, nothing: object) -> list[list[object]]:
        places = [[cells.get((row, column)) for column in range(len(columns))] for row in range(len(rows))]
        return [[getattr(cell, name) if cell else nothing for cell in line] for line in places]

    trace = plotly.Heatmap(
        x=list(range(len(columns))),
        y=list(range(len(rows))),
        z=told("amount", None),
        customdata=told("link", ""),
        hovertext=told("hover", ""),
        hoverinfo="text",
        hoverongaps=False,
        zmin=0,
        zmax=most or 1,
        colorscale=[[index / (len(colours.scale) - 1), colour] for index, colour in enumerate(colours.scale)],
        showscale=False,
        xgap=2,
        ygap=2,
    )
    return draw(
        [trace],
        _PADDING + _ROW_HEIGHT * len(rows),
        annotations=[_words(row, column, cell, most) for (row, column), cell in cells.items() if cell.words],
        xaxis={
            "side": "top",
            "showgrid": False,
            "ticks": "",
            "tickvals": [index for index, name in enumerate(columns) if name],
            "ticktext": [name for name in columns if name],
            "tickangle": 0,
        },
        yaxis={
            "autorange": "reversed",
            "showgrid": False,
            "ticks": "",
            "tickvals": list(range(len(rows))),
            "ticktext": [f"{name}  " for name in rows],
            "tickfont": {"color": colours.text},
        },
    )


def _words(row: int, column: int, cell: Cell, most: float) -> dict[str, object]:
    colours = palette()
    is_strong = bool(most) and cell.amount >= most * _STRONG
    return {
        "x": column,
        "y": row,
        "text": cell.words,
        "showarrow": False,
        "captureevents": False,
        "font": {"size": 11, "color": colours.background if is_strong else colours.text},
    }
