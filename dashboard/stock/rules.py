"""From how many units on a product is low, and whether customers may send it back."""

import streamlit as st

from dashboard.flash import flash, telling_refusals
from dashboard.inputs import parse_quantity
from dashboard.markdown import escape_markdown
from db.domain import formats
from db.domain.actor import Actor
from db.domain.permissions import Permission
from db.domain.viewer import Viewer
from db.engine import transaction
from db.queries.stock import StockRow
from db.services.stock import change_stock_rules


def show_rules(viewer: Viewer, product: StockRow) -> None:
    """Draw the rules of a product: fields for those who may change them, words for the others."""
    if not viewer.may(Permission.CORRECT_STOCK):
        st.caption(" · ".join(rule_words(product)))
        return
    saved = ("" if product.own_low_stock_at is None else str(product.own_low_stock_at), product.is_returnable)
    key = f"stock_rules_{product.id}_{saved[0]}_{saved[1]}"
    usual = f"{formats.integer(product.low_stock_at)} (réglage général)"
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key="stock_rules"):
        typed = st.text_input(
            "Seuil de stock bas",
            saved[0],
            key=f"{key}_low",
            autocomplete="off",
            placeholder=usual if product.own_low_stock_at is None else "Réglage général",
            width=190,
            help="Vide\u00a0: le seuil de Réglages › Marketplace.",
        )
        returnable = st.toggle(
            "Retour accepté sans motif",
            product.is_returnable,
            key=f"{key}_returnable",
            help="À désactiver pour ce qui ne se reprend pas\u00a0: denrée périssable, article descellé ou "
            "personnalisé… (article L221-28 du Code de la consommation). Un article défectueux se retourne toujours.",
        )
        st.button(
            "Enregistrer",
            key="stock_rules_save",
            disabled=(typed.strip(), returnable) == saved,
            on_click=_save,
            args=(viewer, product, key),
        )


def rule_words(product: StockRow) -> list[str]:
    """Return the rules in words."""
    back = "accepté" if product.is_returnable else "non accepté"
    return [f"Seuil de stock bas\u00a0: {formats.integer(product.low_stock_at)}", f"Retour sans motif {back}"]


@telling_refusals()
def _save(viewer: Viewer, product: StockRow, key: str) -> None:
    typed, returnable = st.session_state[f"{key}_low"], st.session_state[f"{key}_returnable"]
    threshold = parse_quantity(typed, product.title) if typed.strip() else None
    with transaction() as session:
        change_stock_rules(session, Actor.person(viewer), product.id, low_stock_at=threshold, is_returnable=returnable)
    flash(f"Les règles de «\u00a0{escape_markdown(product.title)}\u00a0» sont enregistrées.")
