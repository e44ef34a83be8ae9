"""Which printing is being asked for; what was filled in is kept if the dialog is closed by mistake."""

from dataclasses import dataclass, replace

import streamlit as st

from db.domain.order_filter import OrderFilter
from db.domain.papers import Paper

_OPEN, _DRAFTS = "print_open", "print_drafts"
_FIELD = "print_field_"


@dataclass(frozen=True, slots=True)
class Opened:
    """A dialog that is open: of ticked orders, frozen when it was opened, or of a list or days that it asks for."""

    #: What is printed of the ticked orders; where it is None the dialog asks for everything.
    paper: Paper | None = None
    order_ids: tuple[int, ...] = ()
    #: The list it was opened from.
    listed: OrderFilter | None = None
    #: Why the last attempt was refused.
    refusal: str = ""


def print_chosen(paper: Paper, order_ids: tuple[int, ...]) -> None:
    """Have the next run ask how a paper of these orders is printed; what a button's callback calls."""
    st.session_state[_OPEN] = Opened(paper, order_ids)


def print_any(listed: OrderFilter | None = None) -> None:
    """Have the next run ask what is printed, of which days or, where there is one, of the whole list."""
    st.session_state.update(st.session_state.get(_DRAFTS, {}))
    st.session_state[_OPEN] = Opened(listed=listed)


def opened_printing() -> Opened | None:
    """Return the dialog that is open, if one is."""
    return st.session_state.get(_OPEN)


def field(name: str) -> str:
    """Return the key of one of the dialog's widgets."""
    return f"{_FIELD}{name}"


def refuse(opened: Opened, refusal: str) -> None:
    """Keep the dialog open and say why nothing is printed."""
    st.session_state[_OPEN] = replace(opened, refusal=refusal)


def put_away() -> None:
    """Close the dialog as Escape does: what was filled in is there when it is opened again."""
    opened = opened_printing()
    if opened and opened.paper is None:
        st.session_state[_DRAFTS] = {key: st.session_state[key] for key in _fields()}
    st.session_state.pop(_OPEN, None)


def close() -> None:
    """Close the dialog once its file is asked for: the next one starts anew."""
    st.session_state.pop(_DRAFTS, None)
    for key in _fields():
        del st.session_state[key]
    st.session_state.pop(_OPEN, None)


def _fields() -> list[str]:
    return [str(key) for key in st.session_state if str(key).startswith(_FIELD)]
