"""A message that outlives the rerun or the change of page that follows an action."""

import streamlit as st

_KEY = "_flash"


def flash(message: str, *, icon: str = ":material/check:") -> None:
    """Keep a message to show as a toast on the next run."""
    st.session_state.setdefault(_KEY, []).append((message, icon))


def show_flashes() -> None:
    """Show the kept messages once; the shell calls this on every run."""
    for message, icon in st.session_state.pop(_KEY, []):
        st.toast(message, icon=icon)
