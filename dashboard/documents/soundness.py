"""What stands above the documents and in the export's dialog while the last continuity check found anomalies."""

import streamlit as st

from dashboard.markdown import escape_markdown
from dashboard.navigation import CONTINUITY
from db.domain import formats
from db.domain.files import FileKind
from db.domain.viewer import Viewer
from db.engine import reading
from db.queries.continuity import unsound_series

#: Series that are named; a database that was torn apart has anomalies in all.
_NAMED = 3


def show_unsoundness(viewer: Viewer) -> None:
    """Draw which series are unsound with the way to their anomalies, for who may see these; else nothing."""
    if not viewer.may(FileKind.CONTINUITY.permission):
        return
    with reading() as session:
        series = unsound_series(session)
    if series:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f":red[:material/gpp_maybe: {escape_markdown(unsound_words(series))}]", width="content")
            st.page_link(CONTINUITY.page(), label="Voir la continuité", width="content")


def unsound_words(series: tuple[str, ...]) -> str:
    """Return « Le dernier contrôle a trouvé des anomalies : F2026-THE et 2 autres séries. »."""
    named = list(series[:_NAMED])
    if more := len(series) - len(named):
        named.append(formats.plural(more, "autre série", "autres séries"))
    return f"Le dernier contrôle a trouvé des anomalies\u00a0: {formats.enumeration(named)}."
