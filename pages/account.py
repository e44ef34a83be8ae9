"""Mon compte: who I am here, my password, the browsers I am signed in with."""

import streamlit as st

from dashboard import formats
from dashboard.browsers import browser_name
from dashboard.flash import flash, flash_refusal
from dashboard.markdown import escape_markdown
from dashboard.viewer import signed_in
from db.domain.access import PASSWORD_MIN_LENGTH
from db.domain.errors import MarketplaceError
from db.domain.time import utc_now
from db.engine import reading, transaction
from db.queries.access import OpenSession, open_sessions
from db.services.access import end_other_sessions, end_session, note_attempt
from db.services.people import change_password, check_password_change

here = signed_in()
viewer = here.viewer
now = utc_now()


def submit_password() -> None:
    current, new, again = (st.session_state.get(f"password_{field}") or "" for field in ("current", "new", "again"))
    if new != again:
        flash_refusal("Les deux saisies du nouveau mot de passe diffèrent. Recommencez.")
        return
    try:
        with transaction() as session:
            note_attempt(session, viewer.email, "", now)
        with reading() as session:
            change = check_password_change(session, viewer, current, new)
        with transaction() as session:
            ended = change_password(session, viewer, here.session_id, change, now)
    except MarketplaceError as refusal:
        flash_refusal(str(refusal))
        return
    others = f" {formats.plural(ended, 'autre session fermée', 'autres sessions fermées')}." if ended else ""
    flash(f"Mot de passe enregistré.{others}")


def close(session_id: int) -> None:
    try:
        with transaction() as session:
            end_session(session, viewer, session_id, now)
    except MarketplaceError as refusal:
        flash_refusal(str(refusal))
    else:
        flash("Session fermée.")


def close_others() -> None:
    with transaction() as session:
        ended = end_other_sessions(session, viewer, here.session_id, now)
    flash(f"{formats.plural(ended, 'session fermée', 'sessions fermées')}.")


def show_session(opened: OpenSession) -> None:
    is_here = opened.id == here.session_id
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        with st.container(gap=None):
            name = escape_markdown(browser_name(opened.user_agent))
            st.markdown(f"**{name}** :green-badge[Ce navigateur]" if is_here else f"**{name}**")
            st.caption(
                f"Adresse {escape_markdown(opened.ip_address) or 'inconnue'} · "
                f"ouverte le {formats.instant(opened.created_at)} · "
                f"vue {formats.short_instant(opened.last_seen_at, now)}"
            )
        if not is_here:
            st.button("Fermer", key=f"close_{opened.id}", on_click=close, args=(opened.id,), width="content")


st.title("Mon compte")
st.markdown(
    f"**{escape_markdown(viewer.name)}** · {escape_markdown(viewer.email)} · {viewer.role.label}",
)

password, sessions = st.columns(2, gap="large")

with password:
    st.subheader("Mot de passe")
    if not here.has_password:
        st.info("Vous n’avez pas encore de mot de passe\u00a0: choisissez-en un pour revenir sans lien.")
    with st.form("password", clear_on_submit=True):
        if here.has_password:
            st.text_input(
                "Mot de passe actuel", type="password", key="password_current", autocomplete="current-password"
            )
        st.text_input(
            "Nouveau mot de passe",
            type="password",
            key="password_new",
            autocomplete="new-password",
            help=f"{PASSWORD_MIN_LENGTH} caractères au moins. Une phrase de quelques mots convient bien.",
        )
        st.text_input("Encore une fois", type="password", key="password_again", autocomplete="new-password")
        st.caption("Vos sessions dans d’autres navigateurs seront fermées.")
        st.form_submit_button(
            "Changer le mot de passe" if here.has_password else "Choisir le mot de passe",
            type="primary",
            on_click=submit_password,
        )

with sessions:
    st.subheader("Sessions ouvertes")
    with reading() as database:
        opened_sessions = open_sessions(database, viewer, now)
    for opened_session in opened_sessions:
        show_session(opened_session)
    if len(opened_sessions) > 1:
        st.button("Fermer toutes les autres", key="close_others", on_click=close_others)
