"""Which e-mail is edited and which order it is tried on: both stand in the URL."""

import streamlit as st

from dashboard.markdown import escape_markdown
from db.domain.mail import EmailTemplate
from db.domain.viewer import Viewer
from db.engine import reading
from db.queries.email_templates import order_to_try

TEMPLATE_PARAMETER = "modele"
ORDER_PARAMETER = "commande"
_LIST_WIDTH = 420


def chosen_template() -> EmailTemplate:
    """Return the e-mail the URL names, else the first."""
    wanted = st.query_params.get(TEMPLATE_PARAMETER, "")
    return EmailTemplate(wanted) if wanted in tuple(EmailTemplate) else next(iter(EmailTemplate))


def show_list(chosen: EmailTemplate, changed: frozenset[EmailTemplate]) -> None:
    """Draw the list of e-mails: one line, so that the text comes first on a phone too."""
    # Streamlit knows an option by its label: a list with other labels is another list.
    key = f"email_template_{hash(changed)}"
    st.session_state[key] = chosen
    st.selectbox(
        "Modèle",
        list(EmailTemplate),
        key=key,
        format_func=lambda template: _name(template, changed),
        on_change=_choose,
        args=(key,),
        label_visibility="collapsed",
        width=_LIST_WIDTH,
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


def _choose(key: str) -> None:
    st.query_params[TEMPLATE_PARAMETER] = st.session_state[key].value


def _name(template: EmailTemplate, changed: frozenset[EmailTemplate]) -> str:
    return f"{template.label}{' (modifié)' if template in changed else ''}"
