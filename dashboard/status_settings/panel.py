"""One status: its label, its colour, whether it writes and what."""

import streamlit as st

from dashboard.badges import styled_status
from dashboard.email_templates.choice import TEMPLATE_PARAMETER
from dashboard.flash import flash, telling_refusals
from dashboard.markdown import escape_markdown
from dashboard.navigation import EMAIL_TEMPLATES
from dashboard.statuses import forget_looks
from db.domain.mail import STATUS_TEMPLATES, EmailTemplate, RecipientKind
from db.domain.orders import OrderStatus, StatusColour
from db.domain.viewer import Viewer
from db.engine import transaction
from db.queries.statuses import StatusLook, default_look
from db.services.status_settings import MAX_LABEL, reset_status, save_status

_RECIPIENTS = {RecipientKind.CUSTOMER: "au client", RecipientKind.SELLER: "au vendeur"}


def show_panel(viewer: Viewer, status: OrderStatus | None, saved: StatusLook | None) -> None:
    """Draw the chosen status, or say how to choose one."""
    if status is None or saved is None:
        st.info("Cliquez sur un statut pour changer son libellé, sa couleur ou son e\u2011mail.")
        return
    with st.container(border=True):
        typed = _show_fields(status, saved)
        st.markdown(f"Sur les écrans\u00a0: {styled_status(status, typed).markdown}")
        st.caption(f"À l’origine\u00a0: « {status.label} ». Les passages d’un statut à l’autre ne changent pas.")
        with st.container(horizontal=True):
            st.button(
                "Enregistrer", type="primary", key="status_save", disabled=typed == saved,
                on_click=_save, args=(viewer, status, typed),
            )  # fmt: skip
            if saved != default_look(status):
                st.button("Revenir au réglage par défaut", key="status_reset", on_click=_reset, args=(viewer, status))


def _show_fields(status: OrderStatus, saved: StatusLook) -> StatusLook:
    key = f"status_{status}_{hash(saved)}"
    label = st.text_input("Libellé", saved.label, max_chars=MAX_LABEL, key=f"{key}_label", autocomplete="off")
    colours = list(StatusColour)
    colour = st.selectbox(
        "Couleur",
        colours,
        colours.index(saved.colour),
        key=f"{key}_colour",
        format_func=lambda each: each.label,
    )
    sends = st.toggle("Envoyer un e-mail quand une commande prend ce statut", saved.sends_email, key=f"{key}_sends")
    template = _show_template(key, saved) if sends else saved.template
    return StatusLook(label or "", colour or saved.colour, sends, template)


def _show_template(key: str, saved: StatusLook) -> EmailTemplate | None:
    choices = list(dict.fromkeys([*STATUS_TEMPLATES.values(), *([saved.template] if saved.template else [])]))
    template = st.selectbox(
        "Modèle",
        choices,
        choices.index(saved.template) if saved.template else None,
        key=f"{key}_template",
        format_func=lambda each: f"{each.label} ({_RECIPIENTS[each.recipient_kind]})",
        placeholder="Choisissez le modèle",
    )
    if template:
        st.page_link(
            EMAIL_TEMPLATES.page(),
            label=f"Voir le modèle « {escape_markdown(template.label)} »",
            icon=":material/edit:",
            query_params={TEMPLATE_PARAMETER: template.value},
        )
    return template


@telling_refusals()
def _save(viewer: Viewer, status: OrderStatus, look: StatusLook) -> None:
    with transaction() as session:
        save_status(session, viewer, status, look)
    forget_looks()
    flash(f"Le statut « {escape_markdown(look.label)} » est enregistré.")


@telling_refusals()
def _reset(viewer: Viewer, status: OrderStatus) -> None:
    with transaction() as session:
        reset_status(session, viewer, status)
    forget_looks()
    flash(f"Le statut « {status.label} » a retrouvé son réglage par défaut.")
