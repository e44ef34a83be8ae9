"""Transporteurs: who takes the parcels, where they are followed, how long they take."""

import streamlit as st

from dashboard.carriers_settings.panel import show_new_carrier, show_panel
from dashboard.carriers_settings.table import CARRIER_PARAMETER, NEW, show_carriers
from dashboard.viewer import current_viewer
from db.engine import reading
from db.queries.carriers import all_carriers

viewer = current_viewer()
wanted = st.query_params.get(CARRIER_PARAMETER, "")
with reading() as session:
    carriers = all_carriers(session)
chosen = next((each for each in carriers if each.code == wanted), None)

st.header("Transporteurs", anchor=False)
table_side, panel_side = st.columns([3, 2], gap="medium")
with table_side:
    show_carriers(carriers, chosen)
    st.button(
        "Ajouter un transporteur",
        key="carrier_new",
        icon=":material/add:",
        on_click=st.query_params.update,
        args=({CARRIER_PARAMETER: NEW},),
    )
with panel_side:
    if wanted == NEW:
        show_new_carrier(viewer)
    else:
        show_panel(viewer, chosen)
