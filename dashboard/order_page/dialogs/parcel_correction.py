"""« Corriger »: a parcel's carrier, number, link or day was noted wrong."""

import datetime as dt

import streamlit as st

from dashboard.order_page.actions import Action
from dashboard.order_page.dialogs.carrier_fields import CARRIER, DAY, LINK, NUMBER, held, known_name, show_parcel_fields
from dashboard.order_page.dialogs.form import Fields, Form, Opened
from dashboard.order_page.dialogs.parcel import parcel_of, parcel_on
from db.domain.actor import Actor
from db.domain.carriers import carrier_named
from db.domain.time import local_day
from db.domain.viewer import Viewer
from db.engine import reading, transaction
from db.queries.carriers import all_carriers
from db.queries.order_rows import OrderPage
from db.services.parcels import ParcelEdit, correct_parcel

_NOTIFIES = "notifies"


def _fields(page: OrderPage, action: Action) -> Fields:
    parcel = parcel_on(page, action)
    with reading() as session:
        carriers = all_carriers(session)
    carrier = carrier_named(carriers, parcel.carrier)
    # A link that the number makes follows the number; one of its own is corrected by hand.
    is_made = carrier is not None and parcel.tracking_url == carrier.tracking_url(parcel.tracking_number)
    return {
        NUMBER: parcel.tracking_number,
        CARRIER: known_name(carriers, parcel.carrier),
        LINK: "" if is_made else parcel.tracking_url,
        DAY: local_day(parcel.shipped_at),
        _NOTIFIES: False,
    }


def _show(_viewer: Viewer, opened: Opened) -> bool:
    with reading() as session:
        carriers = all_carriers(session)
    show_parcel_fields(opened, carriers, "Parti le")
    if opened.page.header.customer_email.strip():
        st.toggle("Écrire de nouveau au client, avec le lien corrigé", key=opened.key(_NOTIFIES))
    st.caption("Un e-mail qui attend encore partira corrigé.")
    return True


def _act(actor: Actor, opened: Opened, now: dt.datetime) -> str:
    edit = ParcelEdit(held(opened, CARRIER), held(opened, NUMBER), held(opened, LINK), opened.value(DAY))
    notifies = bool(st.session_state.get(opened.key(_NOTIFIES)))
    with transaction() as session:
        parcel_id = parcel_of(opened).id
        history_id = correct_parcel(session, actor, parcel_id, opened.version, edit, now, notifies=notifies)
    return "Colis corrigé." if history_id is not None else "Rien n’a changé\u00a0: tout était déjà ainsi."


FORM = Form(
    question=lambda _opened: "Que faut-il corriger de ce colis\u00a0?",
    verb=lambda _opened: "Corriger le colis",
    fields=_fields,
    show=_show,
    act=_act,
)
