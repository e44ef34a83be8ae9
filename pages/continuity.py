"""Continuité: whether a number is missing or doubled, or a document altered. Filter → query → show → check, print."""

import streamlit as st

from dashboard.continuity.actions import show_actions
from dashboard.continuity.findings import show_anomalies, show_verdict
from dashboard.continuity.state import show_filters, wanted
from dashboard.continuity.table import show_series
from dashboard.viewer import current_viewer
from db.domain.time import utc_now
from db.engine import reading
from db.queries.continuity import last_check

viewer, now = current_viewer(), utc_now()
shown = wanted()
with reading() as session:
    check = last_check(session, viewer, shown.year)

st.header("Continuité", anchor=False)
with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
    with st.container(horizontal=True, width="content"):
        if check is not None:
            show_filters(shown, check)
    with st.container(horizontal=True, width="content"):
        show_actions(viewer, check, shown)
if check is None:
    st.info("Aucun contrôle n’a encore eu lieu\u00a0: il se fait automatiquement chaque nuit. Lancez-le ici.")
    st.stop()
found = check.of(shown.year, shown.seller_id)
if check.reports and not found.reports:
    st.info("Aucune série ne correspond à ce choix. Effacez l’année ou le vendeur pour voir les autres.")
    st.stop()
show_verdict(found, now)
show_anomalies(found)
if found.reports:
    show_series(found)
