"""What is being made right now: each file with its progress, until it is there. It draws itself again."""

import streamlit as st

from dashboard.files.actions import show_cancel
from dashboard.files.words import progress_words
from dashboard.markdown import escape_markdown
from db.domain import formats
from db.domain.time import utc_now
from db.domain.viewer import Viewer
from db.engine import reading
from db.queries.file_list import COUNT_CAP, UnderWay, files_under_way
from db.queries.files import FileRow

_SECONDS_BETWEEN_LOOKS = 2


def show_under_way(viewer: Viewer, under_way: UnderWay) -> None:
    """Draw it while there is anything, again every few seconds; the whole page once a file begins or ends."""
    if under_way.rows or under_way.documents:
        _draw(viewer, _gist(under_way))


@st.fragment(run_every=_SECONDS_BETWEEN_LOOKS)
def _draw(viewer: Viewer, known: tuple[object, ...]) -> None:
    with reading() as session:
        under_way = files_under_way(session, viewer)
    if _gist(under_way) != known:
        st.rerun()
    with st.container(border=True, gap="xsmall", key="files_under_way"):
        for row in under_way.rows:
            _show(viewer, row)
        rest = rest_words(under_way)
        if rest:
            st.caption(rest)


def _gist(under_way: UnderWay) -> tuple[object, ...]:
    """Return what the list below would show otherwise if it changed."""
    states = tuple((row.id, row.state) for row in under_way.rows)
    return states, under_way.asked_for, bool(under_way.documents)


def _show(viewer: Viewer, row: FileRow) -> None:
    by = f" :small[{escape_markdown(row.person_name)}]" if row.person_id != viewer.person_id else ""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.progress(row.part_done, text=f"{progress_words(row, utc_now())}{by}")
        show_cancel(viewer, row, "live")


def rest_words(under_way: UnderWay) -> str:
    """Return what is under way beyond the lines that are drawn: « et 12 autres · 340 factures et avoirs… »."""
    said = []
    more = under_way.asked_for - len(under_way.rows)
    if more > 0:
        said.append(f"et {formats.plural(more, 'autre')}")
    if under_way.documents:
        count = min(under_way.documents, COUNT_CAP)
        plus = "+" if under_way.documents > COUNT_CAP else ""
        what = "facture ou avoir" if count < 2 else "factures et avoirs"
        said.append(f"{formats.integer(count)}{plus}{formats.NO_BREAK_SPACE}{what} en préparation")
    return " · ".join(said)
