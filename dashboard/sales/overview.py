"""The first tab: the cards, and the sales over time."""

import streamlit as st

from dashboard.charts.chart import show_chart
from dashboard.sales import cached
from dashboard.sales.filters import show_steps
from dashboard.sales.kpis import show_cards
from dashboard.sales.over_time import over_time
from dashboard.sales.state import SalesState
from db.domain.time import PARIS
from db.domain.viewer import Viewer
from db.queries.calendar import CalendarChoices


def show_overview(viewer: Viewer, state: SalesState, choices: CalendarChoices) -> None:
    """Draw the eight figures and the two curves."""
    read = cached.overview(viewer, state.wanted, state.comparison, state.step)
    show_cards(read.overview, state)
    with st.container(horizontal=True, vertical_alignment="center"):
        show_steps(state, choices)
        st.caption(f"Chiffres de {read.at.astimezone(PARIS):%H:%M}", width="content")
        st.button("Actualiser", icon=":material/refresh:", type="tertiary", on_click=cached.forget)
    for chart in over_time(cached.curve(viewer, state.wanted, state.step), state):
        show_chart(chart)
