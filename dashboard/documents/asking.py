"""Whether the dialog of Finances › Factures is open, frozen as it was when it was opened."""

import datetime as dt

import streamlit as st

_ASKING = "documents_asking"

Days = tuple[dt.date | None, dt.date | None]


def ask(missing: Days) -> None:
    """Have the next run open the dialog on the missing invoices of some days; what a button's callback calls."""
    st.session_state[_ASKING] = missing


def asked() -> Days | None:
    """Return of which days missing invoices are being asked for, if any are."""
    return st.session_state.get(_ASKING)


def stop_asking() -> None:
    """Have no dialog open any more."""
    st.session_state.pop(_ASKING, None)
