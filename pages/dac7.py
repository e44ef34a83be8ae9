"""DAC7: what is to be declared of sellers for a year. Filter → query → show → export."""

import streamlit as st

from dashboard.dac7.figures import figures_of
from dashboard.dac7.head import show_choices, show_summary
from dashboard.dac7.state import present_state
from dashboard.dac7.table import show_seller, show_sellers
from dashboard.viewer import current_viewer
from db.domain.time import local_day, utc_now
from db.engine import reading
from db.queries.dac7 import declaration, declared_years

viewer, today = current_viewer(), local_day(utc_now())
state = present_state(today)
figures = figures_of(viewer, state.year)
with reading() as session:
    years = declared_years(session, viewer, today)
    found = declaration(session, viewer, state.year, figures)

st.header("DAC7", anchor=False)
show_summary(found, today)
show_choices(viewer, state, years, found)
listed = [seller for seller in found.sellers if state.listed.holds(seller)]
chosen = [seller for seller in listed if seller.seller_id == state.chosen]
if not chosen:
    show_sellers(listed, state.from_the_top())
    st.stop()
list_side, seller_side = st.columns([3, 2], gap="medium")
with list_side:
    show_sellers(listed, state)
with seller_side:
    show_seller(viewer, chosen)
