"""The stylesheet of the list of returns."""

from pathlib import Path

import streamlit as st


def draw_styles() -> None:
    """Add the stylesheet; it takes no room on the page."""
    st.html(Path(__file__).parent / "style.css")
