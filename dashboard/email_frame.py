"""An e-mail as its reader sees it, in a frame of its own: its styles and the page's never meet."""

import streamlit as st

#: Links open beside the dashboard; our pages refuse to be shown inside a frame.
_LINKS_OUTSIDE = '<base target="_blank">'
#: The width of a phone.
NARROW = 390


def show_email(html: str, *, height: int = 700, is_narrow: bool = False) -> None:
    """Draw an e-mail that we rendered; the page's own policy lets nothing in it run or be fetched."""
    st.iframe(
        html.replace("<head>", f"<head>{_LINKS_OUTSIDE}", 1), height=height, width=NARROW if is_narrow else "stretch"
    )
