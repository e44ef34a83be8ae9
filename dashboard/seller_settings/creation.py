"""The dialog that adds a seller; what was typed stays until it is accepted."""

import streamlit as st

from dashboard.flash import flash
from dashboard.markdown import escape_markdown
from dashboard.seller_settings.navigation import choose
from db.domain.errors import MarketplaceError
from db.domain.viewer import Viewer
from db.engine import transaction
from db.services.sellers import MAX_NAME, add_seller

_OPEN = "seller_adding"
_CODE, _NAME = "seller_new_code", "seller_new_name"


def show_add_button() -> None:
    """Draw the button that opens the dialog."""
    st.button("Ajouter un vendeur", key="seller_add", icon=":material/add_business:", on_click=_open)


def show_creation(viewer: Viewer) -> None:
    """Draw the dialog while it is open."""
    if st.session_state.get(_OPEN):
        _dialog(viewer)


def _open() -> None:
    st.session_state[_OPEN] = True


def _close() -> None:
    st.session_state.pop(_OPEN, None)


@st.dialog("Ajouter un vendeur", on_dismiss=_close)
def _dialog(viewer: Viewer) -> None:
    st.text_input("Nom", key=_NAME, max_chars=MAX_NAME, autocomplete="off", on_change="ignore")
    st.text_input(
        "Code",
        key=_CODE,
        max_chars=16,
        autocomplete="off",
        on_change="ignore",
        help="Court et définitif\u00a0: il figure dans les numéros de ses factures, comme F2026-MIEL-000001.",
    )
    if st.button("Ajouter le vendeur", type="primary", key="seller_add_submit"):
        _submit(viewer)


def _submit(viewer: Viewer) -> None:
    name = st.session_state[_NAME] or ""
    try:
        with transaction() as session:
            seller_id = add_seller(session, viewer, st.session_state[_CODE] or "", name)
    except MarketplaceError as refusal:
        # Inside the dialog, not above the page that the dialog hides.
        st.error(escape_markdown(str(refusal)))
        return
    _close()
    flash(f"« {escape_markdown(name)} » est ajouté. Complétez ses coordonnées.")
    choose(seller_id)
    st.rerun()
