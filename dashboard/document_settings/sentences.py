"""The sentences that documents bear: each with its default, which holds while nothing is typed."""

from dataclasses import dataclass, replace

import streamlit as st

from dashboard.flash import flash, telling_refusals
from db.domain.mentions import MentionTexts
from db.domain.viewer import Viewer
from db.engine import transaction
from db.queries.document_settings import DocumentSettingsRow
from db.services.document_settings import (
    MAX_NOTICE,
    MAX_PAYMENT_DAYS,
    MAX_SENTENCE,
    PLACEHOLDERS,
    save_document_settings,
)

_HEIGHT = 84
#: What sentences without a default might say.
_EXAMPLES = {
    "payment": "Par exemple\u00a0: Virement à FR76 3000 6000 0112 3456 7890 189, en rappelant le numéro de la facture.",
    "footer": "Par exemple\u00a0: Merci de votre confiance.",
}


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence: its name in ``MentionTexts``, what it is about, and where it is printed."""

    name: str
    label: str
    where: str


_SENTENCES = (
    _Sentence("mandate", "Mandat de facturation", "Sur tous les documents."),
    _Sentence("late_penalty", "Pénalités de retard", "Sur les documents adressés à une entreprise."),
    _Sentence("recovery_fee", "Indemnité de recouvrement", "Sur les documents adressés à une entreprise."),
    _Sentence("early_payment", "Escompte", "Sur les documents adressés à une entreprise."),
    _Sentence("exempt", "TVA\u00a0: exonération", "Quand la TVA est nulle et que le vendeur n’a pas donné sa raison."),
    _Sentence(
        "export", "TVA\u00a0: exportation", "Quand la TVA est nulle et que la livraison quitte l’Union européenne."
    ),
    _Sentence(
        "intra_community",
        "TVA\u00a0: livraison intracommunautaire",
        "Quand la TVA est nulle et que le client est une entreprise d’un autre pays de l’Union.",
    ),
    _Sentence("debits", "TVA\u00a0: débits", "Pour les vendeurs qui ont opté pour les débits."),
    _Sentence(
        "payment",
        "Comment régler",
        "Sur les factures qui restent à payer\u00a0: un IBAN, l’ordre des chèques. Rien si vous n’écrivez rien.",
    ),
    _Sentence("footer", "Pied des documents", "À la fin de chaque document\u00a0; rien si vous n’écrivez rien."),
)


def show_sentences(saved: DocumentSettingsRow) -> DocumentSettingsRow:
    """Draw the fields; return what they hold. What somebody else saves meanwhile is a new text to start from."""
    key = f"documents_{hash(replace(saved, logo_ref=''))}"
    notice = st.text_input(
        "Mention légale de la marketplace",
        saved.legal_notice,
        key=f"{key}_notice",
        max_chars=MAX_NOTICE,
        autocomplete="off",
        placeholder="Par exemple\u00a0: SAS au capital de 50\u202f000\u00a0€ – RCS Rennes 832 000 000",
    )
    days = st.number_input(
        "Délai de paiement, en jours",
        0,
        MAX_PAYMENT_DAYS,
        saved.payment_days,
        key=f"{key}_days",
        help="De la date de la facture à son échéance, quand il reste à payer. 0\u00a0: comptant.",
        width=220,
    )
    st.subheader("Phrases imprimées", anchor=False)
    st.caption(
        "Un champ vide imprime la phrase par défaut, celle qu’il montre en gris. Dans celle du mandat, "
        f"`{PLACEHOLDERS[0]}`, `{PLACEHOLDERS[1]}` et `{PLACEHOLDERS[2]}` sont remplacés par la raison sociale du "
        "vendeur, le nom de la marketplace et la date du mandat."
    )
    typed = {each.name: _show_sentence(each, getattr(saved, each.name), key) for each in _SENTENCES}
    return replace(saved, legal_notice=notice or "", payment_days=int(days), **typed)


def _show_sentence(sentence: _Sentence, saved: str, key: str) -> str:
    default = getattr(MentionTexts(), sentence.name)
    typed = st.text_area(
        sentence.label,
        saved,
        key=f"{key}_{sentence.name}",
        height=_HEIGHT,
        max_chars=MAX_SENTENCE,
        placeholder=default or _EXAMPLES[sentence.name],
        help=sentence.where,
    )
    return (typed or "").strip()


def show_save(viewer: Viewer, saved: DocumentSettingsRow, typed: DocumentSettingsRow) -> None:
    """Draw the button that keeps what is typed."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Enregistrer",
            type="primary",
            key="documents_save",
            disabled=typed == saved,
            on_click=_save,
            args=(viewer, saved, typed),
        )
        if typed != saved:
            st.caption("Modifications non enregistrées")


@telling_refusals()
def _save(viewer: Viewer, saved: DocumentSettingsRow, typed: DocumentSettingsRow) -> None:
    with transaction() as session:
        save_document_settings(session, viewer, saved, typed)
    flash("Les réglages sont enregistrés. Les prochains documents les suivent.")
