"""At the foot of every screen: the file a person waits for, how far it is, and then « Télécharger »."""

import streamlit as st

from dashboard.files.state import awaited_file, put_away_file
from dashboard.markdown import escape_markdown
from dashboard.web.files import file_url
from db.domain import formats
from db.domain.files import FileState, FileUnavailableError
from db.domain.viewer import Viewer
from db.engine import reading
from db.queries.files import FileRow, file_row

_SECONDS_BETWEEN_LOOKS = 1


def show_file_bar(viewer: Viewer) -> None:
    """Draw the bar while there is a file to wait for or to fetch."""
    file_id = awaited_file()
    if file_id is None:
        return
    try:
        row = _row(viewer, file_id)
    except FileUnavailableError:
        put_away_file()
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
    st.progress(row.part_done, text=progress_words(row))


def progress_words(row: FileRow) -> str:
    """Return « Étiquettes… · 312 sur 1 000 », as Markdown."""
    title = escape_markdown(row.title)
    if row.state is FileState.QUEUED:
        return f"{title} · en attente du travail de fond"
    return f"{title} · {formats.integer(row.done)} sur {formats.integer(row.total)}"


def _show_end(row: FileRow) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if row.state is FileState.READY:
            st.markdown(
                f":green[:material/check_circle:] **{escape_markdown(row.title)}** · fichier prêt", width="content"
            )
            show_download(row, is_filled=True)
        else:
            st.markdown(
                f":red[:material/error:] **{escape_markdown(row.title)}** · {escape_markdown(row.error)}",
                width="content",
            )
        st.button("Fermer", key="file_bar_close", icon=":material/close:", type="tertiary", on_click=put_away_file)


def show_download(row: FileRow, *, is_filled: bool = False) -> None:
    """Draw the button that fetches a file that is ready; the route checks again who asks."""
    st.link_button(
        "Télécharger",
        file_url(row.id),
        key=f"download_{row.id}",
        icon=":material/download:",
        type="primary" if is_filled else "secondary",
    )
