"""The text of each SMS: what is typed, how long it gets on an order, saving it, the default again."""

import streamlit as st

from dashboard.flash import flash, telling_refusals
from dashboard.markdown import escape_markdown
from db.domain import formats
from db.domain.mail import EmailTemplate, RecipientKind
from db.domain.sms import TEXTED_TEMPLATES, SmsSize, sms_size
from db.domain.time import utc_now
from db.domain.viewer import Viewer
from db.emails.sms import DEFAULT_TEXTS, check_text, current_sms_texts, preview_text, sms_variables
from db.emails.types import RenderingError
from db.engine import reading, transaction
from db.queries.email_templates import order_to_try
from db.services.sms_settings import MAX_TEXT, reset_sms_text, save_sms_text

_ORDER = "commande"
_HEIGHT = 140
_RECIPIENTS = {RecipientKind.CUSTOMER: "Au client", RecipientKind.SELLER: "Au vendeur"}


def show_texts(viewer: Viewer) -> None:
    """Draw the texts, each with its preview on an order of choice."""
    st.subheader("Textes", anchor=False)
    order_id = _chosen_order(viewer)
    with reading() as session:
        saved = current_sms_texts(session, TEXTED_TEMPLATES)
    for template in TEXTED_TEMPLATES:
        with st.container(border=True):
            _show_text(viewer, template, saved[template], order_id)
    with st.expander("Variables", icon=":material/data_object:"):
        st.caption(
            "Chaque variable est remplacée par ce qu’elle vaut pour la commande. Des mots qui n’ont de sens qu’avec "
            "une variable s’écrivent entre `{% if … %}` et `{% endif %}`\u00a0: `{% if code_retrait %}Code\u00a0: "
            "{{ code_retrait }}{% endif %}` n’écrit rien quand il n’y a pas de code. Après `{% else %}`, ce qui "
            "s’écrit alors à la place."
        )
        st.markdown(
            "\n".join(f"- `{{{{ {name} }}}}` {escape_markdown(what)}" for name, what in sms_variables().items())
        )


def size_words(size: SmsSize) -> str:
    """Return « 121 / 160 caractères, 1 SMS », and why a text is dear; Markdown."""
    room = f" / {size.room}" if size.parts == 1 else ""
    words = f"{formats.integer(size.units)}{room} caractères, {size.parts} SMS"
    if not size.is_gsm:
        return f":orange[:material/warning:] {words}\u00a0: un caractère hors de l’alphabet des SMS en divise la place."
    return words if size.parts == 1 else f":orange[:material/warning:] {words}, payés chacun."


def _chosen_order(viewer: Viewer) -> int | None:
    number = st.text_input(
        "Aperçu sur la commande",
        key=_ORDER,
        bind="query-params",
        placeholder="Numéro ; vide : la plus récente",
        icon=":material/receipt_long:",
        width=320,
    )
    wanted = (number or "").strip()
    with reading() as session:
        found = order_to_try(session, viewer, wanted)
        if found is None and wanted:
            st.warning(f"Il n’y a pas de commande {escape_markdown(wanted)}. L’aperçu montre la plus récente.")
            return order_to_try(session, viewer, "")
        return found


def _show_text(viewer: Viewer, template: EmailTemplate, saved: str, order_id: int | None) -> None:
    key = f"sms_{template}_{hash(saved)}"
    label = template.label.removeprefix("Vendeur : ").capitalize()
    typed = st.text_area(
        f"{_RECIPIENTS[template.recipient_kind]}\u00a0: {label}",
        saved,
        key=key,
        height=_HEIGHT,
        max_chars=MAX_TEXT,
        persist_state="session",
    )
    text = (typed or "").strip()
    faults = check_text(template, text)
    if faults:
        st.error("\n\n".join(map(escape_markdown, faults)), icon=":material/error:")
    else:
        _show_preview(template, text, order_id)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Enregistrer",
            type="primary",
            key=f"sms_save_{template}",
            disabled=bool(faults) or text == saved,
            on_click=_save,
            args=(viewer, template, text),
        )
        if saved != DEFAULT_TEXTS[template]:
            st.button(
                "Revenir au texte par défaut", key=f"sms_reset_{template}", on_click=_reset, args=(viewer, template)
            )
        if text != saved and not faults:
            st.caption("Modifications non enregistrées")


def _show_preview(template: EmailTemplate, text: str, order_id: int | None) -> None:
    try:
        with reading() as session:
            shown = preview_text(session, template, order_id, text=text)
    except RenderingError as refusal:  # What only this very order brings to light.
        st.error(escape_markdown(str(refusal)))
        return
    st.code(shown, language=None, wrap_lines=True)
    st.caption(size_words(sms_size(shown)))


@telling_refusals()
def _save(viewer: Viewer, template: EmailTemplate, text: str) -> None:
    with transaction() as session:
        save_sms_text(session, viewer, template, text, utc_now())
    flash(f"Le SMS « {template.label} » est enregistré. Les prochains l’utilisent.")


@telling_refusals()
def _reset(viewer: Viewer, template: EmailTemplate) -> None:
    with transaction() as session:
        reset_sms_text(session, viewer, template)
    flash(f"Le SMS « {template.label} » a retrouvé son texte par défaut.")
