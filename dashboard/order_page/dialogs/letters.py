"""The part of a dialog about e-mails: whom it writes to, one as it will be read, « ne pas prévenir cette fois »."""

from collections.abc import Sequence

import streamlit as st

from dashboard.email_frame import show_frame
from dashboard.markdown import escape_markdown
from dashboard.order_page.dialogs.effects import letter_effects
from dashboard.order_page.dialogs.form import Opened
from db.emails.rendering import preview
from db.emails.types import RenderingError
from db.engine import reading
from db.services.outbox import Letter

MUTED = "muted"
EXAMPLE = "example"
_EXAMPLE_HEIGHT = 380


def show_letters(opened: Opened, letters: Sequence[Letter], nothing: str) -> None:
    """Draw whom the act writes to and how that reads, unless the person says no.

    Args:
        opened: The dialog, with the fields ``MUTED`` and ``EXAMPLE``.
        letters: What is sent unless the person says no.
        nothing: Why there are none, where there are none.
    """
    if not letters:
        st.caption(escape_markdown(nothing))
        return
    said = st.container()
    with st.container(horizontal=True, gap="medium"):
        is_muted = st.toggle("Ne pas prévenir cette fois", key=opened.key(MUTED))
        is_shown = st.toggle("Voir l’e-mail", key=opened.key(EXAMPLE), disabled=is_muted)
    if is_muted:
        said.markdown("Personne ne sera prévenu.")
        return
    said.markdown(_recipients(opened, letters))
    if is_shown:
        _show_example(opened, letters[0])


def show_recipients(opened: Opened, letters: Sequence[Letter]) -> None:
    """Draw whom the act writes to and, on demand, how that reads; the dialog has a field ``EXAMPLE``."""
    st.markdown(_recipients(opened, letters))
    if st.toggle("Voir l’e-mail", key=opened.key(EXAMPLE)):
        _show_example(opened, letters[0])


def _recipients(opened: Opened, letters: Sequence[Letter]) -> str:
    return "  \n".join(letter_effects(letters, int(opened.page.undo_window.total_seconds())))


def _show_example(opened: Opened, letter: Letter) -> None:
    try:
        with reading() as session:
            email = preview(session, letter.template, letter.order_id, variables=letter.variables or None)
    except RenderingError as refusal:
        st.error(escape_markdown(str(refusal)))
        return
    st.subheader(escape_markdown(email.subject), anchor=False)
    show_frame(email.html, key=opened.key("frame"), title=email.subject, height=_EXAMPLE_HEIGHT)
