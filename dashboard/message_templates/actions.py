"""What is done to prepared messages: each a button's callback, done in one transaction, then said."""

import streamlit as st

from dashboard.flash import flash, telling_refusals
from dashboard.mail.fields import typed_message
from dashboard.markdown import escape_markdown
from dashboard.message_templates.navigation import choose
from db.domain.time import utc_now
from db.domain.viewer import Viewer
from db.engine import transaction
from db.queries.message_templates import MessageTemplateRow
from db.services.message_templates import add_template, change_template, delete_template, duplicate_template


def _typed_name(key: str) -> str:
    return str(st.session_state.get(f"{key}_name") or "")


@telling_refusals()
def add(viewer: Viewer, key: str) -> None:
    """Keep the new text typed in the fields under ``key``."""
    name, text = _typed_name(key), typed_message(key)
    with transaction() as session:
        template_id = add_template(session, viewer, name, text.subject, text.body, utc_now())
    flash(f"Le modèle « {escape_markdown(name.strip())} » est créé.")
    choose(template_id)


@telling_refusals()
def save(viewer: Viewer, template: MessageTemplateRow, key: str) -> None:
    """Keep the changes typed in the fields under ``key``."""
    name, text = _typed_name(key), typed_message(key)
    with transaction() as session:
        change_template(session, viewer, template.id, name, text.subject, text.body, utc_now())
    flash("Modèle enregistré.")


@telling_refusals()
def duplicate(viewer: Viewer, template: MessageTemplateRow) -> None:
    """Copy a text, and open the copy."""
    with transaction() as session:
        template_id = duplicate_template(session, viewer, template.id, utc_now())
    flash(f"Copie de « {escape_markdown(template.name)} » créée\u00a0: renommez-la.")
    choose(template_id)


@telling_refusals()
def delete(viewer: Viewer, template: MessageTemplateRow) -> None:
    """Delete a text."""
    with transaction() as session:
        delete_template(session, viewer, template.id)
    flash(f"Le modèle « {escape_markdown(template.name)} » est supprimé.", icon=":material/delete:")
    choose(None)
