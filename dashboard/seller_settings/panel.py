"""One seller beside the list: how it is reached, what its customers are told, whether it sells; and its identity."""

from dataclasses import replace

import streamlit as st

from dashboard.bank_details.card import show_bank_details
from dashboard.flash import flash, telling_refusals
from dashboard.markdown import escape_markdown
from dashboard.navigation import SELLER_ACCOUNT
from dashboard.seller_account.links import seller_account_params
from dashboard.seller_settings.identity import show_identity
from dashboard.seller_settings.navigation import PART_PARAMETER, Part
from dashboard.seller_settings.terms import show_terms
from db.domain.formats import enumeration
from db.domain.sms import mobile_number, shown_number
from db.domain.time import utc_now
from db.domain.viewer import Viewer
from db.engine import transaction
from db.queries.sellers import SellerContact, SellerRow
from db.services.sellers import MAX_LINE, MAX_NAME, MAX_OPENING_HOURS, save_seller


def show_panel(viewer: Viewer, seller: SellerRow | None, *, is_asked: bool) -> None:
    """Draw the chosen seller, or say how to choose one."""
    if seller is None:
        st.info(
            "Ce vendeur n’existe pas\u00a0: choisissez-en un dans la liste."
            if is_asked
            else "Cliquez sur un vendeur pour changer ses coordonnées, ses horaires ou son identité légale."
        )
        return
    with st.container(border=True):
        st.subheader(escape_markdown(seller.contact.name), anchor=False)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(f"Code {escape_markdown(seller.code)}", width="stretch")
            account = seller_account_params(seller.id)
            st.page_link(SELLER_ACCOUNT.page(), label="Son compte", icon=SELLER_ACCOUNT.icon, query_params=account)
        if seller.missing:
            st.warning(missing_words(seller), icon=":material/receipt_long:")
        part = st.segmented_control(
            "Volet",
            list(Part),
            default=Part.CONTACT,
            key=PART_PARAMETER,
            bind="query-params",
            required=True,
            label_visibility="collapsed",
            format_func=lambda each: each.value,
        )
        if part is Part.IDENTITY:
            show_identity(viewer, seller)
        elif part is Part.BANK:
            show_bank_details(viewer, seller.id, utc_now())
        elif part is Part.TERMS:
            show_terms(viewer, seller.id)
        else:
            _show_contact(viewer, seller)


def missing_words(seller: SellerRow) -> str:
    """Return what keeps a seller's invoices from being issued."""
    return f"Il manque {enumeration(seller.missing)}\u00a0: aucune facture ne peut être établie en son nom."


def _show_contact(viewer: Viewer, seller: SellerRow) -> None:
    typed = _show_fields(seller)
    _show_reach(typed)
    st.button(
        "Enregistrer",
        type="primary",
        key="seller_save",
        disabled=typed == seller.contact,
        on_click=_save,
        args=(viewer, seller, typed),
    )


def _show_fields(seller: SellerRow) -> SellerContact:
    """Draw the fields; return what they hold. What somebody else saves meanwhile is a new text to start from."""
    saved, key = seller.contact, f"seller_{seller.id}_{hash(seller.contact)}"

    def text(label: str, value: str, name: str, **options: object) -> str:
        typed = st.text_input(label, value, key=f"{key}_{name}", autocomplete="off", **options)  # type: ignore[arg-type]  # Of text_input's own.
        return typed or ""

    name = text("Nom", saved.name, "name", max_chars=MAX_NAME)
    email = text("Adresse e-mail", saved.email, "email", placeholder="Où arrivent ses nouvelles commandes")
    mobile = text("Mobile", shown_number(saved.mobile), "mobile", placeholder="06 12 34 56 78")
    street = text("Adresse", saved.street, "street", max_chars=MAX_LINE)
    with st.container(horizontal=True):
        postcode = text("Code postal", saved.postcode, "postcode", max_chars=MAX_LINE, width=110)
        city = text("Ville", saved.city, "city", max_chars=MAX_LINE)
        country = text("Pays", saved.country_code, "country", max_chars=2, width=80)
    hours = st.text_area(
        "Horaires",
        saved.opening_hours,
        key=f"{key}_hours",
        max_chars=MAX_OPENING_HOURS,
        height=80,
        placeholder="Du mardi au samedi, de 9 h à 12 h et de 14 h à 19 h",
        help="Donnés aux clients qui viennent chercher leur commande.",
    )
    is_active = st.toggle("Vend sur la marketplace", saved.is_active, key=f"{key}_active")
    return replace(
        saved,
        name=name,
        email=email,
        # What is shown with spaces is what is kept without.
        mobile=saved.mobile if mobile == shown_number(saved.mobile) else mobile,
        street=street,
        postcode=postcode,
        city=city,
        country_code=country,
        opening_hours=hours or "",
        is_active=is_active,
    )


def _show_reach(typed: SellerContact) -> None:
    """Say what an address or a number that is missing costs."""
    if not typed.email.strip():
        st.caption(":orange[:material/warning:] Sans adresse e-mail, ce vendeur ne reçoit pas ses commandes.")
    if typed.mobile.strip() and not mobile_number(typed.mobile, typed.country_code):
        st.caption(":orange[:material/warning:] Ce numéro n’est pas celui d’un mobile\u00a0: il ne reçoit pas de SMS.")


@telling_refusals()
def _save(viewer: Viewer, seller: SellerRow, typed: SellerContact) -> None:
    with transaction() as session:
        kept = save_seller(session, viewer, seller.id, seller.contact, typed, utc_now())
    flash(f"Le vendeur « {escape_markdown(kept.name)} » est enregistré.")
