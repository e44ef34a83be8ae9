"""Which dialog of Finances › Factures is open: one at most, frozen as it was when it was opened."""

import datetime as dt
from dataclasses import dataclass

import streamlit as st

from db.domain.document_filter import DocumentFilter

_ASKING = "documents_asking"

Days = tuple[dt.date | None, dt.date | None]


@dataclass(frozen=True, slots=True)
class Asking:
    """What is asked for: the missing invoices of some days, or a file of the documents of a filter."""

    missing: Days | None = None
    export: DocumentFilter | None = None


def ask(asking: Asking) -> None:
    """Have the next run open the dialog; what a button's callback calls."""
    st.session_state[_ASKING] = asking


def asked() -> Asking | None:
    """Return what is being asked for, if anything is."""
    return st.session_state.get(_ASKING)


def stop_asking() -> None:
    """Have no dialog open any more."""
    st.session_state.pop(_ASKING, None)
