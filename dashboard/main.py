"""The Streamlit script, run on every click: who is there, where they may go, the page they asked for."""

import streamlit as st

from dashboard.flash import show_flashes
from dashboard.navigation import sections
from dashboard.viewer import current_viewer

st.set_page_config(page_title="Commandes", layout="wide")
viewer = current_viewer()
page = st.navigation(sections(viewer), position="sidebar", expanded=True)
with st.sidebar:
    st.caption(f"{viewer.name} · {viewer.role.label}")
    st.html('<a href="/deconnexion" target="_self">Se déconnecter</a>')
show_flashes()
page.run()
