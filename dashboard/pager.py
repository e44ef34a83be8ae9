"""Long lists of which one row is shown beside them: choosing it, and going from page to page; the URL is the state."""

from collections.abc import Callable, Sequence
from dataclasses import Field, replace
from typing import Any, ClassVar, Protocol, Self, TypeVar

import streamlit as st


class ListPage(Protocol):
    """What a query returns of a list: one page of it, newest first."""

    @property
    def has_newer(self) -> bool:
        """Tell whether there are pages above it."""

    @property
    def has_older(self) -> bool:
        """Tell whether there are pages below it."""


class ListState(Protocol):
    """What the URL says of a list: a frozen dataclass with ``before``, ``after`` and ``chosen``, ids of rows."""

    #: What dataclasses are known by.
    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    def from_the_top(self) -> Self:
        """Return the same list from its newest row, with none chosen."""


State = TypeVar("State", bound=ListState)


def choose(row: int | None, ids: Sequence[int], state: State, go: Callable[[State], None]) -> None:
    """Show a row of the page beside the list, or with None the list alone."""
    go(replace(state, chosen=None if row is None else ids[row]))


def show_pages(page: ListPage, ids: Sequence[int], state: State, go: Callable[[State], None]) -> None:
    """Draw the ways to the pages above and below; none where the list has but one.

    Args:
        page: What is shown now.
        ids: Of its rows, in their order.
        state: What the URL says now.
        go: Shows another list.
    """
    if not page.has_newer and not page.has_older:
        return
    top = state.from_the_top()
    with st.container(horizontal=True, gap="small"):
        newer, older = replace(top, after=ids[0]), replace(top, before=ids[-1])
        st.button(
            "Plus récents", icon=":material/chevron_left:", disabled=not page.has_newer, on_click=lambda: go(newer)
        )
        st.button(
            "Plus anciens",
            icon=":material/chevron_right:",
            icon_position="right",
            disabled=not page.has_older,
            on_click=lambda: go(older),
        )
