"""« Relancer »: write once more to a customer who has not paid."""

import datetime as dt

import streamlit as st

from dashboard.markdown import escape_markdown
from dashboard.order_page.actions import Action
from dashboard.order_page.dialogs.form import Fields, Form, Opened
from dashboard.order_page.dialogs.letters import show_recipients
from db.domain.actor import Actor
from db.domain.errors import MarketplaceError
from db.domain.time import utc_now
from db.domain.viewer import Viewer
from db.engine import reading, transaction
from db.queries.order_rows import OrderPage
from db.services.messages import plan_reminders, remind


def _fields(_page: OrderPage, _action: Action) -> Fields:
    return {"example": False}


def _show(viewer: Viewer, opened: Opened) -> bool:
    try:
        with reading() as session:
            plan = plan_reminders(session, Actor.person(viewer), [opened.order_id], utc_now())
        if plan.refused:
            raise plan.refused[0].error
    except MarketplaceError as refusal:
        st.info(escape_markdown(str(refusal)), icon=":material/info:")
        return False
    show_recipients(opened, plan.letters)
    return True


def _act(actor: Actor, opened: Opened, now: dt.datetime) -> str:
    with transaction() as session:
        done = remind(session, actor, [opened.order_id], now)
    if done.refused:
        raise done.refused[0].error
    return ""  # The line that lets it be taken back says it.


FORM = Form(
    question=lambda _opened: "Relancer le client\u00a0?",
    verb=lambda _opened: "Relancer le client",
    fields=_fields,
    show=_show,
    act=_act,
)
