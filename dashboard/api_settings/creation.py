"""The dialog that makes a token; it stays open, with what was typed, until the token is made."""

import datetime as dt

import streamlit as st

from dashboard.api_settings.new_token import keep_token
from dashboard.markdown import escape_markdown
from db.domain.api import Scope
from db.domain.errors import MarketplaceError
from db.domain.time import utc_now
from db.domain.viewer import Viewer
from db.engine import transaction
from db.services.api_tokens import create_api_token

_OPEN = "api_token_making"
#: How long a token opens the API; None for ever. A year is long enough to be left alone, and not for ever.
LIFETIMES = {
    dt.timedelta(days=90): "90 jours",
    dt.timedelta(days=365): "1 an",
    dt.timedelta(days=730): "2 ans",
    None: "Sans limite",
}
_DEFAULT_LIFETIME = 1


def show_create_button() -> None:
    """Draw the button that opens the dialog."""
    st.button("Créer un jeton", key="api_token_new", icon=":material/key:", type="primary", on_click=_open)


def show_creation(viewer: Viewer, sellers: dict[int, str]) -> None:
    """Draw the dialog while it is open."""
    if st.session_state.get(_OPEN):
        _dialog(viewer, sellers)


def _open() -> None:
    st.session_state[_OPEN] = True


def _close() -> None:
    st.session_state.pop(_OPEN, None)


@st.dialog("Créer un jeton pour une boutique", on_dismiss=_close)
def _dialog(viewer: Viewer, sellers: dict[int, str]) -> None:
    st.text_input(
        "Nom de la boutique",
        key="api_token_name",
        autocomplete="off",
        placeholder="L’historique des commandes le montrera",
        on_change="ignore",
    )
    st.pills(
        "Ce jeton permet de…",
        list(Scope),
        selection_mode="multi",
        default=list(Scope),
        format_func=lambda scope: scope.label,
        key="api_token_scopes",
        width="stretch",
    )
    st.selectbox(
        "Commandes",
        list(sellers),
        None,
        format_func=sellers.__getitem__,
        key="api_token_seller",
        placeholder="De tous les vendeurs",
    )
    st.selectbox(
        "Valable",
        list(LIFETIMES),
        _DEFAULT_LIFETIME,
        format_func=LIFETIMES.__getitem__,
        key="api_token_lifetime",
    )
    if st.button("Créer le jeton", type="primary", key="api_token_create"):
        _submit(viewer)


def _submit(viewer: Viewer) -> None:
    state, now = st.session_state, utc_now()
    name, lifetime = state["api_token_name"] or "", state["api_token_lifetime"]
    try:
        with transaction() as session:
            made = create_api_token(
                session,
                viewer,
                name=name,
                scopes=state["api_token_scopes"] or [],
                seller_id=state["api_token_seller"],
                expires_at=now + lifetime if lifetime else None,
                now=now,
            )
    except MarketplaceError as refusal:
        # Inside the dialog, not above the page that the dialog hides.
        st.error(escape_markdown(str(refusal)))
        return
    _close()
    keep_token(name, made.token)
    st.rerun()
