"""« Envoyer par e-mail »: an invoice or a credit note to the customer, or to another address this once."""

import datetime as dt

import streamlit as st

from dashboard.markdown import escape_markdown
from dashboard.order_page.actions import Action
from dashboard.order_page.dialogs.form import Fields, Form, Opened
from dashboard.order_page.dialogs.letters import EXAMPLE, show_recipients
from dashboard.order_page.dialogs.planned import show_refusal
from db.domain.actor import Actor
from db.domain.documents import DocumentKind
from db.domain.errors import MarketplaceError
from db.domain.viewer import Viewer
from db.engine import reading, transaction
from db.queries.order_documents import OrderDocument
from db.queries.order_rows import OrderPage
from db.services.documents.sending import plan_sending, send_document

_TO = "to"


def _fields(page: OrderPage, _action: Action) -> Fields:
    return {_TO: page.header.customer_email.strip(), EXAMPLE: False}


def _show(viewer: Viewer, opened: Opened) -> bool:
    st.text_input(
        "À quelle adresse\u00a0?",
        key=opened.key(_TO),
        autocomplete="off",
        help="L’adresse de la commande ne change pas\u00a0: c’est pour cet envoi seulement.",
    )
    try:
        with reading() as session:
            letter = plan_sending(session, Actor.person(viewer), _document(opened).id, opened.text(_TO))
    except MarketplaceError as refusal:
        show_refusal(opened, refusal)
        st.session_state[opened.key(EXAMPLE)] = bool(st.session_state.get(opened.key(EXAMPLE)))
        return False
    show_recipients(opened, [letter])
    if _document(opened).is_in_preparation:
        st.caption("Son PDF se prépare\u00a0: l’e-mail l’attendra un quart d’heure au plus.")
    return True


def _act(actor: Actor, opened: Opened, now: dt.datetime) -> str:
    document = _document(opened)
    with transaction() as session:
        send_document(session, actor, document.id, now, opened.text(_TO))
    if opened.page.undo_window:
        return ""  # The line that lets it be taken back says it.
    return escape_markdown(f"{document.kind.label} {document.number}\u00a0: l’e-mail part à {opened.text(_TO)}.")


def _document(opened: Opened) -> OrderDocument:
    return next(each for each in opened.page.documents.issued if each.id == opened.action.document_id)


def _which(opened: Opened) -> str:
    document = _document(opened)
    article = "la facture" if document.kind is DocumentKind.INVOICE else "l’avoir"
    return f"{article} {document.number}"


FORM = Form(
    question=lambda opened: f"Envoyer {_which(opened)} par e-mail\u00a0?",
    verb=lambda _opened: "Envoyer l’e-mail",
    fields=_fields,
    show=_show,
    act=_act,
)
