"""Tables of figures: words to the left, amounts to the right, a last row that adds up."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from db.domain import formats

_ROW_HEIGHT, _MAX_HEIGHT = 34, 520
#: More rows than that scroll inside of their table.
_MOST_AT_ONCE = 14
_RIGHT = st.column_config.TextColumn(alignment="right")
TOTAL = "Total"


def show_table(columns: Sequence[str], rows: Sequence[Sequence[str]], words: int, empty: str = "") -> None:
    """Draw a table.

    Args:
        columns: The titles.
        rows: The cells, in words.
        words: How many columns at the left hold words; the others hold figures.
        empty: What is said where there is no row.
    """
    if not rows:
        st.info(empty or "Rien sur cette période.")
        return
    st.dataframe(
        pd.DataFrame(rows, columns=list(columns)),
        hide_index=True,
        height="content" if len(rows) <= _MOST_AT_ONCE else _MAX_HEIGHT,
        row_height=_ROW_HEIGHT,
        placeholder=formats.DASH,
        column_config=dict.fromkeys(columns[words:], _RIGHT),
    )


def money(currency: str, *cents: int) -> list[str]:
    """Return amounts in words."""
    return [formats.money(each, currency) for each in cents]


def pages(count: int, size: int) -> int:
    """Return how many pages there are."""
    return max(1, -(-count // size))
