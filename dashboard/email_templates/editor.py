"""The text of one e-mail: what is typed, what is wrong with it, saving it, trying it on oneself."""

from dataclasses import dataclass

import streamlit as st

from dashboard.flash import flash, telling_refusals
from dashboard.markdown import escape_markdown
from db.domain.mail import EmailTemplate
from db.domain.time import utc_now
from db.domain.viewer import Viewer
from db.emails.markup import one_line
from db.emails.rendering import Draft, check
from db.emails.texts import TemplateText
from db.engine import transaction
from db.services.email_templates import restore_default, restore_version, save_text, send_test

_BODY_HEIGHT = 420
_HOW_TO_WRITE = (
    "Une ligne vide sépare deux paragraphes. `## Titre` fait un titre, `- ` une liste, `1. ` des étapes, `> ` un "
    "encadré, `**mot**` du gras, `[texte](adresse)` un lien, `[[texte]](adresse)` seul sur sa ligne un bouton. "
    "`{{ variable }}` est remplacé par sa valeur\u00a0; `{% if message %}` … `{% endif %}` n’écrit ce qu’il contient "
    "que si la variable n’est pas vide."
)


@dataclass(frozen=True, slots=True)
class Edited:
    """What is in the fields now."""

    text: TemplateText
    faults: list[str]
    is_changed: bool


def show_editor(
    viewer: Viewer, template: EmailTemplate, saved: TemplateText, version_id: int | None, order_id: int | None
) -> Edited:
    """Draw the fields, what is wrong with them, and the buttons; return what they hold."""
    # What is typed outlives a look elsewhere; a version that is saved or restored is a new text to start from.
    key = f"email_{template}_{version_id}"
    subject = st.text_input("Objet", saved.subject, key=f"{key}_subject", autocomplete="off", persist_state="session")
    body = st.text_area("Texte", saved.body, height=_BODY_HEIGHT, key=f"{key}_body", persist_state="session")
    text = TemplateText(one_line(subject or ""), (body or "").strip())
    edited = Edited(text, check(template, text.subject, text.body), text != saved)
    # In a place of their own, always there: what is open below stays open when they come and go.
    with st.container():
        for fault in edited.faults:
            st.error(escape_markdown(fault), icon=":material/error:")
    with st.container(horizontal=True, vertical_alignment="center"):
        _show_buttons(viewer, template, edited, order_id)
    with st.expander("Comment écrire", icon=":material/help:"):
        st.markdown(_HOW_TO_WRITE)
    return edited


def _show_buttons(viewer: Viewer, template: EmailTemplate, edited: Edited, order_id: int | None) -> None:
    st.button(
        "Enregistrer",
        type="primary",
        key="email_save",
        disabled=bool(edited.faults) or not edited.is_changed,
        on_click=_save,
        args=(viewer, template, edited.text),
    )
    st.button(
        "M’envoyer un essai",
        icon=":material/send:",
        key="email_test",
        disabled=bool(edited.faults),
        help=f"Envoie ce texte, tel qu’il est écrit ici, à {escape_markdown(viewer.email)}.",
        on_click=_send_test,
        args=(viewer, template, Draft(edited.text.subject, edited.text.body, order_id)),
    )
    if edited.is_changed and not edited.faults:
        st.caption("Modifications non enregistrées")


@telling_refusals()
def _save(viewer: Viewer, template: EmailTemplate, text: TemplateText) -> None:
    with transaction() as session:
        save_text(session, viewer, template, text.subject, text.body, utc_now())
    flash(f"Le modèle « {template.label} » est enregistré. Les prochains e-mails l’utilisent.")


@telling_refusals()
def _send_test(viewer: Viewer, template: EmailTemplate, draft: Draft) -> None:
    with transaction() as session:
        send_test(session, viewer, template, draft, utc_now())
    flash(f"L’essai part vers {escape_markdown(viewer.email)}.", icon=":material/send:")


@telling_refusals()
def restore(viewer: Viewer, template: EmailTemplate, version_id: int | None) -> None:
    """Make an earlier version the present text, or the default for None; for a button's callback."""
    with transaction() as session:
        if version_id is None:
            restore_default(session, viewer, template, utc_now())
        else:
            restore_version(session, viewer, version_id, utc_now())
    flash(f"Le modèle « {template.label} » a retrouvé ce texte.")
