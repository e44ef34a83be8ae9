"""« Noter la livraison »: a parcel arrived, and the customer is asked to confirm it."""

import datetime as dt
from collections.abc import Sequence

import streamlit as st

from dashboard.order_page.actions import Action
from dashboard.order_page.dialogs.effects import status_effect
from dashboard.order_page.dialogs.form import Fields, Form, Opened
from dashboard.order_page.dialogs.letters import EXAMPLE, show_recipients
from dashboard.order_page.dialogs.parcel import parcel_of
from dashboard.order_page.dialogs.planned import why_no_letter
from db.domain.actor import Actor
from db.domain.orders import OrderStatus
from db.domain.time import local_day, utc_now
from db.domain.viewer import Viewer
from db.engine import reading, transaction
from db.queries.order_rows import OrderPage
from db.queries.statuses import status_settings
from db.services.order_facts import load_facts
from db.services.outbox import Letter, address_book, letters_for
from db.services.parcels import mark_delivered

_DAY = "day"


def _fields(_page: OrderPage, _action: Action) -> Fields:
    return {_DAY: local_day(utc_now()), EXAMPLE: False}


def _show(viewer: Viewer, opened: Opened) -> bool:
    parcel, status = parcel_of(opened), opened.page.header.status
    st.date_input(
        "Livré le",
        key=opened.key(_DAY),
        format="DD/MM/YYYY",
        min_value=local_day(parcel.shipped_at),
        max_value=local_day(utc_now()),
    )
    if _is_last(opened):
        st.markdown(f"C’était le dernier colis. {status_effect(status, OrderStatus.DELIVERED)}")
    else:
        st.markdown(status_effect(status, status))
    if letters := _letters(viewer, opened):
        show_recipients(opened, letters)
    else:
        st.caption(why_no_letter(opened.page, OrderStatus.DELIVERED))
    return True


def _is_last(opened: Opened) -> bool:
    """Tell whether the order has arrived with this parcel."""
    parcel = parcel_of(opened)
    others = [each for each in opened.page.shipments if each.id != parcel.id and each.is_under_way]
    return not others and opened.page.header.status is OrderStatus.SHIPPED


def _letters(viewer: Viewer, opened: Opened) -> Sequence[Letter]:
    """Return whom the act writes to: what is delivered asks for a confirmation, unless its e-mail is off."""
    with reading() as session:
        look = status_settings(session)[OrderStatus.DELIVERED]
        order = load_facts(session, Actor.person(viewer), [opened.order_id]).get(opened.order_id)
        if order is None or not look.sends_email or look.template is None:
            return ()
        units = {str(line_id): count for line_id, count in parcel_of(opened).contents}
        words = {"status": order.status.value, "lines": units}
        return letters_for(order, look.template, address_book(session, [order.seller_id]), words)


def _act(actor: Actor, opened: Opened, now: dt.datetime) -> str:
    with transaction() as session:
        mark_delivered(session, actor, parcel_of(opened).id, opened.version, opened.value(_DAY), now)
    return ""  # The line that lets it be taken back says it.


FORM = Form(
    question=lambda _opened: "Quand ce colis est-il arrivé\u00a0?",
    verb=lambda _opened: "Noter la livraison",
    fields=_fields,
    show=_show,
    act=_act,
)
