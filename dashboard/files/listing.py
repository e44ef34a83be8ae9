"""The files a person asked for last, on « Tâches »: whoever has left the page finds them here."""

import datetime as dt

import streamlit as st

from dashboard.files.bar import progress_words, show_download
from dashboard.markdown import escape_markdown
from db.domain import formats
from db.domain.files import FileState
from db.domain.viewer import Viewer
from db.engine import reading
from db.queries.files import FileRow, files_of

_SHOWN, _SECONDS_BETWEEN_LOOKS = 8, 2


def show_my_files(viewer: Viewer, now: dt.datetime) -> None:
    """Draw them, newest first; nothing where there are none."""
    with reading() as session:
        rows = files_of(session, viewer, _SHOWN)
    if not rows:
        return
    st.subheader("Mes fichiers", anchor=False)
    under_way = [row.id for row in rows if not row.state.is_over]
    if under_way:
        _show_again(viewer, under_way, now)
    else:
        _show(rows, now)


@st.fragment(run_every=_SECONDS_BETWEEN_LOOKS)
def _show_again(viewer: Viewer, known: list[int], now: dt.datetime) -> None:
    with reading() as session:
        rows = files_of(session, viewer, _SHOWN)
    if [row.id for row in rows if not row.state.is_over] != known:
        st.rerun()
    _show(rows, now)


def _show(rows: list[FileRow], now: dt.datetime) -> None:
    with st.container(border=True, gap="xsmall", key="my_files"):
        for row in rows:
            with st.container(
                horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", gap="small"
            ):
                st.markdown(file_words(row, now), width="content")
                if row.state is FileState.READY:
                    show_download(row)


def file_words(row: FileRow, now: dt.datetime) -> str:
    """Return « Étiquettes… · 21/11 14:32 · 12 Ko », or why there is none, as Markdown."""
    if row.state is FileState.FAILED:
        return f":red[:material/error:] {escape_markdown(row.title)}  \n:small[{escape_markdown(row.error)}]"
    if not row.state.is_over:
        return progress_words(row)
    asked = formats.short_instant(row.asked_at, now)
    return f"{escape_markdown(row.title)} :small[· {asked} · {size_words(row.size_bytes)}]"


def size_words(size: int) -> str:
    """Return « 12 Ko » or « 3 Mo »: never less than is there."""
    kilobytes = max(1, -(-size // 1000))
    if kilobytes < 1000:
        return f"{kilobytes}{formats.NO_BREAK_SPACE}Ko"
    return f"{formats.integer(-(-kilobytes // 1000))}{formats.NO_BREAK_SPACE}Mo"
