"""Stock: what is on hand and what runs low. Filter → query → show → correct."""

import streamlit as st

from dashboard.stock.correction import show_correction
from dashboard.stock.detail import show_product
from dashboard.stock.filters import show_filters, show_tabs
from dashboard.stock.state import present_state
from dashboard.stock.style import draw_styles
from dashboard.stock.table import show_list
from dashboard.viewer import current_viewer
from db.domain.time import utc_now
from db.engine import reading
from db.queries.stock import low_stock_count, stock_page

viewer = current_viewer()
state = present_state()
with reading() as session:
    page = stock_page(session, viewer, state.wanted, state.page, utc_now())
    low = low_stock_count(session, viewer)

draw_styles()
st.header("Stock", anchor=False)
show_tabs(state, low)
show_filters(viewer, state)
if state.chosen is None:
    show_list(page, state)
else:
    list_side, product_side = st.columns([2, 3], gap="medium")
    with list_side:
        show_list(page, state)
    with product_side, st.container(key="stock_detail", border=True, gap="xsmall"):
        show_product(viewer, state, state.chosen)
show_correction(viewer)
