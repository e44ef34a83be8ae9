"""Internal notes on a customer's page: written by the team, for the team."""

import datetime as dt

import streamlit as st

from dashboard.customer_page.sections import card
from dashboard.flash import flash, telling_refusals
from dashboard.markdown import escape_markdown
from db.domain import formats
from db.domain.actor import Actor
from db.domain.permissions import Permission
from db.domain.time import utc_now
from db.domain.viewer import Viewer
from db.engine import transaction
from db.queries.customer_rows import CustomerDetail, Note
from db.services.customer_notes import MAX_NOTE, add_customer_note, delete_customer_note


def show_notes(viewer: Viewer, customer: CustomerDetail, now: dt.datetime) -> None:
    """Draw the notes, the newest first, and the field for another one; nothing of an erased account."""
    if customer.is_erased and not customer.notes:
        return
    with card("Notes internes", "notes"):
        for note in customer.notes:
            _show_note(viewer, note, now)
        if not customer.is_erased:
            _show_field(viewer, customer.account.id)


def _show_note(viewer: Viewer, note: Note, now: dt.datetime) -> None:
    with st.container(horizontal=True, vertical_alignment="top", gap="xsmall"):
        who = f"{escape_markdown(note.person_name)} · {formats.short_instant(note.at, now)}"
        lines = "  \n".join(map(escape_markdown, note.body.splitlines()))
        st.markdown(f"{lines}  \n:small[:gray[{who}]]")
        st.space("stretch")
        if viewer.person_id == note.person_id or viewer.may(Permission.HANDLE_PERSONAL_DATA):
            st.button(
                "",
                key=f"customer_note_{note.id}_delete",
                icon=":material/delete:",
                type="tertiary",
                help="Supprimer cette note",
                on_click=_delete,
                args=(viewer, note.id),
            )


def _show_field(viewer: Viewer, customer_id: int) -> None:
    key = f"customer_note_{customer_id}"
    st.text_area(
        "Nouvelle note",
        key=key,
        height=80,
        max_chars=MAX_NOTE,
        label_visibility="collapsed",
        placeholder="À retenir de ce client, entre nous",
        help="Le client peut demander à la lire (RGPD)\u00a0: restez factuel.",
    )
    st.button(
        "Ajouter la note", key=f"{key}_add", icon=":material/add:", on_click=_add, args=(viewer, customer_id, key)
    )


@telling_refusals()
def _add(viewer: Viewer, customer_id: int, key: str) -> None:
    with transaction() as session:
        add_customer_note(session, Actor.person(viewer), customer_id, st.session_state[key], utc_now())
    st.session_state[key] = ""
    flash("Note ajoutée.")


@telling_refusals()
def _delete(viewer: Viewer, note_id: int) -> None:
    with transaction() as session:
        delete_customer_note(session, Actor.person(viewer), note_id)
    flash("Note supprimée.", icon=":material/delete:")
