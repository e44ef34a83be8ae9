"""One prepared message: its fields, what can be done with it, and how a customer would read it."""

import streamlit as st

from dashboard.email_frame import show_frame
from dashboard.mail.fields import show_text_fields, typed_message
from dashboard.markdown import escape_markdown
from dashboard.message_templates.actions import add, delete, duplicate, save
from db.domain.errors import MarketplaceError
from db.domain.mail import EmailTemplate
from db.domain.viewer import Viewer
from db.emails.messages import MessageText, faults_of_message, fill_messages
from db.emails.rendering import preview
from db.emails.types import Rendered, RenderingError
from db.engine import reading
from db.queries.message_templates import MessageTemplateRow, order_to_preview
from db.services.message_templates import MAX_NAME

_PREVIEW_HEIGHT = 440


def show_new(viewer: Viewer) -> None:
    """Draw the fields of a text that is not kept yet."""
    key = "new_template"
    st.subheader("Nouveau modèle", anchor=False)
    st.text_input("Nom du modèle", key=f"{key}_name", max_chars=MAX_NAME, placeholder="Retard de livraison")
    show_text_fields(key)
    st.button("Créer le modèle", type="primary", key=f"{key}_add", on_click=add, args=(viewer, key))
    _show_preview(viewer, key)


def show_template(viewer: Viewer, template: MessageTemplateRow) -> None:
    """Draw a text with its fields and buttons."""
    # The instant of the last change: after it the fields start from what is kept now.
    key = f"template_{template.id}_{template.updated_at:%Y%m%d%H%M%S%f}"
    who = (viewer, template)
    st.text_input("Nom du modèle", template.name, key=f"{key}_name", max_chars=MAX_NAME)
    show_text_fields(key, MessageText(template.subject, template.body))
    with st.container(horizontal=True, gap="small"):
        st.button("Enregistrer", type="primary", key=f"{key}_save", on_click=save, args=(*who, key))
        st.button("Dupliquer", icon=":material/content_copy:", key=f"{key}_copy", on_click=duplicate, args=who)
        with st.popover("Supprimer", icon=":material/delete:"):
            st.write("Le modèle disparaît de la liste. Les messages déjà écrits avec lui restent.")
            st.button("Supprimer le modèle", type="primary", key=f"{key}_delete", on_click=delete, args=who)
    _show_preview(viewer, key)


def _show_preview(viewer: Viewer, key: str) -> None:
    """Draw the text as it stands in the fields, on a real order."""
    text = typed_message(key)
    if not text.subject.strip() or not text.body.strip():
        return
    st.divider()
    faults = faults_of_message(text)
    if faults:
        st.error("\n\n".join(map(escape_markdown, faults)))
        return
    number = st.text_input(
        "Aperçu sur la commande",
        key="template_order",
        bind="query-params",
        placeholder="N° de commande (la plus récente sans numéro)",
        icon=":material/receipt_long:",
    )
    try:
        mail, shown = _rendered(viewer, text, number or "")
    except MarketplaceError as refusal:
        st.info(escape_markdown(str(refusal)))
        return
    st.markdown(f"**{escape_markdown(mail.subject)}**  \n:small[Commande {escape_markdown(shown)}]")
    show_frame(mail.html, key=f"{key}_frame", title="Aperçu du message", height=_PREVIEW_HEIGHT)


def _rendered(viewer: Viewer, text: MessageText, number: str) -> tuple[Rendered, str]:
    """Return the e-mail and the number of the order it is tried on."""
    with reading() as session:
        order_id, shown = order_to_preview(session, viewer, number)
        filled = fill_messages(session, [order_id], text)[order_id]
        if isinstance(filled, RenderingError):
            raise filled
        variables = {"subject": filled.subject, "body": filled.body}
        return preview(session, EmailTemplate.MESSAGE, order_id, variables=variables), shown
