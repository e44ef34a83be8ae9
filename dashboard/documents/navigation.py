"""Moving from one list of documents to another: the URL is the state, so a move is a new URL."""

import streamlit as st

from dashboard.documents.state import DocumentsState, from_query, query_string, to_query
from dashboard.files.state import FILE_PARAMETER


def present_state() -> DocumentsState:
    """Return what the URL asks for."""
    return from_query(st.query_params.to_dict())


def go(state: DocumentsState) -> None:
    """Show another list or another document; the file that is waited for stays awaited."""
    awaited = {name: value for name, value in st.query_params.to_dict().items() if name == FILE_PARAMETER}
    st.query_params.from_dict(to_query(state) | awaited)


def widget_key(name: str, state: DocumentsState) -> str:
    """Return the key of a widget: it follows the URL, however that was reached."""
    return f"documents_{name}_{query_string(state)}"
