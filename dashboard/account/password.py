"""Changing one's own password, or choosing the first one."""

import streamlit as st

from dashboard.flash import flash, flash_refusal, telling_refusals
from db.domain import formats
from db.domain.access import PASSWORD_MIN_LENGTH
from db.domain.time import utc_now
from db.engine import reading, transaction
from db.queries.access import SignedIn
from db.services.access import note_attempt
from db.services.people import change_password, check_password_change


def show_password_form(here: SignedIn) -> None:
    """Draw the form; who came in by a link and has no password yet is told so, and not asked for one."""
    st.subheader("Mot de passe", anchor=False)
    if not here.has_password:
        st.info("Vous n’avez pas encore de mot de passe\u00a0: choisissez-en un pour revenir sans lien.")
    with st.form("password", clear_on_submit=True):
        if here.has_password:
            _field("Mot de passe actuel", "current", "current-password")
        _field(
            "Nouveau mot de passe",
            "new",
            "new-password",
            f"{PASSWORD_MIN_LENGTH} caractères au moins. Une phrase de quelques mots convient bien.",
        )
        _field("Encore une fois", "again", "new-password")
        st.caption("Vos sessions dans d’autres navigateurs seront fermées.")
        st.form_submit_button(
            "Changer le mot de passe" if here.has_password else "Choisir le mot de passe",
            type="primary",
            on_click=_submit,
            args=(here,),
        )


def _field(label: str, name: str, autocomplete: str, advice: str | None = None) -> None:
    st.text_input(label, type="password", key=f"password_{name}", autocomplete=autocomplete, help=advice)


@telling_refusals()
def _submit(here: SignedIn) -> None:
    current, new, again = (st.session_state.get(f"password_{name}") or "" for name in ("current", "new", "again"))
    if new != again:
        flash_refusal("Les deux saisies du nouveau mot de passe diffèrent. Recommencez.")
        return
    now = utc_now()
    # Three steps, so that a wrong guess stays counted and no write waits for the hash.
    with transaction() as session:
        note_attempt(session, here.viewer.email, "", now)
    with reading() as session:
        change = check_password_change(session, here.viewer, current, new)
    with transaction() as session:
        ended = change_password(session, here.viewer, here.session_id, change, now)
    others = f" {formats.plural(ended, 'autre session fermée', 'autres sessions fermées')}." if ended else ""
    flash(f"Mot de passe enregistré.{others}")
