"""« À traiter »: counters that link to the orders, the e-mails and the documents they count."""

from collections.abc import Mapping

import streamlit as st

from dashboard.documents.state import DocumentPeriod, DocumentsState, Tab, to_query
from dashboard.links import orders_params
from dashboard.navigation import CONTINUITY, INVOICES, MAILBOX, ORDERS, Screen
from db.domain import formats
from db.domain.document_filter import DocumentStatus
from db.domain.mailbox import MailTab
from db.queries.todo import TODO_FILTERS, DocumentTodo, MailTodo, Todo

AnyTodo = Todo | MailTodo | DocumentTodo

_ICONS: Mapping[AnyTodo, str] = {
    Todo.ERROR: ":material/error:",
    Todo.LATE: ":material/schedule:",
    Todo.LATE_DELIVERY: ":material/departure_board:",
    Todo.TO_PREPARE: ":material/inventory_2:",
    Todo.TO_SHIP: ":material/local_shipping:",
    Todo.OPEN_RETURN: ":material/assignment_return:",
    Todo.AWAITING_PAYMENT: ":material/hourglass_empty:",
    MailTodo.TO_HANDLE: ":material/unsubscribe:",
    DocumentTodo.TO_CHECK: ":material/fact_check:",
    DocumentTodo.BLOCKED: ":material/post_add:",
    DocumentTodo.CONTINUITY: ":material/gpp_maybe:",
}
_WORDS: Mapping[AnyTodo, tuple[str, str]] = {
    Todo.ERROR: ("en erreur", "en erreur"),
    Todo.LATE: ("expédition en retard", "expéditions en retard"),
    Todo.LATE_DELIVERY: ("livraison en retard", "livraisons en retard"),
    Todo.TO_PREPARE: ("à préparer", "à préparer"),
    Todo.TO_SHIP: ("à expédier", "à expédier"),
    Todo.OPEN_RETURN: ("retour en attente", "retours en attente"),
    Todo.AWAITING_PAYMENT: ("en attente de paiement", "en attente de paiement"),
    MailTodo.TO_HANDLE: ("e-mail ou SMS à traiter", "e-mails ou SMS à traiter"),
    DocumentTodo.TO_CHECK: ("facture ou avoir à vérifier", "factures ou avoirs à vérifier"),
    DocumentTodo.BLOCKED: ("facture ou avoir à établir", "factures ou avoirs à établir"),
    DocumentTodo.CONTINUITY: ("série de factures à examiner", "séries de factures à examiner"),
}
#: The screen that lists what a counter of documents counts, and the parameters it is opened with.
_OF_DOCUMENTS: Mapping[DocumentTodo, tuple[Screen, dict[str, str]]] = {
    DocumentTodo.TO_CHECK: (
        INVOICES,
        to_query(DocumentsState(period=DocumentPeriod.ALL, status=DocumentStatus.TO_CHECK)),
    ),
    DocumentTodo.BLOCKED: (INVOICES, to_query(DocumentsState(Tab.TO_ISSUE))),
    DocumentTodo.CONTINUITY: (CONTINUITY, {}),
}
#: What is wrong, not just next.
_ALERTS: frozenset[AnyTodo] = frozenset({Todo.ERROR, Todo.LATE, Todo.LATE_DELIVERY, MailTodo.TO_HANDLE, *DocumentTodo})


def todo_label(todo: AnyTodo, count: int) -> str:
    """Return a counter as Markdown: « **3** en attente de paiement », grey at zero, red where something is wrong."""
    words = _WORDS[todo][0 if count < 2 else 1]
    if not count:
        return f":gray[0 {words}]"
    figure = f"**{formats.integer(count)}**"
    return f":red[{figure} {words}]" if todo in _ALERTS else f"{figure} {words}"


def show_todo(
    counts: Mapping[Todo, int], mail_counts: Mapping[MailTodo, int], document_counts: Mapping[DocumentTodo, int]
) -> None:
    """Draw the counters; those at zero stay quiet but in their place, so that nothing jumps."""
    with st.container(border=True, gap="xxsmall", key="home_todo"):
        st.markdown("**À traiter**")
        for todo, count in counts.items():
            _show_counter(ORDERS, todo, count, orders_params(TODO_FILTERS[todo]))
        for mail_todo, count in mail_counts.items():
            _show_counter(MAILBOX, mail_todo, count, {"etat": MailTab.TO_HANDLE.value})
        for document_todo, count in document_counts.items():
            screen, params = _OF_DOCUMENTS[document_todo]
            _show_counter(screen, document_todo, count, params)


def _show_counter(screen: Screen, todo: AnyTodo, count: int, params: dict[str, str]) -> None:
    st.page_link(screen.page(), label=todo_label(todo, count), icon=_ICONS[todo], query_params=params, width="stretch")
