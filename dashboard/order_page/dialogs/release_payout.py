"""Have an order that was kept out be paid to its seller again."""

import datetime as dt

import streamlit as st

from dashboard.markdown import escape_markdown
from dashboard.order_page.actions import Action
from dashboard.order_page.dialogs.form import Fields, Form, Opened
from db.domain.actor import Actor
from db.domain.payout_acts import MAX_NOTE
from db.domain.viewer import Viewer
from db.engine import transaction
from db.queries.order_rows import OrderPage
from db.services.payouts.holding import lift_hold

_NOTE = "note"


def _fields(_page: OrderPage, _action: Action) -> Fields:
    return {_NOTE: ""}


def _show(_viewer: Viewer, opened: Opened) -> bool:
    st.text_input(
        "Précisions (pour l’équipe)",
        key=opened.key(_NOTE),
        max_chars=MAX_NOTE,
        autocomplete="off",
        placeholder="Facultatif",
    )
    st.caption("La vente part avec la prochaine préparation, si sa date est venue.")
    return True


def _act(actor: Actor, opened: Opened, now: dt.datetime) -> str:
    with transaction() as session:
        lift_hold(session, actor, opened.action.hold_id or 0, opened.text(_NOTE), now)
    return f"La commande {escape_markdown(opened.page.header.number)} est de nouveau à verser à son vendeur."


FORM = Form(
    question=lambda _opened: "Verser de nouveau cette commande à son vendeur\u00a0?",
    verb=lambda _opened: "Lever la retenue",
    fields=_fields,
    show=_show,
    act=_act,
)
