"""The e-mail as it would be sent, on a real order: on a computer, on a phone, as plain text."""

import streamlit as st

from dashboard.email_frame import show_frame
from dashboard.email_templates.editor import Edited
from dashboard.markdown import escape_markdown
from db.domain.mail import EmailTemplate
from db.emails.rendering import preview
from db.emails.types import RenderingError
from db.engine import reading

_COMPUTER, _PHONE, _TEXT = "Ordinateur", "Téléphone", "Texte seul"


def show_preview(template: EmailTemplate, edited: Edited, order_id: int | None) -> None:
    """Draw the e-mail that this text would send about the order."""
    if edited.faults:
        st.info("L’aperçu revient dès que le texte est corrigé.")
        return
    try:
        with reading() as session:
            rendered = preview(session, template, order_id, subject=edited.text.subject, body=edited.text.body)
    except RenderingError as refusal:  # What only this very order brings to light.
        st.error(escape_markdown(str(refusal)))
        return
    form = st.segmented_control(
        "Aperçu", [_COMPUTER, _PHONE, _TEXT], default=_COMPUTER, key="email_form", label_visibility="collapsed"
    )
    sender = f"{rendered.from_name} <{rendered.from_email}>"
    st.markdown(f"**{escape_markdown(rendered.subject)}**  \n:gray[{escape_markdown(sender)}]")
    if form == _TEXT:
        st.code(rendered.text, language=None, wrap_lines=True, height=640)
    else:
        show_frame(rendered.html, key="email_preview", title="Aperçu de l’e-mail", height=640, is_narrow=form == _PHONE)
