"""« Documents »: the order's invoices and credit notes, each with its file, and those that are still to come."""

import datetime as dt

import streamlit as st

from dashboard.mail.words import due_words
from dashboard.markdown import escape_markdown
from dashboard.order_page.action_bar import show_action_button
from dashboard.order_page.document_actions import crediting_actions, issuing_actions, sending_action
from dashboard.order_page.document_words import (
    CREDIT_NOTE_TO_COME,
    document_words,
    fault_words,
    owed_words,
    sent_words,
)
from dashboard.printing.opened import print_chosen
from dashboard.web.files import file_url, view_url
from db.domain import formats
from db.domain.papers import Paper
from db.domain.permissions import Permission
from db.domain.time import local_day, utc_now
from db.domain.viewer import Viewer
from db.engine import reading
from db.queries.order_documents import OrderDocument, OrderDocuments, order_documents
from db.queries.order_rows import OrderHeader, OrderPage

_SECONDS_BETWEEN_LOOKS, _PRINT = 2, "order_print"
_PAPERS = tuple(paper for paper in Paper if paper.document_kind is None)


def show_documents(viewer: Viewer, page: OrderPage, now: dt.datetime) -> None:
    """Draw them, for who may read them."""
    if not viewer.may(Permission.READ_DOCUMENTS):
        return
    with st.container(border=True, gap="xsmall", key="order_documents"):
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="order_title_documents"):
            st.markdown("**Documents**", width="content")
            st.space("stretch")
            for action in issuing_actions(page, viewer):
                show_action_button(page, action)
            if page.documents.awaits_credit_note and viewer.may(Permission.ISSUE_DOCUMENTS):
                st.caption(CREDIT_NOTE_TO_COME, width="content")
            _show_papers(page.header)
        for document in page.documents.issued:
            _show_document(viewer, page, document, now)
        for settlement, action in crediting_actions(page, viewer):
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                day, amount = formats.date(local_day(settlement.settled_at)), settlement.total_cents
                words = f"Remboursement de {formats.money(amount, page.header.currency)} du {day}, sans avoir."
                st.markdown(escape_markdown(words), width="content")
                show_action_button(page, action)
        if page.documents.is_moving:
            _show_what_comes(viewer, page.header.id, page.documents)
        else:
            _show_owed(page.documents, now)
        if not page.documents.issued and not page.documents.owed:
            st.caption("Aucune facture n’est établie.")


def _show_papers(header: OrderHeader) -> None:
    """Draw the menu of what is printed of this order alone, as it is now; documents are printed as they were issued."""
    st.menu_button(
        "Imprimer",
        [paper for paper in _PAPERS if paper is not Paper.PICKUP_NOTES or header.is_collected],
        key=_PRINT,
        format_func=lambda paper: paper.one,
        icon=":material/print:",
        type="tertiary",
        on_click=_print_chosen,
        args=(header.id,),
    )


def _print_chosen(order_id: int) -> None:
    paper = st.session_state[_PRINT]
    if paper is not None:
        print_chosen(paper, (order_id,))


def _show_document(viewer: Viewer, page: OrderPage, document: OrderDocument, now: dt.datetime) -> None:
    with st.container(gap="xxsmall", key=f"order_document_{document.id}"):
        st.markdown(document_words(document, page.documents))
        if faults := fault_words(document):
            st.markdown(faults)
        if sent := sent_words(document, page.mails, now):
            st.caption(sent)
        with st.container(horizontal=True, gap="small", key=f"order_document_actions_{document.id}"):
            if document.is_ready:
                _show_links(document)
            sending = sending_action(document, viewer)
            if sending is not None:
                show_action_button(page, sending)


def _show_links(document: OrderDocument) -> None:
    for label, icon, url in (
        ("Télécharger", "download", file_url(document.file_id)),
        ("Imprimer", "print", view_url(document.file_id)),
    ):
        st.link_button(
            label,
            url,
            key=f"order_document_{icon}_{document.id}",
            icon=f":material/{icon}:",
            type="tertiary",
            help=f"{label} {escape_markdown(document.number)}",
        )


def _show_owed(documents: OrderDocuments, now: dt.datetime) -> None:
    for owed in documents.owed:
        st.markdown(owed_words(owed, due_words(owed.due_at, now)))


@st.fragment(run_every=_SECONDS_BETWEEN_LOOKS)
def _show_what_comes(viewer: Viewer, order_id: int, known: OrderDocuments) -> None:
    """Draw what is about to be issued, and the whole page anew once that or a file has come."""
    with reading() as session:
        fresh = order_documents(session, viewer, order_id)
    if fresh != known:
        st.rerun()
    _show_owed(fresh, utc_now())
