"""The figures of a year, kept for a moment: of a million sales they take a second, and a click on a seller none."""

import datetime as dt

import streamlit as st

from db.domain.viewer import Viewer
from db.engine import reading
from db.queries.dac7 import Sold, sold_in


@st.cache_data(ttl=dt.timedelta(minutes=1), max_entries=20, show_spinner="Calcul de l’année…")
def figures_of(_viewer: Viewer, year: int) -> Sold:
    """Return what each seller sold in the quarters of a year, as it was a minute ago at most."""
    with reading() as session:
        return sold_in(session, _viewer, year)
