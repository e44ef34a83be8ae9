"""What every dialog has: a question, fields, the effects said before, one button that repeats the verb."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from dashboard.order_page.actions import Action
from db.domain.actor import Actor
from db.domain.viewer import Viewer
from db.queries.order_rows import OrderPage


@dataclass(frozen=True, slots=True)
class Opened:
    """A dialog that is open, and the order as the person sees it: an act on another version of it is refused."""

    action: Action
    page: OrderPage
    #: What they had under their eyes before somebody else changed the order; None where nobody did.
    before: OrderPage | None = None
    refusal: str = ""
    #: What was just done, in Markdown, where the dialog stays open to show what came of it.
    done: str = ""

    @property
    def order_id(self) -> int:
        """Return the order's id."""
        return self.page.header.id

    @property
    def version(self) -> int:
        """Return the version of the order that the person sees."""
        return self.page.header.version

    def key(self, field: str) -> str:
        """Return the key of a field's widget."""
        return f"order_{self.order_id}_{self.action.key}_{field}"

    def value(self, field: str) -> Any:  # noqa: ANN401  what a widget holds is the widget's to say
        """Return what a field holds."""
        return st.session_state[self.key(field)]

    def text(self, field: str) -> str:
        """Return what a field of text holds."""
        return str(self.value(field) or "")

    def keep(self, *fields: str) -> None:
        """Keep what was typed into fields that are not drawn for now; it would be forgotten."""
        for field in fields:
            if self.key(field) in st.session_state:
                st.session_state[self.key(field)] = st.session_state[self.key(field)]


Fields = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Form:
    """One kind of dialog."""

    question: Callable[[Opened], str]
    #: What its one filled button says; nothing where there is nothing to do.
    verb: Callable[[Opened], str]
    #: What its fields hold when it opens, by name.
    fields: Callable[[OrderPage, Action], Fields]
    #: Draws the fields and the effects; tells whether the act can be done as things stand.
    show: Callable[[Viewer, Opened], bool]
    #: Does it in one transaction, and returns the words for the toast in Markdown; none where the page itself says it.
    act: Callable[[Actor, Opened, dt.datetime], str]
    #: Whether the dialog stays open once it is done: it shows what came of it.
    stays: bool = False
    is_wide: bool = False
