"""The column that says why: sentences that are read whole, in rows as high as the longest needs."""

from collections.abc import Iterable

import streamlit as st

REMARK = "Remarque"
_WIDTH = 400
#: As many letters fit on a line of that width.
_LETTERS = 52
_ROW, _LINE, _MOST_LINES = 35, 17, 5


def remark_column() -> dict[str, object]:
    """Return the column's configuration."""
    return {REMARK: st.column_config.TextColumn(width=_WIDTH)}


def row_height_for(remarks: Iterable[str]) -> int:
    """Return how high the rows are, so that the longest remark is read; beyond some lines a click shows the rest."""
    longest = max(map(len, remarks), default=0)
    lines = min(max(1, -(-longest // _LETTERS)), _MOST_LINES)
    return _ROW + _LINE * (lines - 1)
