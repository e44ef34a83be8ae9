"""One e-mail in a dialog, from the page of its order."""

import streamlit as st

from dashboard.flash import has_flashes
from dashboard.mail.email import show_email
from dashboard.mail.opened import close, email_read
from db.domain.viewer import Viewer

#: Such that the dialog fits the screen of a laptop: only the e-mail scrolls, not the dialog around it too.
_HEIGHT = 320


def show_open_email(viewer: Viewer) -> None:
    """Draw the e-mail that is open, if one is."""
    outbox_id = email_read()
    if outbox_id is not None:
        _dialog(viewer, outbox_id)


@st.dialog("E-mail", width="medium", on_dismiss=close)
def _dialog(viewer: Viewer, outbox_id: int) -> None:
    if has_flashes():  # What was decided about it is said on the page, which has changed too.
        close()
        st.rerun()
    show_email(viewer, outbox_id, height=_HEIGHT)
