"""Lists whose rows are clicked: one is chosen by a click anywhere on it, as by its tick; or a cell opens its page."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

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


def opening_column(label: str, key: str, width: int, open_row: Callable[[int], None]) -> object:
    """Return a table's first column, whose cells open what their row is about; it stays in sight.

    Args:
        label: Its heading.
        key: Of the clicks on it, in the session.
        width: In pixels.
        open_row: Told the position of the row that was clicked.
    """
    return st.column_config.ButtonColumn(
        label,
        key=key,
        on_click=lambda: open_row(st.session_state[key].row),
        type="tertiary",
        width=width,
        alignment="left",
        pinned=True,
    )
