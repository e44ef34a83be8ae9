"""« Annuler ce colis »: it did not leave after all, and its articles are to ship again."""

import datetime as dt

import streamlit as st

from dashboard.order_page.actions import Action
from dashboard.order_page.dialogs.carrier_fields import held
from dashboard.order_page.dialogs.effects import status_effect
from dashboard.order_page.dialogs.form import Fields, Form, Opened
from dashboard.order_page.dialogs.parcel import parcel_of
from db.domain import formats
from db.domain.actor import Actor
from db.domain.move_words import MAX_NOTE
from db.domain.viewer import Viewer
from db.engine import transaction
from db.queries.order_rows import OrderPage
from db.services.parcels import cancel_parcel, status_after_recall

_REASON = "reason"


def _fields(_page: OrderPage, _action: Action) -> Fields:
    return {_REASON: ""}


def _show(_viewer: Viewer, opened: Opened) -> bool:
    st.text_area("Raison (pour l’équipe)", key=opened.key(_REASON), height=68, max_chars=MAX_NOTE)
    parcel = parcel_of(opened)
    others = sum(each.cancelled_at is None and each.id != parcel.id for each in opened.page.shipments)
    effect = status_effect(opened.page.header.status, status_after_recall(others))
    units = formats.plural(parcel.units, "article est de nouveau", "articles sont de nouveau")
    st.markdown(
        f"{units} à expédier.  \n{effect}  \n"
        "L’e-mail d’expédition qui attend encore ne partira pas\u00a0; s’il est parti, écrivez au client."
    )
    return True


def _act(actor: Actor, opened: Opened, now: dt.datetime) -> str:
    with transaction() as session:
        cancel_parcel(session, actor, parcel_of(opened).id, opened.version, held(opened, _REASON), now)
    return "Colis annulé\u00a0: ses articles sont de nouveau à expédier."


FORM = Form(
    question=lambda _opened: "Ce colis n’est pas parti\u00a0?",
    verb=lambda _opened: "Annuler ce colis",
    fields=_fields,
    show=_show,
    act=_act,
)
