"""An e-mail as its reader sees it: in a frame that nothing gets out of, whatever is written in it."""

from pathlib import Path

import streamlit as st

#: Room for the head of an e-mail and its first paragraphs; the rest scrolls inside.
DEFAULT_HEIGHT = 560
#: The width of a phone, in pixels.
NARROW = 390

_HERE = Path(__file__).parent
#: Links open beside the dashboard; our pages refuse to be shown inside a frame.
_LINKS_OUTSIDE = '<base target="_blank">'


def show_frame(html: str, *, key: str, title: str, height: int = DEFAULT_HEIGHT, is_narrow: bool = False) -> None:
    """Draw an e-mail.

    Args:
        html: The e-mail's HTML, whole.
        key: The element's key.
        title: What the frame is called for those who cannot see it.
        height: In pixels; longer e-mails scroll inside.
        is_narrow: Whether to show it as wide as a phone.
    """
    data = {
        "html": _with_links_outside(html),
        "title": title,
        "height": height,
        "width": f"{NARROW}px" if is_narrow else "100%",
    }
    _component(data=data, key=key, height="content")


def _with_links_outside(html: str) -> str:
    head, tag, rest = html.partition("<head>")
    return f"{head}{tag}{_LINKS_OUTSIDE}{rest}" if tag else f"{_LINKS_OUTSIDE}{html}"


_component = st.components.v2.component(
    "email_frame",
    html='<div class="email-frame"></div>\n',
    css=(_HERE / "email_frame.css").read_text(encoding="utf-8"),
    js=(_HERE / "email_frame.js").read_text(encoding="utf-8"),
)
