"""Ventes: what was sold, when, by whom, where, and what became of it. Every mark is a way to its orders."""

import streamlit as st

from dashboard.home.navigation import choices_for
from dashboard.sales.breakdowns import show_breakdowns
from dashboard.sales.cohorts import show_cohorts
from dashboard.sales.customers import show_customers
from dashboard.sales.filters import open_tabs, show_filters
from dashboard.sales.journey import show_journey
from dashboard.sales.navigation import present_state
from dashboard.sales.overview import show_overview
from dashboard.sales.places import show_places
from dashboard.sales.rhythm import show_rhythm
from dashboard.sales.state import Tab
from dashboard.sales.trouble import show_trouble
from dashboard.viewer import current_viewer
from db.domain.permissions import Permission

viewer = current_viewer()
viewer.require(Permission.READ_CHARTS)
choices = choices_for(viewer)
state = present_state(choices)

st.header("Ventes", anchor=False)
show_filters(state, choices)
tabs = open_tabs(state, choices)
with tabs[state.tab]:
    match state.tab:
        case Tab.OVERVIEW:
            show_overview(viewer, state, choices)
        case Tab.BREAKDOWNS:
            show_breakdowns(viewer, state, choices)
        case Tab.PLACES:
            show_places(viewer, state)
        case Tab.JOURNEY:
            show_journey(viewer, state)
            show_trouble(viewer, state)
        case Tab.CUSTOMERS:
            show_customers(viewer, state)
            show_rhythm(viewer, state)
        case Tab.SELLERS:
            show_cohorts(viewer, state)
