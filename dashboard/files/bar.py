"""At the foot of every screen: the file a person waits for, how far it is, and then « Ouvrir » and « Télécharger »."""

import streamlit as st

from dashboard.files.actions import show_cancel, show_download
from dashboard.files.state import awaited_file, put_away_file
from dashboard.files.words import progress_words
from dashboard.markdown import escape_markdown
from dashboard.navigation import FILES
from db.domain.files import FileState, FileUnavailableError
from db.domain.time import utc_now
from db.domain.viewer import Viewer
from db.engine import reading
from db.queries.files import FileRow, file_row

_SECONDS_BETWEEN_LOOKS = 1


def show_file_bar(viewer: Viewer, url_path: str) -> None:
    """Draw the bar while there is a file to wait for or to fetch.

    Args:
        viewer: Who looks.
        url_path: The page they are on; « Fichiers » shows by itself what is being made.
    """
    file_id = awaited_file()
    if file_id is None:
        return
    try:
        row = _row(viewer, file_id)
    except FileUnavailableError:
        put_away_file()
        return
    if url_path == FILES.url_path and not row.state.is_over:
        return
    with st.bottom, st.container(key="file_bar"):
        if row.state.is_over:
            _show_end(row)
        else:
            _show_progress(viewer, file_id)


def _row(viewer: Viewer, file_id: int) -> FileRow:
    with reading() as session:
        return file_row(session, viewer, file_id)


@st.fragment(run_every=_SECONDS_BETWEEN_LOOKS)
def _show_progress(viewer: Viewer, file_id: int) -> None:
    row = _row(viewer, file_id)
    if row.state.is_over:
        st.rerun()  # The whole bar is drawn anew, and this clock stops.
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.progress(row.part_done, text=progress_words(row, utc_now()))
        show_cancel(viewer, row, "bar")


def _show_end(row: FileRow) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        title = f"**{escape_markdown(row.title)}**"
        if row.state is FileState.READY:
            st.markdown(_ready_words(row, title), width="content")
            show_download(row)
        else:
            st.markdown(f":red[:material/error:] {title} · {escape_markdown(row.error)}", width="content")
        st.button("Fermer", key="file_bar_close", icon=":material/close:", type="tertiary", on_click=put_away_file)


def _ready_words(row: FileRow, title: str) -> str:
    if row.missing_words:
        return f":orange[:material/warning:] {title} · fichier prêt, **{row.missing_words}**"
    return f":green[:material/check_circle:] {title} · fichier prêt"
