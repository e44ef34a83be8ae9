"""Virements: the files for the bank. Filter → query → show → download, import its answer, take back."""

from dataclasses import replace

import streamlit as st

from dashboard.transfers.detail import show_batch
from dashboard.transfers.importing import show_import
from dashboard.transfers.state import TransfersState, go, present_state
from dashboard.transfers.table import show_list
from dashboard.viewer import current_viewer
from db.domain.permissions import Permission
from db.domain.time import utc_now
from db.engine import reading
from db.queries.transfer_batches import batch_page

viewer, now = current_viewer(), utc_now()
state = present_state()
may_import = viewer.may(Permission.PREPARE_PAYOUTS)

with st.container(horizontal=True, vertical_alignment="center", gap="small"):
    st.header("Virements", anchor=False, width="content")
    if may_import and not state.is_importing:
        st.button(
            "Importer la réponse de la banque",
            key="transfers_import",
            icon=":material/upload_file:",
            on_click=lambda: go(TransfersState(is_importing=True)),
        )
if state.is_importing and may_import:
    show_import(viewer, now)
    st.stop()

with reading() as session:
    page = batch_page(session, viewer, before=state.before, after=state.after)
if state.chosen is None:
    show_list(page, state, now)
else:
    list_side, batch_side = st.columns([4, 5], gap="medium")
    with list_side:
        show_list(page, state, now)
    with batch_side, st.container(key="transfers_detail", border=True, gap="xsmall"):
        show_batch(viewer, state.chosen, on_close=lambda: go(replace(state, chosen=None)))
