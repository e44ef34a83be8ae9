"""The cursor in the first field of a dialog, which Streamlit leaves on its frame."""

from pathlib import Path

import streamlit as st

_component = st.components.v2.component(
    "focus_first_field",
    html="<span hidden></span>\n",
    js=(Path(__file__).parent / "focus.js").read_text(encoding="utf-8"),
)


def focus_first_field(key: str) -> None:
    """Put the cursor into the first field of the dialog that is being drawn; call it after the fields."""
    _component(key=key, height="content")
