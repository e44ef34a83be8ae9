"""What is done with a file: opened, downloaded, given up. The route and the service check again who asks."""

import streamlit as st

from dashboard.files.state import awaited_file, put_away_file
from dashboard.flash import flash, telling_refusals
from dashboard.markdown import escape_markdown
from dashboard.web.files import VIEWED_TYPE, file_url, view_url
from db.domain.actor import Actor
from db.domain.time import utc_now
from db.domain.viewer import Viewer
from db.engine import transaction
from db.queries.files import FileRow
from db.services.files import cancel_file


def show_download(row: FileRow) -> None:
    """Draw the buttons that fetch a file that is ready: a PDF is looked at first, anything else is saved."""
    is_viewed = row.media_type == VIEWED_TYPE
    if is_viewed:
        st.link_button("Ouvrir", view_url(row.id), key=f"view_{row.id}", icon=":material/open_in_new:", type="primary")
    st.link_button(
        "Télécharger",
        file_url(row.id),
        key=f"download_{row.id}",
        icon=":material/download:",
        type="secondary" if is_viewed else "primary",
    )


def show_cancel(viewer: Viewer, row: FileRow, place: str) -> None:
    """Draw the button that gives a file up, for whoever may; ``place`` tells two of them on one screen apart."""
    if row.may_be_cancelled_by(viewer):
        st.button(
            "Annuler",
            key=f"cancel_{place}_{row.id}",
            icon=":material/stop_circle:",
            on_click=_cancel,
            args=(viewer, row.id, row.title),
        )


@telling_refusals()
def _cancel(viewer: Viewer, file_id: int, title: str) -> None:
    with transaction() as session:
        cancel_file(session, Actor.person(viewer), file_id, utc_now())
    if awaited_file() == file_id:
        put_away_file()
    flash(f"Abandonné\u00a0: {escape_markdown(title)}")
