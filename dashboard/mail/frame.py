"""An e-mail as its reader sees it: in a frame that nothing gets out of, whatever is written in it."""

from pathlib import Path

import streamlit as st

#: Room for the head of an e-mail and its first paragraphs; the rest scrolls inside.
DEFAULT_HEIGHT = 560

_HERE = Path(__file__).parent
#: Links of the e-mail open a tab of their own, never inside the frame.
_NEW_TAB = '<base target="_blank">'


def show_frame(html: str, *, key: str, title: str, height: int = DEFAULT_HEIGHT) -> None:
    """Draw an e-mail.

    Args:
        html: The e-mail's HTML, whole.
        key: The element's key.
        title: What the frame is called for those who cannot see it.
        height: In pixels; longer e-mails scroll inside.
    """
    _component(data={"html": _in_new_tabs(html), "title": title, "height": height}, key=key, height="content")


def _in_new_tabs(html: str) -> str:
    head, tag, rest = html.partition("<head>")
    return f"{head}{tag}{_NEW_TAB}{rest}" if tag else f"{_NEW_TAB}{html}"


_component = st.components.v2.component(
    "mail_frame",
    html='<div class="mail-frame"></div>\n',
    css=(_HERE / "frame.css").read_text(encoding="utf-8"),
    js=(_HERE / "frame.js").read_text(encoding="utf-8"),
)
