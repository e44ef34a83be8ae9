"""Vendeurs: how each is reached, and whether it sells. Filter → query → show → change, add."""

import streamlit as st

from dashboard.seller_settings.creation import show_add_button, show_creation
from dashboard.seller_settings.navigation import chosen_seller
from dashboard.seller_settings.panel import show_panel
from dashboard.seller_settings.table import show_filters, show_sellers
from dashboard.viewer import current_viewer
from db.engine import reading
from db.queries.sellers import seller, sellers

viewer = current_viewer()
st.header("Vendeurs", anchor=False)
show_creation(viewer)
chosen = chosen_seller()

list_side, panel_side = st.columns([3, 2], gap="medium")
with list_side:
    with st.container(horizontal=True, vertical_alignment="center"):
        wanted, listed = show_filters()
        show_add_button()
    with reading() as session:
        rows = sellers(session, viewer, wanted, is_active=listed.is_active)
        opened = seller(session, viewer, chosen) if chosen is not None else None
    show_sellers(rows, chosen)
with panel_side:
    show_panel(viewer, opened, is_asked=chosen is not None)
