"""« Expédier »: which articles leave in this parcel, with whom, and what the customer is told."""

import datetime as dt

import streamlit as st

from dashboard.order_page.actions import Action
from dashboard.order_page.dialogs.carrier_fields import CARRIER, DAY, LINK, NUMBER, held, known_name, show_parcel_fields
from dashboard.order_page.dialogs.form import Fields, Form, Opened
from dashboard.order_page.dialogs.letters import EXAMPLE, MUTED, keep_letter_choices
from dashboard.order_page.dialogs.planned import show_plan, show_refusal
from dashboard.order_page.dialogs.quantities import chosen_units, quantity_fields, show_quantities
from db.domain import formats
from db.domain.actor import Actor
from db.domain.errors import InvalidInputError
from db.domain.move_words import MAX_MESSAGE
from db.domain.moves import Move
from db.domain.orders import OrderStatus
from db.domain.time import local_day, utc_now
from db.domain.viewer import Viewer
from db.engine import reading, transaction
from db.queries.carriers import all_carriers
from db.queries.order_rows import OrderPage
from db.services.moves import move_order

_MESSAGE = "message"


def _question(opened: Opened) -> str:
    if opened.page.header.status is OrderStatus.PARTLY_SHIPPED:
        return "Expédier le reste de cette commande\u00a0?"
    return "Expédier cette commande\u00a0?"


def _verb(opened: Opened) -> str:
    try:
        units = sum(chosen_units(opened).values())
    except InvalidInputError:
        return "Expédier"
    return f"Expédier {formats.plural(units, 'article')}" if opened.page.lines else "Expédier"


def _fields(page: OrderPage, _action: Action) -> Fields:
    with reading() as session:
        carrier = known_name(all_carriers(session), page.header.carrier)
    return {
        NUMBER: "",
        CARRIER: carrier,
        LINK: "",
        DAY: local_day(utc_now()),
        _MESSAGE: "",
        MUTED: False,
        EXAMPLE: False,
    } | quantity_fields(page)


def _show(viewer: Viewer, opened: Opened) -> bool:
    with reading() as session:
        carriers = all_carriers(session)
    show_parcel_fields(opened, carriers, "Parti le")
    show_quantities(opened)
    st.text_area("Message au client (dans l’e-mail)", key=opened.key(_MESSAGE), height=68, max_chars=MAX_MESSAGE)
    try:
        units = chosen_units(opened)
    except InvalidInputError as fault:
        show_refusal(opened, fault)
        keep_letter_choices(opened)
        return False
    return show_plan(viewer, opened, _move(opened), without_words=Move(OrderStatus.SHIPPED, units=units))


def _move(opened: Opened) -> Move:
    return Move(
        OrderStatus.SHIPPED,
        message=held(opened, _MESSAGE),
        carrier=held(opened, CARRIER),
        tracking_number=held(opened, NUMBER),
        tracking_url=held(opened, LINK),
        units=chosen_units(opened) if opened.page.lines else None,
        happened_on=opened.value(DAY),
        notifies=not st.session_state.get(opened.key(MUTED)),
    )


def _act(actor: Actor, opened: Opened, now: dt.datetime) -> str:
    with transaction() as session:
        move_order(session, actor, opened.order_id, _move(opened), now, version=opened.version)
    return ""  # The line that lets it be taken back says it.


FORM = Form(question=_question, verb=_verb, fields=_fields, show=_show, act=_act)
