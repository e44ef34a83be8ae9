"""Keep an order out of what its seller is paid: a dispute, or another reason, for finance."""

import datetime as dt

import streamlit as st

from dashboard.markdown import escape_markdown
from dashboard.order_page.actions import Action
from dashboard.order_page.dialogs.form import Fields, Form, Opened
from db.domain.actor import Actor
from db.domain.payout_acts import MAX_NOTE
from db.domain.payouts import HoldReason
from db.domain.viewer import Viewer
from db.engine import transaction
from db.queries.order_rows import OrderPage
from db.services.payouts.holding import ORDER_HOLD_REASONS, hold_order

_REASON, _NOTE = "reason", "note"


def _fields(_page: OrderPage, _action: Action) -> Fields:
    return {_REASON: HoldReason.DISPUTE, _NOTE: ""}


def _show(_viewer: Viewer, opened: Opened) -> bool:
    st.segmented_control(
        "Pourquoi",
        ORDER_HOLD_REASONS,
        key=opened.key(_REASON),
        format_func=lambda reason: reason.label,
        required=True,
        label_visibility="collapsed",
    )
    st.text_input(
        "Précisions (pour l’équipe)",
        key=opened.key(_NOTE),
        max_chars=MAX_NOTE,
        autocomplete="off",
        placeholder="Colis vide d’après le client, photos attendues",
    )
    seller = escape_markdown(opened.page.header.seller_name)
    st.caption(
        f"Cette vente n’est pas versée à {seller} tant que vous ne levez pas la retenue\u00a0; ses autres ventes le "
        "sont. Si un reversement à approuver la contient, elle en est retirée. Le vendeur voit qu’elle est retenue et "
        "pour quelle raison, sans les précisions."
    )
    return True


def _act(actor: Actor, opened: Opened, now: dt.datetime) -> str:
    with transaction() as session:
        hold_order(session, actor, opened.order_id, opened.value(_REASON), opened.text(_NOTE), now)
    return f"La commande {escape_markdown(opened.page.header.number)} n’est plus versée à son vendeur."


FORM = Form(
    question=lambda _opened: "Ne pas verser cette commande à son vendeur\u00a0?",
    verb=lambda _opened: "Retenir cette commande",
    fields=_fields,
    show=_show,
    act=_act,
)
