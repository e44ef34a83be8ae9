"""The title of Finances › Factures, and the way to a file for the accountant."""

import streamlit as st

from dashboard.documents.state import DocumentsState, Tab
from dashboard.exports.button import show_export_button
from db.domain.document_filter import DocumentFilter
from db.domain.exports import ExportSubject
from db.domain.viewer import Viewer


def show_title(viewer: Viewer, state: DocumentsState, wanted: DocumentFilter) -> None:
    """Draw the page's title and, for those who may, the export of what the list shows."""
    # Beside the title: the search box of the shell stands at the right.
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.header("Factures", anchor=False, width="content")
        if state.tab is not Tab.TO_ISSUE:
            show_export_button(viewer, wanted, ExportSubject.DOCUMENTS)
