"""« Remettre au client »: who came for the goods said the code of their e-mail, or was recognised otherwise."""

import datetime as dt

import streamlit as st

from dashboard.order_page.actions import Action
from dashboard.order_page.dialogs.carrier_fields import held
from dashboard.order_page.dialogs.form import Fields, Form, Opened
from dashboard.order_page.dialogs.letters import EXAMPLE, MUTED
from dashboard.order_page.dialogs.planned import show_plan
from db.domain.actor import Actor
from db.domain.move_words import MAX_NOTE
from db.domain.moves import Move
from db.domain.orders import OrderStatus
from db.domain.viewer import Viewer
from db.engine import transaction
from db.queries.order_rows import OrderPage
from db.services.moves import move_order

_CODE, _NOTE = "code", "note"
#: Six digits, and the spaces that people type between them.
_MAX_CODE = 12


def _fields(_page: OrderPage, _action: Action) -> Fields:
    return {_CODE: "", _NOTE: "", MUTED: False, EXAMPLE: False}


def _show(viewer: Viewer, opened: Opened) -> bool:
    if opened.page.header.has_pickup_code:
        st.text_input(
            "Code de retrait",
            key=opened.key(_CODE),
            max_chars=_MAX_CODE,
            autocomplete="off",
            placeholder="Les six chiffres de l’e-mail du client",
        )
        label = "Sans le code, comment avez-vous reconnu le client\u00a0?"
    else:
        st.info("Aucun code de retrait n’a été envoyé au client.", icon=":material/info:")
        label = "Comment avez-vous reconnu le client\u00a0?"
    st.text_area(label, key=opened.key(_NOTE), height=68, max_chars=MAX_NOTE, placeholder="Pièce d’identité, facture…")
    return show_plan(viewer, opened, _move(opened), without_words=Move(OrderStatus.SHIPPED, handed_over=True))


def _move(opened: Opened) -> Move:
    return Move(
        OrderStatus.SHIPPED,
        handed_over=True,
        pickup_code=held(opened, _CODE),
        note=held(opened, _NOTE),
        notifies=not st.session_state.get(opened.key(MUTED)),
    )


def _act(actor: Actor, opened: Opened, now: dt.datetime) -> str:
    with transaction() as session:
        move_order(session, actor, opened.order_id, _move(opened), now, version=opened.version)
    return ""  # The line that lets it be taken back says it.


FORM = Form(
    question=lambda _opened: "Remettre cette commande au client\u00a0?",
    verb=lambda opened: opened.action.label,
    fields=_fields,
    show=_show,
    act=_act,
)
