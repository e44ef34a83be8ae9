"""The Streamlit script, run on every click: who is there, where they may go, the page they asked for."""

import streamlit as st

from dashboard.flash import show_flashes
from dashboard.navigation import LOGO, sections
from dashboard.viewer import sign_out, signed_in

st.set_page_config(page_icon=LOGO, layout="wide")
here = signed_in()
viewer = here.viewer
st.logo(LOGO, size="large")
page = st.navigation(sections(viewer), position="sidebar", expanded=True)
with st.sidebar:
    st.caption(f"{viewer.name} · {viewer.role.label}")
    st.button(
        "Se déconnecter", key="sign_out", icon=":material/logout:", type="tertiary", on_click=sign_out, args=(here,)
    )
show_flashes()
page.run()
