"""« Noter la livraison »: a parcel arrived, and the customer is asked to confirm it."""

import datetime as dt

import streamlit as st

from dashboard.markdown import escape_markdown
from dashboard.order_page.actions import Action
from dashboard.order_page.dialogs.form import Fields, Form, Opened
from dashboard.order_page.dialogs.parcel import parcel_of
from dashboard.statuses import label_of
from db.domain.actor import Actor
from db.domain.orders import OrderStatus
from db.domain.time import local_day, utc_now
from db.domain.viewer import Viewer
from db.engine import transaction
from db.queries.order_rows import OrderPage
from db.services.parcels import mark_delivered

_DAY = "day"


def _fields(_page: OrderPage, _action: Action) -> Fields:
    return {_DAY: local_day(utc_now())}


def _show(_viewer: Viewer, opened: Opened) -> bool:
    parcel = parcel_of(opened)
    st.date_input(
        "Livré le",
        key=opened.key(_DAY),
        format="DD/MM/YYYY",
        min_value=local_day(parcel.shipped_at),
        max_value=local_day(utc_now()),
    )
    st.markdown("  \n".join(_effects(opened)))
    return True


def _effects(opened: Opened) -> list[str]:
    parcel, header = parcel_of(opened), opened.page.header
    waits = [each for each in opened.page.shipments if each.id != parcel.id and each.is_under_way]
    said = []
    if not waits and header.status is OrderStatus.SHIPPED:
        after = escape_markdown(label_of(OrderStatus.DELIVERED))
        said.append(f"La commande passe à **«\u00a0{after}\u00a0»**\u00a0: c’était le dernier colis.")
    if header.customer_email.strip():
        said.append("Le client reçoit le lien pour confirmer la réception.")
    return said or ["Aucun e-mail ne part\u00a0: l’adresse du client n’est pas renseignée."]


def _act(actor: Actor, opened: Opened, now: dt.datetime) -> str:
    with transaction() as session:
        mark_delivered(session, actor, parcel_of(opened).id, opened.version, opened.value(_DAY), now)
    return "Livraison notée."


FORM = Form(
    question=lambda _opened: "Quand ce colis est-il arrivé\u00a0?",
    verb=lambda _opened: "Noter la livraison",
    fields=_fields,
    show=_show,
    act=_act,
)
