"""« Établir son avoir »: the credit note of what was given back without one."""

import datetime as dt

import streamlit as st

from dashboard.markdown import escape_markdown
from dashboard.order_page.actions import Action
from dashboard.order_page.dialogs.credit_note import credit_effects
from dashboard.order_page.dialogs.form import Fields, Form, Opened
from dashboard.order_page.dialogs.planned import show_refusal
from db.domain import formats
from db.domain.actor import Actor
from db.domain.documents import AmountChangedError, DocumentKind
from db.domain.errors import MarketplaceError
from db.domain.time import utc_now
from db.domain.viewer import Viewer
from db.engine import reading, transaction
from db.queries.order_rows import OrderPage
from db.services.settlement_documents import credit_settlement, plan_crediting

_TELLS = "tells"
#: The amount that is announced in the effects: no other is issued.
_ANNOUNCED = "announced"


def _fields(_page: OrderPage, _action: Action) -> Fields:
    return {_TELLS: False}


def _show(viewer: Viewer, opened: Opened) -> bool:
    try:
        with reading() as session:
            basis, credited = plan_crediting(session, Actor.person(viewer), _settlement_id(opened), utc_now())
    except MarketplaceError as refusal:
        show_refusal(opened, refusal)
        return False
    st.session_state[opened.key(_ANNOUNCED)] = -credited.gross_cents
    st.markdown("  \n".join(credit_effects(basis, credited)[:-1]))
    if email := opened.page.header.customer_email.strip():
        st.toggle(f"Envoyer l’avoir au client ({escape_markdown(email)})", key=opened.key(_TELLS))
    return True


def _act(actor: Actor, opened: Opened, now: dt.datetime) -> str:
    with transaction() as session:
        tells = bool(st.session_state.get(opened.key(_TELLS)))
        issued = credit_settlement(session, actor, _settlement_id(opened), now, notifies=tells)
        amount = formats.money(-issued.gross_cents, opened.page.header.currency)
        if -issued.gross_cents != st.session_state.get(opened.key(_ANNOUNCED)):
            raise AmountChangedError(DocumentKind.CREDIT_NOTE, amount)
    return escape_markdown(f"Avoir {issued.number} de {amount} établi\u00a0: son PDF se prépare.")


def _settlement_id(opened: Opened) -> int:
    if opened.action.settlement_id is None:
        raise ValueError("this credit note is of a settlement")
    return opened.action.settlement_id


FORM = Form(
    question=lambda _opened: "Établir l’avoir de ce remboursement\u00a0?",
    verb=lambda _opened: "Établir l’avoir",
    fields=_fields,
    show=_show,
    act=_act,
)
