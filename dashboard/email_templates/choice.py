"""Which e-mail is edited and which order it is tried on: both stand in the URL."""

import streamlit as st

from dashboard.markdown import escape_markdown
from db.domain.mail import EmailTemplate, RecipientKind
from db.domain.viewer import Viewer
from db.engine import reading
from db.queries.email_templates import order_to_try

TEMPLATE_PARAMETER = "modele"
ORDER_PARAMETER = "commande"
_WIDGET = "email_template"


def chosen_template() -> EmailTemplate:
    """Return the e-mail the URL names, else the first."""
    wanted = st.query_params.get(TEMPLATE_PARAMETER, "")
    return EmailTemplate(wanted) if wanted in tuple(EmailTemplate) else next(iter(EmailTemplate))


def show_list(chosen: EmailTemplate, changed: frozenset[EmailTemplate]) -> None:
    """Draw the list of e-mails, the chosen one marked."""
    templates = list(EmailTemplate)
    st.radio(
        "Modèle",
        templates,
        templates.index(chosen),
        key=_WIDGET,
        format_func=lambda template: _name(template, changed),
        on_change=_choose,
        label_visibility="collapsed",
    )


def chosen_order(viewer: Viewer) -> int | None:
    """Draw the field that names the preview's order; return the order's id, the newest where none is named."""
    number = st.text_input(
        "Aperçu sur la commande",
        key=ORDER_PARAMETER,
        bind="query-params",
        placeholder="Numéro ; vide : la plus récente",
        icon=":material/receipt_long:",
    )
    wanted = (number or "").strip()
    with reading() as session:
        found = order_to_try(session, viewer, wanted)
        if found is not None or not wanted:
            return found
        st.warning(f"Il n’y a pas de commande {escape_markdown(wanted)}. L’aperçu montre la plus récente.")
        return order_to_try(session, viewer, "")


def _choose() -> None:
    st.query_params[TEMPLATE_PARAMETER] = st.session_state[_WIDGET].value


def _name(template: EmailTemplate, changed: frozenset[EmailTemplate]) -> str:
    icon = ":material/storefront:" if template.recipient_kind is RecipientKind.SELLER else ":material/mail:"
    return f"{icon} {template.label}{' · *modifié*' if template in changed else ''}"
