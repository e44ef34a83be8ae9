"""One file beside the list: what it is, who asked for it, its whole hash, what is wrong with it, what can be done."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import streamlit as st

from dashboard.badges import FLAGGED_BADGE, INCOMPLETE_BADGE, file_badge
from dashboard.files.actions import show_cancel, show_download
from dashboard.files.words import kept_words, size_words, trouble_words, warning_words
from dashboard.markdown import escape_markdown
from db.domain import formats
from db.domain.errors import MarketplaceError
from db.domain.files import FileState
from db.domain.viewer import Viewer
from db.engine import reading
from db.queries.files import FileRow, file_row

_STYLE = Path(__file__).parent / "style.css"


def show_file(viewer: Viewer, file_id: int, now: dt.datetime, on_close: Callable[[], None]) -> None:
    """Draw a file, or why there is none to draw."""
    st.html(_STYLE)
    st.button("Fermer", key="file_close", icon=":material/close:", type="tertiary", on_click=on_close)
    try:
        with reading() as session:
            row = file_row(session, viewer, file_id)
    except MarketplaceError as refusal:
        st.info(escape_markdown(str(refusal)))
        return
    st.subheader(escape_markdown(row.title), anchor=False)
    more = [(row.is_flagged, FLAGGED_BADGE), (bool(row.missing_words), INCOMPLETE_BADGE)]
    badges = " ".join([file_badge(row.state), *(badge.markdown for is_so, badge in more if is_so)])
    st.markdown(f"{badges} :small[{escape_markdown(row.kind.label)}]")
    _show_trouble(row)
    with st.container(horizontal=True, gap="small"):
        if row.state is FileState.READY:
            show_download(row)
        show_cancel(viewer, row, "detail")
    st.markdown("  \n".join(map(escape_markdown, facts(row, now))))
    if row.sha256:
        st.caption("Empreinte SHA-256 de ce qui est conservé")
        st.code(row.sha256, language=None, wrap_lines=True)


def _show_trouble(row: FileRow) -> None:
    trouble = trouble_words(row)
    if trouble and row.state is FileState.CANCELLED:
        st.caption("  \n".join(map(escape_markdown, trouble)))
    elif trouble:
        st.error("  \n".join(map(escape_markdown, trouble)), icon=":material/error:")
    warnings = warning_words(row)
    if warnings:
        st.warning("  \n".join(map(escape_markdown, warnings)), icon=":material/warning:")


def facts(row: FileRow, now: dt.datetime) -> list[str]:
    """Return who asked for it or issued it and when, when it was made, how large it is, and how long it is kept."""
    by = f" par {row.person_name}" if row.person_name else ""
    said = [f"{'Demandé' if row.document_id is None else 'Document établi'} {_when(row.asked_at)}{by}"]
    if row.state is not FileState.READY:
        return said
    if row.ready_at:
        said.append(f"Prêt {_when(row.ready_at)}")
    content = f", {formats.plural(row.done, 'élément')}" if row.done > 1 else ""
    said.append(f"{row.name}\u00a0: {size_words(row.size_bytes)}{content}")
    said.append(f"Conservé {kept_words(row)}")
    if row.checked_at:
        said.append(f"Comparé à son empreinte {formats.short_instant(row.checked_at, now)}")
    return said


def _when(moment: dt.datetime) -> str:
    day, clock = formats.instant(moment).split()
    return f"le {day} à {clock}"
