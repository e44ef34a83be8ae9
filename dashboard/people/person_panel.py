"""One person beside the list: who it is, what may be changed, and the ways in."""

import datetime as dt

import streamlit as st

from dashboard.badges import person_badge
from dashboard.markdown import escape_markdown
from dashboard.people.actions import give_link, let_in_again, save, shut_out, sign_out_everywhere
from dashboard.people.fields import show_fields
from db.domain import formats
from db.domain.viewer import Viewer
from db.queries.access import PersonRow


def show_panel(viewer: Viewer, person: PersonRow | None, sellers: dict[int, str], now: dt.datetime) -> None:
    """Draw the chosen person, or say how to choose one."""
    if person is None:
        st.info("Cochez une personne pour changer son rôle, lui donner un lien d’accès ou désactiver son compte.")
        return
    key = f"person_{person.id}"
    with st.container(border=True):
        _show_identity(person, now)
        show_fields(key, sellers, person.name, person.role, person.seller_id)
        st.button("Enregistrer", type="primary", key=f"{key}_save", on_click=save, args=(viewer, person, key))
        st.divider()
        with st.container(horizontal=True):
            _show_access(viewer, person, key)


def _show_identity(person: PersonRow, now: dt.datetime) -> None:
    st.subheader(escape_markdown(person.name), anchor=False)
    seen = formats.short_instant(person.last_sign_in_at, now) if person.last_sign_in_at else "jamais"
    st.markdown(person_badge(person.state))
    st.caption(f"{escape_markdown(person.email)} · dernière connexion{formats.NO_BREAK_SPACE}: {seen}")


def _show_access(viewer: Viewer, person: PersonRow, key: str) -> None:
    who = (viewer, person)
    if not person.is_active:
        st.button("Réactiver le compte", key=f"{key}_reactivate", on_click=let_in_again, args=who)
        return
    with st.popover("Nouveau lien d’accès"):
        st.write("Pour un mot de passe oublié ou une invitation perdue. Les liens précédents cessent de fonctionner.")
        st.button("Créer le lien", type="primary", key=f"{key}_link", on_click=give_link, args=who)
    if person.sessions:
        label = f"Fermer {formats.plural(person.sessions, 'session')}"
        st.button(label, key=f"{key}_end", on_click=sign_out_everywhere, args=who)
    with st.popover("Désactiver le compte"):
        st.write(
            "Ses sessions se ferment aussitôt et ses liens d’accès cessent de fonctionner. Rien de ce que cette "
            "personne a fait n’est effacé, et vous pourrez réactiver son compte."
        )
        st.button("Désactiver", type="primary", key=f"{key}_deactivate", on_click=shut_out, args=who)
