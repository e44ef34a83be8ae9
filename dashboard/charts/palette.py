"""The colours of charts, as the theme names them: kept apart for every kind of colour blindness (tests/dashboard)."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import streamlit as st

from dashboard.options import flat_options


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of one theme."""

    background: str
    text: str
    #: Axes, and what is only there to be compared with.
    muted: str
    grid: str
    #: Of kinds that have no order, the accent first.
    kinds: tuple[str, ...]
    #: From few to many.
    scale: tuple[str, ...]
    #: What needs somebody.
    alert: str

    @property
    def accent(self) -> str:
        """Return the one colour of a chart that shows one thing."""
        return self.kinds[0]


def palette() -> Palette:
    """Return the colours of the theme that the person looks at."""
    return palette_of("dark" if st.context.theme.type == "dark" else "light")


@cache
def palette_of(theme: str) -> Palette:
    """Return the colours of « light » or « dark »."""
    options: dict[str, Any] = flat_options()

    def said(name: str) -> Any:  # noqa: ANN401  colours and lists of colours
        return options[f"theme.{theme}.{name}"]

    return Palette(
        background=said("backgroundColor"),
        text=said("textColor"),
        muted=said("grayColor"),
        grid=said("borderColor"),
        kinds=tuple(said("chartCategoricalColors")),
        scale=tuple(said("chartSequentialColors")),
        alert=said("redColor"),
    )
