"""Lists in which one row is chosen: a click anywhere on it does, and so does its tick."""

from collections.abc import Mapping, Sequence
from typing import Any

#: What such a list gives ``st.dataframe`` as its selection mode.
ROW_OR_CELL = ("single-row", "single-cell")


def row_chosen(selection: Mapping[str, Sequence[Any]], before: int | None) -> int | None:
    """Return the row that the last click chose, None where it took the tick away.

    Args:
        selection: What Streamlit says is selected: a ticked row and a clicked cell, each of which may be an old one.
        before: The row that was chosen before the click.
    """
    rows, cells = selection.get("rows", ()), selection.get("cells", ())
    ticked = rows[0] if rows else None
    return cells[0][0] if cells and ticked == before else ticked
