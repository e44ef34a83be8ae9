"""Modèles d’e-mails: choose one → edit it → see it on a real order → save."""

import streamlit as st

from dashboard.email_templates.choice import chosen_order, chosen_template, show_list
from dashboard.email_templates.editor import show_editor
from dashboard.email_templates.preview import show_preview
from dashboard.email_templates.variables import show_variables
from dashboard.email_templates.versions import show_versions
from dashboard.viewer import current_viewer
from db.domain.time import utc_now
from db.emails.rendering import variables_of
from db.emails.texts import current_texts
from db.engine import reading
from db.queries.email_templates import changed_templates, versions_of

viewer, now = current_viewer(), utc_now()
template = chosen_template()

st.header("Modèles d’e-mails", anchor=False)

with reading() as session:
    saved = current_texts(session, [template])[template]
    changed = changed_templates(session)
    versions = versions_of(session, template)

show_list(template, changed)
editor_side, preview_side = st.columns([5, 6], gap="medium")
with preview_side:
    order_id = chosen_order(viewer)
with editor_side:
    edited = show_editor(viewer, template, saved, versions[0].id if versions else None, order_id)
    with st.expander("Variables", icon=":material/data_object:"):
        st.caption("Un clic copie la variable\u00a0; en gris, sa valeur sur la commande de l’aperçu.")
        with reading() as session:
            show_variables(variables_of(session, template, order_id))
    show_versions(viewer, template, versions, saved, now)
with preview_side:
    show_preview(template, edited, order_id)
