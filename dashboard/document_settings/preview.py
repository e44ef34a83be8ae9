"""What the sentences will read like on an invoice, as they are typed."""

import datetime as dt

import streamlit as st

from dashboard.markdown import escape_markdown
from db.domain.mentions import Stated, mentions
from db.domain.snapshot import Buyer, Nature
from db.queries.document_settings import DocumentSettingsRow

_COMPANY = Buyer("Mairie de Rennes", company="Mairie de Rennes", siren="213502388")
_PERSON = Buyer("Évelyne Morin")
_SELLER, _SIGNED_ON = "Maison du thé SARL", dt.date(2026, 1, 15)


def show_preview(typed: DocumentSettingsRow, marketplace_name: str) -> None:
    """Draw the sentences of an invoice to a company or to a private person."""
    st.subheader("Aperçu", anchor=False)
    is_company = st.segmented_control(
        "Client",
        [True, False],
        default=True,
        key="documents_preview",
        required=True,
        label_visibility="collapsed",
        format_func={True: "À une entreprise", False: "À un particulier"}.__getitem__,
    )
    with st.container(border=True, gap="xsmall", key="documents_sentences"):
        for sentence in preview(typed, marketplace_name, _COMPANY if is_company else _PERSON):
            st.caption(escape_markdown(sentence))


def preview(typed: DocumentSettingsRow, marketplace_name: str, buyer: Buyer) -> list[str]:
    """Return the sentences of an invoice of an example seller."""
    stated = Stated(_SELLER, marketplace_name, _SIGNED_ON, vat_on_debits=False, nature=Nature.GOODS, buyer=buyer)
    return [mention.text for mention in mentions(typed.texts, stated, [])]
