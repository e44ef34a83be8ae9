"""The bulk action that was just done, so that the grid can say its result and offer the way back."""

import streamlit as st

_RESULT = "bulk_result"


def keep_result(task_id: int) -> None:
    """Have the grid tell the result of this task, in the place of the one before."""
    st.session_state[_RESULT] = task_id


def kept_result() -> int | None:
    """Return the task whose result the grid tells, if there is one."""
    return st.session_state.get(_RESULT)


def forget_result() -> None:
    """Have the grid tell no result any more."""
    st.session_state.pop(_RESULT, None)
