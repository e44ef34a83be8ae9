"""The part of a dialog about e-mails: whom it writes to, one as it will be read, « ne pas prévenir cette fois »."""

from collections.abc import Sequence

import streamlit as st

from dashboard.email_frame import show_frame
from dashboard.markdown import escape_markdown
from dashboard.order_page.dialogs.effects import letter_effects
from dashboard.order_page.dialogs.form import Opened
from db.domain.mail import Channel
from db.emails.rendering import preview
from db.emails.sms import preview_text
from db.emails.types import RenderingError
from db.engine import reading
from db.services.outbox import Letter

MUTED = "muted"
EXAMPLE = "example"
_EXAMPLE_HEIGHT = 380


def show_letters(opened: Opened, letters: Sequence[Letter], nothing: str, *, is_undoable: bool = True) -> None:
    """Draw whom the act writes to and how that reads, unless the person says no.

    Args:
        opened: The dialog, with the fields ``MUTED`` and ``EXAMPLE``.
        letters: What is sent unless the person says no.
        nothing: Why there are none, where there are none.
        is_undoable: Whether the act can be taken back until they leave.
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
    said.markdown(_recipients(opened, letters, is_undoable=is_undoable))
    if is_shown:
        _show_example(opened, letters)


def keep_letter_choices(opened: Opened) -> None:
    """Keep what was chosen about e-mails where ``show_letters`` draws nothing for now; it would be forgotten."""
    for name in (MUTED, EXAMPLE):
        st.session_state[opened.key(name)] = bool(st.session_state.get(opened.key(name)))


def show_recipients(opened: Opened, letters: Sequence[Letter]) -> None:
    """Draw whom the act writes to and, on demand, how that reads; the dialog has a field ``EXAMPLE``."""
    st.markdown(_recipients(opened, letters))
    if st.toggle("Voir l’e-mail", key=opened.key(EXAMPLE)):
        _show_example(opened, letters)


def _recipients(opened: Opened, letters: Sequence[Letter], *, is_undoable: bool = True) -> str:
    window_s = int(opened.page.undo_window.total_seconds()) if is_undoable else 0
    return "  \n".join(letter_effects(letters, window_s))


def _show_example(opened: Opened, letters: Sequence[Letter]) -> None:
    """Draw the first e-mail as it will be read, and the SMS that goes with it."""
    for channel in Channel:
        letter = next((letter for letter in letters if letter.channel is channel), None)
        if letter is not None:
            try:
                (_show_email if channel is Channel.EMAIL else _show_text)(opened, letter)
            except RenderingError as refusal:
                st.error(escape_markdown(str(refusal)))


def _show_text(opened: Opened, letter: Letter) -> None:
    with reading() as session:
        text = preview_text(session, letter.template, letter.order_id, variables=letter.variables or None)
    with st.container(key=opened.key("text")):
        st.markdown("**SMS**")
        st.code(text, language=None, wrap_lines=True)


def _show_email(opened: Opened, letter: Letter) -> None:
    with reading() as session:
        email = preview(session, letter.template, letter.order_id, variables=letter.variables or None)
    st.subheader(escape_markdown(email.subject), anchor=False)
    show_frame(email.html, key=opened.key("frame"), title=email.subject, height=_EXAMPLE_HEIGHT)
