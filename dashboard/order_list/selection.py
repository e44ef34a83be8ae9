"""The orders a person has ticked: a set of ids that survives paging and sorting, and never a set of positions."""

from dataclasses import dataclass

import streamlit as st

from dashboard.order_list.state import GridState, query_string

_IDS, _LIST, _GENERATION = "selection_ids", "selection_list", "selection_generation"


@dataclass(frozen=True, slots=True)
class Selection:
    """The ticked ids, and a number that grows whenever they change by something else than a tick."""

    ids: frozenset[int]
    generation: int


def selection_for(state: GridState) -> Selection:
    """Return what is ticked in this list; another list starts with nothing ticked.

    Paging, sorting and choosing columns keep the selection. A changed filter drops it: acting on orders that the
    screen no longer shows would be a trap.
    """
    same_list = query_string(GridState(filter=state.filter))
    if st.session_state.get(_LIST) != same_list:
        st.session_state[_LIST] = same_list
        replace_selection(frozenset())
    return present_selection()


def present_selection() -> Selection:
    """Return what is ticked at this moment of the run."""
    return Selection(st.session_state[_IDS], st.session_state[_GENERATION])


def tick(shown: list[int], ticked: set[int]) -> None:
    """Record the ticks of the rows shown; those of other pages stay."""
    st.session_state[_IDS] = frozenset((st.session_state[_IDS] - set(shown)) | ticked)


def replace_selection(ids: frozenset[int]) -> None:
    """Tick exactly these orders; the table on the screen is drawn anew."""
    st.session_state[_IDS] = ids
    st.session_state[_GENERATION] = st.session_state.get(_GENERATION, 0) + 1
