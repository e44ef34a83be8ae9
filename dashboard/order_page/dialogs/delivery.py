"""Correct how the goods reach the customer."""

import datetime as dt

import streamlit as st

from dashboard.order_page.actions import Action
from dashboard.order_page.dialogs.editing import edited
from dashboard.order_page.dialogs.form import Fields, Form, Opened
from db.domain.actor import Actor
from db.domain.orders import DeliveryMode
from db.domain.viewer import Viewer
from db.queries.order_rows import OrderPage
from db.services.edits import DeliveryEdit


def _fields(page: OrderPage, _action: Action) -> Fields:
    return {"mode": page.header.delivery_mode, "pickup": page.header.pickup_address}


def _show(_viewer: Viewer, opened: Opened) -> bool:
    mode = st.selectbox("Mode", list(DeliveryMode), key=opened.key("mode"), format_func=lambda each: each.label)
    st.text_area(
        "Nom et adresse du point de retrait",
        key=opened.key("pickup"),
        height=100,
        disabled=mode is DeliveryMode.HOME,
    )
    st.caption("Les frais de livraison de la commande ne changent pas.")
    return True


def _act(actor: Actor, opened: Opened, now: dt.datetime) -> str:
    edit = DeliveryEdit(opened.value("mode"), opened.text("pickup"))
    return edited(actor, opened, edit, now, "Livraison modifiée.")


FORM = Form(
    question=lambda _opened: "Comment livrer cette commande\u00a0?",
    verb=lambda _opened: "Modifier la livraison",
    fields=_fields,
    show=_show,
    act=_act,
)
