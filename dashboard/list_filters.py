"""The tabs and filters above a list. Each shows what the URL says and, when changed, hands over what was chosen.

A page's ``change`` adds what was chosen to what the URL says *then*: one click can change two widgets (a text field
that is left by choosing a filter), and each must add to what the other did.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Literal, Protocol, TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.order_list.state import Period, clean_text


class Labelled(Protocol):
    """A value of an enum that has a name for people."""

    @property
    def label(self) -> str:
        """Return the name on the screen."""


T = TypeVar("T")
L = TypeVar("L", bound=Labelled)


def list_tabs(
    tabs: Iterable[T], chosen: T | None, key: str, change: Callable[[T], None], words: Callable[[T], str]
) -> None:
    """Draw the lists that a page has, one of them chosen.

    Args:
        tabs: The lists.
        chosen: The one that is shown; None where it is none of them.
        key: Of the widget; it follows the URL.
        change: Shows another one.
        words: What a tab says, as Markdown.
    """
    st.segmented_control(
        "Listes",
        list(tabs),
        key=key,
        default=chosen,
        label_visibility="collapsed",
        format_func=words,
        required=True,
        on_change=lambda: change(st.session_state[key]),
    )


def filter_row(name: str) -> DeltaGenerator:
    """Return the row that filters stand in; on a phone it scrolls sideways, see ``shell.css``."""
    return st.container(horizontal=True, gap="small", vertical_alignment="center", key=f"filters_{name}")


def search_field(
    placeholder: str,
    text: str,
    key: str,
    change: Callable[[str], None],
    *,
    label: str = "Rechercher",
    icon: str = ":material/search:",
    width: int | Literal["stretch"] = "stretch",
) -> None:
    """Draw a field that words are looked for with; they are handed over cleaned.

    Args:
        placeholder: What can be looked for.
        text: What the URL says.
        key: Of the widget; it follows the URL.
        change: Takes what was typed.
        label: For who does not see the screen.
        icon: At its start.
        width: In pixels, or all there is.
    """
    st.text_input(
        label,
        text,
        key=key,
        type="search",
        icon=icon,
        label_visibility="collapsed",
        placeholder=placeholder,
        width=width,
        on_change=lambda: change(clean_text(st.session_state[key])),
    )


def choice_field(
    label: str,
    words: Mapping[T, str],
    chosen: T | None,
    key: str,
    change: Callable[[T | None], None],
    *,
    anything: str,
    width: int,
) -> None:
    """Draw a filter by one value of several; nothing chosen is anything.

    Args:
        label: For who does not see the screen.
        words: The values, each with what it is called; see ``labels``.
        chosen: What the URL says; a value that is none of these is shown as nothing chosen.
        key: Of the widget; it follows the URL.
        change: Takes what was chosen, None for anything.
        anything: What it says where nothing is chosen.
        width: In pixels.
    """
    choices = list(words)
    st.selectbox(
        label,
        choices,
        index=choices.index(chosen) if chosen is not None and chosen in words else None,
        key=key,
        format_func=lambda choice: words[choice],
        placeholder=anything,
        label_visibility="collapsed",
        width=width,
        on_change=lambda: change(st.session_state[key]),
    )


def filter_title(name: str, chosen: Iterable[str]) -> str:
    """Return what the button of a filter by several values says: its name, or the one value chosen, or how many are."""
    labels = list(chosen)
    if not labels:
        return name
    return f"**{labels[0]}**" if len(labels) == 1 else f"**{name} · {len(labels)}**"


def labels(values: Iterable[L]) -> dict[L, str]:
    """Return values of an enum with what each is called."""
    return {value: value.label for value in values}


def seller_field(
    sellers: Mapping[int, str], chosen: int | None, key: str, change: Callable[[int | None], None]
) -> None:
    """Draw the filter by seller; none where there are not two to choose from, as for sellers themselves."""
    if len(sellers) > 1:
        choice_field("Vendeur", sellers, chosen, key, change, anything="Tous les vendeurs", width=190)


def period_field(
    chosen: Period | None,
    key: str,
    change: Callable[[Period | None], None],
    *,
    label: str = "Période",
    anything: str = "Toute période",
) -> None:
    """Draw the filter by a period relative to today."""
    choice_field(label, labels(Period), chosen, key, change, anything=anything, width=190)


def clear_button(clear: Callable[[], None]) -> None:
    """Draw the way back to the list as it opens; for where it is filtered."""
    st.button("Effacer", icon=":material/backspace:", type="tertiary", on_click=clear)
