"""Modèles de messages: the texts staff picks, edits and sends. List → choose → edit, try on a real order."""

import streamlit as st

from dashboard.message_templates.editor import show_new, show_template
from dashboard.message_templates.listing import show_templates
from dashboard.message_templates.navigation import chosen_template, is_new_wanted
from dashboard.viewer import current_viewer
from db.domain.time import utc_now
from db.engine import reading
from db.queries.message_templates import message_templates

viewer, now = current_viewer(), utc_now()
with reading() as session:
    templates = message_templates(session, viewer)

st.header("Modèles de messages", anchor=False)
chosen = chosen_template(templates)

list_side, editor_side = st.columns([1, 1], gap="medium")
with list_side:
    show_templates(templates, chosen, now)
with editor_side:
    if is_new_wanted():
        show_new(viewer)
    elif chosen:
        show_template(viewer, chosen)
    else:
        st.info("Cliquez sur un modèle pour le modifier, le copier ou le supprimer.")
