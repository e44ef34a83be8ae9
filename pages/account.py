import streamlit as st

from dashboard.viewer import current_viewer

viewer = current_viewer()
st.title("Mon compte")
