"""A message that outlives the rerun or the change of page that follows an action."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from dashboard.markdown import escape_markdown
from db.domain.errors import MarketplaceError

_SUCCESSES, _REFUSALS = "_flash_successes", "_flash_refusals"


def flash(message: str, *, icon: str = ":material/check:") -> None:
    """Keep what was done, in Markdown, to show as a toast on the next run."""
    st.session_state.setdefault(_SUCCESSES, []).append((message, icon))


def flash_refusal(message: str) -> None:
    """Keep why something was refused, as plain text, to show above the page until the next click."""
    st.session_state.setdefault(_REFUSALS, []).append(message)


@contextmanager
def telling_refusals() -> Iterator[None]:
    """Turn a refusal inside into a message above the page; ``@telling_refusals()`` does it for a whole callback.

    It stands around the transaction, not in its place: what was done is then flashed after the commit, never before.
    """
    try:
        yield
    except MarketplaceError as refusal:
        flash_refusal(str(refusal))


def has_flashes() -> bool:
    """Tell whether a message waits for the next run of the page: a dialog then hands over to it."""
    return bool(st.session_state.get(_SUCCESSES) or st.session_state.get(_REFUSALS))


def tell(message: str) -> None:
    """Say at once, in plain text, what a page did otherwise than asked; for the run of the page itself."""
    st.toast(escape_markdown(message), icon=":material/info:")


def show_flashes() -> None:
    """Show the kept messages once; the shell calls this on every run."""
    for message, icon in st.session_state.pop(_SUCCESSES, []):
        st.toast(message, icon=icon)
    for message in st.session_state.pop(_REFUSALS, []):
        st.error(escape_markdown(message), icon=":material/error:")
