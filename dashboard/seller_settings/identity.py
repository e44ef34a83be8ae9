"""A seller's identity before the law: what documents and the tax office are told of it, why it charges no VAT."""

import datetime as dt
from dataclasses import replace

import streamlit as st

from dashboard.flash import flash, telling_refusals
from dashboard.markdown import escape_markdown
from db.domain.snapshot import Nature
from db.domain.time import local_day, utc_now
from db.domain.viewer import Viewer
from db.engine import transaction
from db.queries.sellers import SellerIdentity, SellerRow
from db.services.seller_identity import MAX_LEGAL_NAME, MAX_NOTICE, MAX_TAX_NUMBER, save_identity

#: Of a French VAT number, what comes before the SIREN.
_VAT_KEY = len("FR40")
_EARLIEST_BIRTH = dt.date(1900, 1, 1)


def show_identity(viewer: Viewer, seller: SellerRow) -> None:
    """Draw the fields, what is odd about them, and the button that keeps them."""
    saved = seller.identity
    typed = _show_fields(seller)
    _show_doubts(typed)
    st.button(
        "Enregistrer",
        type="primary",
        key="identity_save",
        disabled=typed == saved,
        on_click=_save,
        args=(viewer, seller, typed),
    )
    st.caption(
        "Vaut pour les factures et les avoirs à venir\u00a0: ceux qui sont déjà établis ne changent jamais. Les "
        "factures qui attendaient ces renseignements partent dès l’enregistrement."
    )


def _show_fields(seller: SellerRow) -> SellerIdentity:
    """Draw the fields; return what they hold. What somebody else saves meanwhile is a new text to start from."""
    saved, key = seller.identity, f"identity_{seller.id}_{hash(seller.identity)}"

    def text(label: str, value: str, name: str, **options: object) -> str:
        typed = st.text_input(label, value, key=f"{key}_{name}", autocomplete="off", **options)  # type: ignore[arg-type]  # Of text_input's own.
        return typed or ""

    legal_name = text("Raison sociale", saved.legal_name, "legal_name", max_chars=MAX_LEGAL_NAME)
    with st.container(horizontal=True):
        siren = text("SIREN", saved.siren, "siren", placeholder="9 chiffres", max_chars=20)
        siret = text("SIRET", saved.siret, "siret", placeholder="14 chiffres", max_chars=25)
    vat_number = text("Numéro de TVA", saved.vat_number, "vat", placeholder="FR40303265045", max_chars=25)
    vat_exemption = text(
        "Sans TVA\u00a0: la raison",
        saved.vat_exemption,
        "exemption",
        max_chars=MAX_NOTICE,
        placeholder="TVA non applicable, art. 293 B du CGI",
        help="Imprimée sur les factures dont la TVA est nulle. Seulement pour un vendeur qui n’en facture pas.",
    )
    legal_notice = text(
        "Mention légale",
        saved.legal_notice,
        "notice",
        max_chars=MAX_NOTICE,
        placeholder="Par exemple\u00a0: SARL au capital de 10\u202f000\u00a0€ – RCS Lyon 404 833 048",
    )
    natures = list(Nature)
    nature = st.selectbox(
        "Nature des opérations",
        natures,
        natures.index(saved.nature),
        key=f"{key}_nature",
        format_func=lambda each: each.label,
    )
    vat_on_debits = st.toggle(
        "A opté pour la TVA d’après les débits",
        saved.vat_on_debits,
        key=f"{key}_debits",
        help="Une mention le dit alors sur ses factures.",
    )
    mandate = st.date_input(
        "Mandat de facturation signé le",
        saved.mandate_signed_on,
        key=f"{key}_mandate",
        format="DD/MM/YYYY",
        max_value=local_day(utc_now()),
        help="La marketplace établit les factures au nom et pour le compte du vendeur\u00a0: il lui en faut le mandat "
        "écrit (CGI, art. 289 I-2).",
    )
    declared = _show_declared(saved, key)
    return replace(
        declared,
        legal_name=legal_name,
        siren=siren,
        siret=siret,
        vat_number=vat_number,
        legal_notice=legal_notice,
        nature=nature,
        vat_on_debits=vat_on_debits,
        vat_exemption=vat_exemption,
        mandate_signed_on=mandate,
    )


def _show_declared(saved: SellerIdentity, key: str) -> SellerIdentity:
    """Draw what only the tax office asks for; return the identity with it."""
    st.markdown("**Pour la déclaration annuelle (DAC7)**")
    is_person = st.toggle(
        "Personne physique, en son nom propre",
        saved.is_person,
        key=f"{key}_person",
        help="Une entreprise individuelle ou un particulier\u00a0: la raison sociale est alors son nom et son prénom.",
    )
    born_on, birth_place = saved.born_on, saved.birth_place
    if is_person:
        with st.container(horizontal=True):
            born_on = st.date_input(
                "Date de naissance",
                saved.born_on,
                key=f"{key}_born",
                format="DD/MM/YYYY",
                min_value=_EARLIEST_BIRTH,
                max_value=local_day(utc_now()),
                width=160,
            )
            typed_place = st.text_input(
                "Lieu de naissance", saved.birth_place, key=f"{key}_birth_place", autocomplete="off"
            )
            birth_place = typed_place or ""
    tax_number = st.text_input(
        "Numéro fiscal",
        saved.tax_number,
        key=f"{key}_tax",
        max_chars=MAX_TAX_NUMBER,
        autocomplete="off",
        help="Celui de la personne, ou d’une société étrangère\u00a0: pour une société française, le SIREN suffit.",
    )
    return replace(saved, is_person=is_person, born_on=born_on, birth_place=birth_place, tax_number=tax_number or "")


def _show_doubts(typed: SellerIdentity) -> None:
    """Say what is allowed, but seldom meant."""
    number = typed.vat_number.replace(" ", "").upper()
    siren = typed.siren.replace(" ", "")
    if number.startswith("FR") and siren and number[_VAT_KEY:] != siren:
        st.caption(
            ":orange[:material/warning:] Ce numéro de TVA n’est pas formé sur ce SIREN\u00a0: c’est rare, vérifiez-le."
        )
    if not typed.legal_notice.strip():
        st.caption(
            ":orange[:material/warning:] La mention légale est absente\u00a0: les factures d’une société portent sa "
            "forme, son capital et son RCS (C. com., art. R. 123-237, R. 123-238). Cela n’en bloque aucune."
        )
    if number and typed.vat_exemption.strip():
        st.caption(
            ":orange[:material/warning:] Avec un numéro de TVA, la raison de n’en pas facturer ne s’imprime que sur "
            "les ventes à 0\u00a0%."
        )


@telling_refusals()
def _save(viewer: Viewer, seller: SellerRow, typed: SellerIdentity) -> None:
    with transaction() as session:
        save_identity(session, viewer, seller.id, seller.identity, typed, utc_now())
    flash(f"L’identité légale de « {escape_markdown(seller.contact.name)} » est enregistrée.")
