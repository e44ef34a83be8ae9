"""Take an order out of error: an administrator's, with what was repaired."""

import datetime as dt

import streamlit as st

from dashboard.order_page.actions import Action
from dashboard.order_page.dialogs.effects import status_effect
from dashboard.order_page.dialogs.form import Fields, Form, Opened
from dashboard.order_page.trouble import show_trouble
from db.domain.actor import Actor
from db.domain.orders import OrderStatus
from db.domain.viewer import Viewer
from db.engine import transaction
from db.queries.order_rows import OrderPage
from db.services.error_state import repair

_NOTE, _AS_IT_IS = "note", "as_it_is"


def _fields(_page: OrderPage, _action: Action) -> Fields:
    return {_NOTE: "", _AS_IT_IS: False}


def _show(_viewer: Viewer, opened: Opened) -> bool:
    header = opened.page.header
    show_trouble(opened.page)
    st.text_area("Ce qui a été réparé (pour l’équipe)", key=opened.key(_NOTE), height=100)
    if header.status is not OrderStatus.ERROR or header.status_before_error is None:
        st.info("Cette commande n’est plus en erreur\u00a0: il n’y a rien à réparer.")
        return False
    st.checkbox(
        "La reprendre telle quelle, même si elle n’est pas corrigée",
        key=opened.key(_AS_IT_IS),
        help="Pour l’annuler, par exemple. Si elle vient d’arriver de la boutique, ni le vendeur ni le client "
        "ne sont prévenus de cette commande.",
    )
    st.markdown(f"{status_effect(header.status, header.status_before_error)}  \nPersonne n’est prévenu.")
    return True


def _act(actor: Actor, opened: Opened, now: dt.datetime) -> str:
    with transaction() as session:
        repair(
            session,
            actor,
            opened.order_id,
            opened.version,
            opened.text(_NOTE),
            now,
            as_it_is=bool(opened.value(_AS_IT_IS)),
        )
    return ""  # The line that lets it be taken back says it.


FORM = Form(
    question=lambda _opened: "Sortir cette commande de l’erreur\u00a0?",
    verb=lambda _opened: "Réparer la commande",
    fields=_fields,
    show=_show,
    act=_act,
)
