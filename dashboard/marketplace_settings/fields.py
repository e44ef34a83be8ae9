"""What is typed of the marketplace: each field under a key of its own, all saved by one button."""

from dataclasses import replace

import streamlit as st

from dashboard.flash import flash, telling_refusals
from db.domain.formats import NO_BREAK_SPACE
from db.domain.stock import MAX_UNITS
from db.domain.viewer import Viewer
from db.domain.vouchers import MAX_VALID_DAYS
from db.emails.footer import default_footer
from db.engine import transaction
from db.queries.marketplace import MarketplaceRow
from db.services.marketplace import (
    MAX_FOLLOW_UP_DAYS,
    MAX_FOOTER,
    MAX_NAME,
    MAX_POINTS_PER_EURO,
    MAX_UNDO_WINDOW_S,
    save_marketplace,
)


def show_fields(saved: MarketplaceRow) -> MarketplaceRow:
    """Draw every field in three parts; return what they hold."""
    identity, mail, shop = st.columns(3, gap="large")
    key = f"marketplace_{hash(saved)}"
    with identity:
        typed = _show_identity(key, saved)
    with mail:
        typed = _show_mail(key, typed)
    with shop:
        return _show_shop(key, typed)


def show_save(viewer: Viewer, typed: MarketplaceRow, saved: MarketplaceRow) -> None:
    """Draw the one button."""
    st.button(
        "Enregistrer",
        type="primary",
        key="marketplace_save",
        disabled=typed == saved,
        on_click=_save,
        args=(viewer, typed),
    )


def _show_identity(key: str, saved: MarketplaceRow) -> MarketplaceRow:
    st.subheader("Identité", anchor=False)
    return replace(
        saved,
        name=_text(key, "Nom de la marketplace", saved, "name", max_chars=MAX_NAME),
        legal_name=_text(key, "Raison sociale", saved, "legal_name"),
        siren=_text(key, "SIREN", saved, "siren"),
        vat_number=_text(key, "Numéro de TVA", saved, "vat_number"),
        street=_text(key, "Adresse", saved, "street"),
        postcode=_text(key, "Code postal", saved, "postcode"),
        city=_text(key, "Ville", saved, "city"),
        phone=_text(key, "Téléphone", saved, "phone"),
        email=_text(key, "Adresse e-mail", saved, "email"),
    )


def _show_mail(key: str, saved: MarketplaceRow) -> MarketplaceRow:
    st.subheader("E-mails", anchor=False)
    return replace(
        saved,
        sender_email=_text(
            key,
            "Adresse d’expédition",
            saved,
            "sender_email",
            placeholder=saved.email,
            help="L’adresse d’où partent les e-mails. Vide\u00a0: l’adresse e-mail de la marketplace.",
        ),
        reply_to_email=_text(
            key,
            "Adresse de réponse",
            saved,
            "reply_to_email",
            placeholder=saved.email,
            help="Où arrivent les réponses des clients. Vide\u00a0: l’adresse e-mail de la marketplace.",
        ),
        copy_email=_text(
            key,
            "Adresse de copie",
            saved,
            "copy_email",
            placeholder="Aucune copie",
            help="Reçoit une copie des confirmations de commande et de paiement.",
        ),
        brand_colour=st.color_picker(
            "Couleur des boutons",
            saved.brand_colour,
            key=f"{key}_colour",
            help="Celle des e-mails et de la page de suivi des clients, plus sombre ou plus claire là où elle ne se "
            "lirait pas.",
        ),
        logo_ref=_text(
            key,
            "Adresse du logo",
            saved,
            "logo_ref",
            placeholder="https://…/logo.png",
            help="Une image en ligne, de 40 pixels de haut, pour les e-mails et la page de suivi des clients. "
            "Vide\u00a0: le nom de la marketplace.",
        )
        or None,
        email_footer=st.text_area(
            "Pied des e-mails",
            saved.email_footer,
            key=f"{key}_footer",
            max_chars=MAX_FOOTER,
            placeholder=default_footer(saved),
            help="Vide\u00a0: l’identité légale, telle qu’elle s’affiche ici en gris.",
        )
        or "",
    )


def _show_shop(key: str, saved: MarketplaceRow) -> MarketplaceRow:
    st.subheader("Boutique et actions", anchor=False)
    return replace(
        saved,
        payment_url_pattern=_text(
            key,
            "Adresse qui reprend un paiement",
            saved,
            "payment_url_pattern",
            placeholder="https://boutique.exemple.fr/payer/{number}",
            help="`{number}` est remplacé par le numéro de la commande. Vide\u00a0: les e-mails n’ont pas de bouton "
            "« Payer ma commande ».",
        ),
        product_url_pattern=_text(
            key,
            "Adresse de la page d’un article",
            saved,
            "product_url_pattern",
            placeholder="https://boutique.exemple.fr/articles/{reference}",
            help="`{reference}` est remplacé par la référence de l’article. Vide\u00a0: les articles des e-mails n’ont "
            "pas de lien.",
        ),
        follow_up_days=int(
            st.number_input(
                f"Validité des liens de suivi{NO_BREAK_SPACE}(jours)",
                1,
                MAX_FOLLOW_UP_DAYS,
                saved.follow_up_days,
                30,
                key=f"{key}_follow_up",
                help="Le temps pendant lequel le lien d’un e-mail ouvre la page de suivi de la commande. Plus court, "
                "il vaut aussi pour les liens déjà envoyés.",
            )
        ),
        undo_window_s=int(
            st.number_input(
                f"Délai d’annulation d’une action{NO_BREAK_SPACE}(secondes)",
                0,
                MAX_UNDO_WINDOW_S,
                saved.undo_window_s,
                10,
                key=f"{key}_undo",
                help="Le temps pendant lequel une action s’annule et ses e-mails sont retenus.",
            )
        ),
        points_per_euro=int(
            st.number_input(
                f"Points de fidélité{NO_BREAK_SPACE}(par euro payé)",
                0,
                MAX_POINTS_PER_EURO,
                saved.points_per_euro,
                1,
                key=f"{key}_points",
                help="Donnés quand la commande est reçue, pour chaque euro entier payé\u00a0; repris à proportion de "
                "ce qui est remboursé. 0\u00a0: pas de programme de fidélité.",
            )
        ),
        voucher_days=int(
            st.number_input(
                f"Validité des bons d’achat{NO_BREAK_SPACE}(jours)",
                1,
                MAX_VALID_DAYS,
                saved.voucher_days,
                30,
                key=f"{key}_voucher",
                help="Le temps pendant lequel un nouveau bon d’achat peut être utilisé. Un autre dernier jour se "
                "choisit en le donnant.",
            )
        ),
        low_stock_at=int(
            st.number_input(
                f"Seuil de stock bas{NO_BREAK_SPACE}(unités)",
                0,
                MAX_UNITS,
                saved.low_stock_at,
                1,
                key=f"{key}_low_stock",
                help="À ce nombre ou en dessous, un produit figure dans «\u00a0Stock bas\u00a0». Chaque produit peut "
                "avoir le sien, sur la page Stock.",
            )
        ),
    )


def _text(key: str, label: str, saved: MarketplaceRow, column: str, **options: object) -> str:
    typed = st.text_input(
        label,
        getattr(saved, column) or "",
        key=f"{key}_{column}",
        autocomplete="off",
        **options,  # type: ignore[arg-type]  # Of text_input's own.
    )
    return typed or ""


@telling_refusals()
def _save(viewer: Viewer, typed: MarketplaceRow) -> None:
    with transaction() as session:
        save_marketplace(session, viewer, typed)
    flash("Les réglages de la marketplace sont enregistrés.")
