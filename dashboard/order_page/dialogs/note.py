"""Write something down about an order, for the house alone."""

import datetime as dt

import streamlit as st

from dashboard.order_page.actions import Action
from dashboard.order_page.dialogs.form import Fields, Form, Opened
from db.domain.actor import Actor
from db.domain.viewer import Viewer
from db.engine import transaction
from db.queries.order_rows import OrderPage
from db.services.notes import MAX_NOTE, add_note

_NOTE = "note"


def _fields(_page: OrderPage, _action: Action) -> Fields:
    return {_NOTE: ""}


def _show(_viewer: Viewer, opened: Opened) -> bool:
    st.text_area("Note", key=opened.key(_NOTE), height=140, max_chars=MAX_NOTE)
    st.caption("Visible de l’équipe seulement\u00a0: ni le client ni le vendeur ne la voient.")
    return True


def _act(actor: Actor, opened: Opened, now: dt.datetime) -> str:
    with transaction() as session:
        add_note(session, actor, opened.order_id, opened.text(_NOTE), now)
    return "Note ajoutée."


FORM = Form(
    question=lambda _opened: "Que faut-il retenir de cette commande\u00a0?",
    verb=lambda _opened: "Ajouter la note",
    fields=_fields,
    show=_show,
    act=_act,
)
