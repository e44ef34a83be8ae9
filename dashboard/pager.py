"""Long lists of which one row is shown beside them: choosing it, and going from page to page; the URL is the state."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import Field, dataclass, replace
from typing import Any, ClassVar, Protocol, Self, TypeVar

import pandas as pd
import streamlit as st

from dashboard.row_choice import ROW_OR_CELL, row_chosen
from db.domain import formats


class ListPage(Protocol):
    """What a query returns of a list: one page of it, newest first."""

    @property
    def has_newer(self) -> bool:
        """Tell whether there are pages above it."""

    @property
    def has_older(self) -> bool:
        """Tell whether there are pages below it."""


class PagedState(Protocol):
    """What the URL says of a list: a frozen dataclass with ``before`` and ``after``, ids of rows."""

    #: What dataclasses are known by.
    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    def from_the_top(self) -> Self:
        """Return the same list from its first row, with none chosen."""


class ListState(PagedState, Protocol):
    """The same where one row is shown beside the list: ``chosen``, its id."""

    @property
    def chosen(self) -> int | None:
        """Return the row that is shown beside the list."""


Paged = TypeVar("Paged", bound=PagedState)
State = TypeVar("State", bound=ListState)
#: What the ways to the pages above and below say.
NEWEST_FIRST = ("Plus récents", "Plus anciens")
OLDEST_FIRST = ("Plus anciens", "Plus récents")


@dataclass(frozen=True, slots=True)
class Grid:
    """How the table of a list looks, in pixels, and which columns it has; None for all there are."""

    columns: Sequence[str] | None
    config: Mapping[str, Any]
    max_height: int = 640
    header_height: int = 36
    row_height: int = 34


def show_rows(
    data: pd.DataFrame, ids: Sequence[int], state: State, go: Callable[[State], None], key: str, grid: Grid
) -> None:
    """Draw the rows of a page; a click on one shows it beside the list, a second one the list alone.

    Args:
        data: The cells, in words.
        ids: Of the rows, in their order.
        state: What the URL says now.
        go: Shows another list.
        key: Of these very rows: a selection is a position, and must never mean another row.
        grid: How it looks.
    """
    before = ids.index(state.chosen) if state.chosen in ids else None
    st.dataframe(
        data,
        key=key,
        hide_index=True,
        height=min(grid.max_height, grid.header_height + grid.row_height * len(ids) + 2),
        row_height=grid.row_height,
        column_order=grid.columns,
        selection_mode=ROW_OR_CELL,
        selection_default={"selection": {"rows": [] if before is None else [before]}},
        on_select=lambda: _choose(row_chosen(st.session_state[key].selection, before), ids, state, go),
        placeholder=formats.DASH,
        column_config=grid.config,
    )


def _choose(row: int | None, ids: Sequence[int], state: State, go: Callable[[State], None]) -> None:
    go(replace(state, chosen=None if row is None else ids[row]))


def show_pages(
    page: ListPage,
    ids: Sequence[int],
    state: Paged,
    go: Callable[[Paged], None],
    words: tuple[str, str] = NEWEST_FIRST,
) -> None:
    """Draw the ways to the pages above and below; none where the list has but one.

    Args:
        page: What is shown now.
        ids: Of its rows, in their order.
        state: What the URL says now.
        go: Shows another list.
        words: What the ways up and down say.
    """
    if not page.has_newer and not page.has_older:
        return
    top = state.from_the_top()
    with st.container(horizontal=True, gap="small"):
        newer, older = replace(top, after=ids[0]), replace(top, before=ids[-1])
        st.button(words[0], icon=":material/chevron_left:", disabled=not page.has_newer, on_click=lambda: go(newer))
        st.button(
            words[1],
            icon=":material/chevron_right:",
            icon_position="right",
            disabled=not page.has_older,
            on_click=lambda: go(older),
        )
