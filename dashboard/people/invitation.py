"""The dialog that invites a person; it stays open, with what was typed, until the invitation is accepted."""

import streamlit as st

from dashboard.markdown import escape_markdown
from dashboard.one_time_link import keep_link
from dashboard.people.fields import show_fields, typed_fields
from dashboard.people.navigation import choose
from db.domain.errors import MarketplaceError
from db.domain.time import utc_now
from db.domain.viewer import Viewer
from db.engine import transaction
from db.services.people import invite

_OPEN = "people_inviting"


def show_invite_button() -> None:
    """Draw the button that opens the dialog."""
    st.button("Inviter une personne", key="invite", icon=":material/person_add:", type="primary", on_click=_open)


def show_invitation(viewer: Viewer, sellers: dict[int, str]) -> None:
    """Draw the dialog while it is open."""
    if st.session_state.get(_OPEN):
        _dialog(viewer, sellers)


def _open() -> None:
    st.session_state[_OPEN] = True


def _close() -> None:
    st.session_state.pop(_OPEN, None)


@st.dialog("Inviter une personne", on_dismiss=_close)
def _dialog(viewer: Viewer, sellers: dict[int, str]) -> None:
    st.text_input("Adresse e-mail", key="invite_email", autocomplete="off", on_change="ignore")
    show_fields("invite", sellers)
    st.caption("Vous recevez un lien à lui transmettre. Il sert une fois, à choisir son mot de passe.")
    if st.button("Créer l’invitation", type="primary", key="invite_submit"):
        _submit(viewer)


def _submit(viewer: Viewer) -> None:
    email, fields = st.session_state["invite_email"] or "", typed_fields("invite")
    try:
        with transaction() as session:
            invited = invite(session, viewer, email=email, now=utc_now(), **fields)
    except MarketplaceError as refusal:
        # Inside the dialog, not above the page that the dialog hides.
        st.error(escape_markdown(str(refusal)))
        return
    _close()
    keep_link(fields["name"], invited.link)
    choose(invited.person_id)
    st.rerun()
