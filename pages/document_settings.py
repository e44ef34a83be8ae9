"""Documents: what invoices and credit notes say beside the sale, and the logo they bear."""

import streamlit as st

from dashboard.document_settings.logo import show_logo
from dashboard.document_settings.preview import show_preview
from dashboard.document_settings.sentences import show_save, show_sentences
from dashboard.viewer import current_viewer
from db.engine import reading
from db.queries.document_settings import document_settings
from db.queries.marketplace import marketplace

viewer = current_viewer()
with reading() as session:
    saved, ours = document_settings(session), marketplace(session)

st.header("Documents", anchor=False)
st.info(
    "Ces réglages valent pour les factures et les avoirs à venir. Ceux qui sont déjà établis ne changent jamais.",
    icon=":material/lock:",
)
form_side, look_side = st.columns([3, 2], gap="large")
with form_side:
    typed = show_sentences(saved)
    show_save(viewer, saved, typed)
with look_side:
    show_logo(viewer, saved)
    show_preview(typed, ours.name)
