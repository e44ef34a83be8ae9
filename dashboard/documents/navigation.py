"""Moving from one list of documents to another: the URL is the state, so a move is a new URL."""

import streamlit as st

from dashboard.documents.state import DocumentsState, from_query, query_string, to_query
from dashboard.files.state import go_to


def present_state() -> DocumentsState:
    """Return what the URL asks for."""
    return from_query(st.query_params.to_dict())


def go(state: DocumentsState) -> None:
    """Show another list or another document."""
    go_to(to_query(state))


def widget_key(name: str, state: DocumentsState) -> str:
    """Return the key of a widget: it follows the URL, however that was reached."""
    return f"documents_{name}_{query_string(state)}"
