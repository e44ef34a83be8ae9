"""What can be done with one document: opened, credited, its order looked at, its file made again; what is wrong."""

import streamlit as st

from dashboard.files.words import trouble_words, warning_words
from dashboard.flash import flash, telling_refusals
from dashboard.markdown import escape_markdown
from dashboard.navigation import ORDER
from dashboard.order_page.dialogs.frame import open_dialog
from dashboard.order_page.document_actions import issuing_actions
from dashboard.web.files import file_url, view_url
from db.domain.actor import Actor
from db.domain.document_filter import DocumentStatus
from db.domain.documents import DocumentKind
from db.domain.files import TROUBLED_STATES, FileState
from db.domain.permissions import Permission
from db.domain.viewer import Viewer
from db.engine import reading, transaction
from db.queries.document_detail import DocumentDetail
from db.queries.files import FileRow
from db.queries.order_page import order_page
from db.services.document_files import make_again

_FLAGGED_REMEDY = (
    "Ce qui est émis ne se corrige pas\u00a0: corrigez la fiche du vendeur ou celle du client, établissez un avoir du "
    "tout, puis une nouvelle facture."
)
_FLAGGED_CREDIT_NOTE_REMEDY = (
    "Ce qui est émis ne se corrige pas\u00a0: comparez le PDF avec la facture d’origine, et signalez la règle à un "
    "administrateur avant de le remettre au client."
)
_FAILED_REMEDY = "Réessayez\u00a0; si cela échoue encore, signalez-le à un administrateur."
_DAMAGED_REMEDY = "Un administrateur peut remettre le fichier depuis une sauvegarde\u00a0; réessayez ensuite."


def show_trouble(viewer: Viewer, document: DocumentDetail) -> None:
    """Say what is wrong with the document's file, if anything is, and what to do."""
    file = document.file
    if file is None:
        return
    if file.is_troubled:
        said = [*trouble_words(file), _remedy(document.row.kind, file.state)]
        st.error("  \n".join(map(escape_markdown, said)), icon=":material/error:")
    if file.warnings:
        st.warning("  \n".join(map(escape_markdown, warning_words(file))), icon=":material/warning:")
    offer_retry(viewer, file, "document")


def offer_retry(viewer: Viewer, file: FileRow, prefix: str) -> None:
    """Draw the button that has a file made again which could not be made, or is lost; its key begins with a prefix."""
    if file.state in TROUBLED_STATES and viewer.may(Permission.ISSUE_DOCUMENTS):
        st.button(
            "Réessayer",
            key=f"{prefix}_again_{file.id}",
            icon=":material/refresh:",
            type="primary",
            on_click=_make_again,
            args=(viewer, file.id),
        )


def _remedy(kind: DocumentKind, state: FileState) -> str:
    if state in TROUBLED_STATES:
        return _FAILED_REMEDY if state is FileState.FAILED else _DAMAGED_REMEDY
    return _FLAGGED_CREDIT_NOTE_REMEDY if kind is DocumentKind.CREDIT_NOTE else _FLAGGED_REMEDY


@telling_refusals()
def _make_again(viewer: Viewer, file_id: int) -> None:
    with transaction() as session:
        asked = make_again(session, Actor.person(viewer), [file_id])
    if asked:
        flash("Le PDF est refait\u00a0: il sera là dans quelques secondes.", icon=":material/refresh:")


def show_actions(viewer: Viewer, document: DocumentDetail) -> None:
    """Draw the ways to the PDF, to the order and to a credit note."""
    row, file = document.row, document.file
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        if file is not None and file.state is FileState.READY:
            link_pdf(file.id, "document")
        elif row.file.status is DocumentStatus.IN_PREPARATION:
            st.caption("Le PDF se prépare\u00a0: rechargez dans quelques secondes.")
        st.page_link(
            ORDER.page(),
            label="Voir la commande",
            icon=ORDER.icon,
            query_params={"n": row.order_number},
        )
        if may_credit(viewer, document):
            st.button(
                "Établir un avoir",
                key=f"document_credit_{row.id}",
                icon=":material/undo:",
                type="tertiary",
                on_click=_credit,
                args=(viewer, row.id, row.order_number),
            )


def link_pdf(file_id: int, prefix: str) -> None:
    """Draw the ways to a PDF that is there; their keys begin with a prefix."""
    st.link_button(
        "Ouvrir le PDF",
        view_url(file_id),
        key=f"{prefix}_view_{file_id}",
        icon=":material/open_in_new:",
        type="primary",
    )
    st.link_button("Télécharger", file_url(file_id), key=f"{prefix}_download_{file_id}", icon=":material/download:")


@telling_refusals()
def _credit(viewer: Viewer, document_id: int, order_number: str) -> None:
    """Open the order with its dialog: an order is acted on in one place."""
    with reading() as session:
        page = order_page(session, viewer, order_number)
    for action in issuing_actions(page, viewer):
        if action.document_id == document_id:
            open_dialog(action, page)
    st.switch_page(ORDER.page(), query_params={"n": order_number})


def may_credit(viewer: Viewer, document: DocumentDetail) -> bool:
    """Tell whether something is left of it that this person could give back."""
    is_open = DocumentStatus.CREDITED not in document.row.statuses
    is_invoice = document.row.kind is DocumentKind.INVOICE
    return is_invoice and is_open and viewer.may(Permission.ISSUE_DOCUMENTS)
