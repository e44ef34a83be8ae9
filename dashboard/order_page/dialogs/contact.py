"""Correct who is written to and called about an order."""

import datetime as dt

import streamlit as st

from dashboard.order_page.actions import Action
from dashboard.order_page.dialogs.editing import edited
from dashboard.order_page.dialogs.form import Fields, Form, Opened
from db.domain.actor import Actor
from db.domain.viewer import Viewer
from db.queries.order_rows import OrderPage
from db.services.edits import ContactEdit


def _fields(page: OrderPage, _action: Action) -> Fields:
    header = page.header
    return {"name": header.customer_name, "email": header.customer_email, "phone": header.customer_phone}


def _show(_viewer: Viewer, opened: Opened) -> bool:
    st.text_input("Nom", key=opened.key("name"), autocomplete="off", on_change="ignore")
    st.text_input("E-mail", key=opened.key("email"), autocomplete="off", on_change="ignore")
    st.text_input("Téléphone", key=opened.key("phone"), autocomplete="off", on_change="ignore")
    st.caption(
        "Pour cette commande seulement\u00a0: la fiche du client ne change pas. Les e-mails qui attendent encore "
        "partiront à la nouvelle adresse."
    )
    return True


def _act(actor: Actor, opened: Opened, now: dt.datetime) -> str:
    edit = ContactEdit(opened.text("name"), opened.text("email"), opened.text("phone"))
    return edited(actor, opened, edit, now, "Contact modifié.")


FORM = Form(
    question=lambda _opened: "Qui contacter pour cette commande\u00a0?",
    verb=lambda _opened: "Modifier le contact",
    fields=_fields,
    show=_show,
    act=_act,
)
