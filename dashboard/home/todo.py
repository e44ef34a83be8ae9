"""« À traiter »: counters that link to what they count, from orders and returns to payouts and balances."""

from collections.abc import Mapping

import streamlit as st

from dashboard.control.state import EVERYTHING
from dashboard.control.state import to_query as control_params
from dashboard.documents.state import DocumentPeriod, DocumentsState, Tab, to_query
from dashboard.links import orders_params
from dashboard.navigation import (
    BALANCES,
    CONTINUITY,
    CONTROL,
    INVOICES,
    MAILBOX,
    ORDERS,
    PAYOUTS,
    REFUNDS,
    RETURNS,
    Screen,
)
from dashboard.payouts.state import PayoutsState
from dashboard.payouts.state import to_query as payouts_params
from dashboard.refunds.state import RefundsState
from dashboard.refunds.state import to_query as refunds_params
from dashboard.returns.links import returns_params
from db.domain import formats
from db.domain.document_filter import DocumentStatus
from db.domain.mailbox import MailTab
from db.queries.todo import (
    PAYOUT_TODO_TABS,
    REFUND_TODO_TABS,
    RETURN_TODO_TABS,
    TODO_FILTERS,
    BalanceTodo,
    DocumentTodo,
    MailTodo,
    PayoutTodo,
    RefundTodo,
    ReturnTodo,
    Todo,
)

AnyTodo = Todo | ReturnTodo | RefundTodo | PayoutTodo | MailTodo | DocumentTodo | BalanceTodo

_ICONS: Mapping[AnyTodo, str] = {
    Todo.ERROR: ":material/error:",
    Todo.LATE: ":material/schedule:",
    Todo.LATE_DELIVERY: ":material/departure_board:",
    Todo.TO_PREPARE: ":material/inventory_2:",
    Todo.TO_SHIP: ":material/local_shipping:",
    Todo.AWAITING_PAYMENT: ":material/hourglass_empty:",
    ReturnTodo.LATE: ":material/event_busy:",
    ReturnTodo.OPEN: ":material/assignment_return:",
    ReturnTodo.TO_ANSWER: ":material/mark_chat_unread:",
    RefundTodo.LATE: ":material/alarm:",
    RefundTodo.REFUSED: ":material/money_off:",
    RefundTodo.TO_DO: ":material/currency_exchange:",
    PayoutTodo.REJECTED: ":material/money_off:",
    PayoutTodo.TO_APPROVE: ":material/approval:",
    PayoutTodo.TO_EXPORT: ":material/account_balance:",
    PayoutTodo.HELD: ":material/pan_tool:",
    MailTodo.TO_HANDLE: ":material/unsubscribe:",
    DocumentTodo.TO_CHECK: ":material/fact_check:",
    DocumentTodo.BLOCKED: ":material/post_add:",
    DocumentTodo.CONTINUITY: ":material/gpp_maybe:",
    BalanceTodo.UNSOUND: ":material/balance:",
    BalanceTodo.UNEXPLAINED: ":material/rule:",
}
_WORDS: Mapping[AnyTodo, tuple[str, str]] = {
    Todo.ERROR: ("en erreur", "en erreur"),
    Todo.LATE: ("expédition en retard", "expéditions en retard"),
    Todo.LATE_DELIVERY: ("livraison en retard", "livraisons en retard"),
    Todo.TO_PREPARE: ("à préparer", "à préparer"),
    Todo.TO_SHIP: ("à expédier", "à expédier"),
    Todo.AWAITING_PAYMENT: ("en attente de paiement", "en attente de paiement"),
    ReturnTodo.LATE: ("retour à rembourser en retard", "retours à rembourser en retard"),
    ReturnTodo.OPEN: ("retour en cours", "retours en cours"),
    ReturnTodo.TO_ANSWER: ("retour sans réponse", "retours sans réponse"),
    RefundTodo.LATE: ("remboursement en retard", "remboursements en retard"),
    RefundTodo.REFUSED: ("remboursement refusé", "remboursements refusés"),
    RefundTodo.TO_DO: ("remboursement à faire", "remboursements à faire"),
    PayoutTodo.REJECTED: ("reversement rejeté par la banque", "reversements rejetés par la banque"),
    PayoutTodo.TO_APPROVE: ("reversement à approuver", "reversements à approuver"),
    PayoutTodo.TO_EXPORT: ("reversement à exporter", "reversements à exporter"),
    PayoutTodo.HELD: ("reversement retenu", "reversements retenus"),
    MailTodo.TO_HANDLE: ("e-mail ou SMS à traiter", "e-mails ou SMS à traiter"),
    DocumentTodo.TO_CHECK: ("facture ou avoir à vérifier", "factures ou avoirs à vérifier"),
    DocumentTodo.BLOCKED: ("facture ou avoir à établir", "factures ou avoirs à établir"),
    DocumentTodo.CONTINUITY: ("série de factures à examiner", "séries de factures à examiner"),
    BalanceTodo.UNSOUND: ("solde à examiner", "soldes à examiner"),
    BalanceTodo.UNEXPLAINED: ("commande en écart inexpliqué", "commandes en écart inexpliqué"),
}
#: Of what has a list each: the screen, and the parameters it is opened with.
_LISTS: Mapping[AnyTodo, tuple[Screen, dict[str, str]]] = {
    MailTodo.TO_HANDLE: (MAILBOX, {"etat": MailTab.TO_HANDLE.value}),
    DocumentTodo.TO_CHECK: (
        INVOICES,
        to_query(DocumentsState(period=DocumentPeriod.ALL, status=DocumentStatus.TO_CHECK)),
    ),
    DocumentTodo.BLOCKED: (INVOICES, to_query(DocumentsState(Tab.TO_ISSUE))),
    DocumentTodo.CONTINUITY: (CONTINUITY, {}),
    BalanceTodo.UNSOUND: (BALANCES, {}),
    BalanceTodo.UNEXPLAINED: (CONTROL, control_params(EVERYTHING)),
}
#: What is wrong, not just next.
_ALERTS: frozenset[AnyTodo] = frozenset(
    {
        Todo.ERROR,
        Todo.LATE,
        Todo.LATE_DELIVERY,
        ReturnTodo.LATE,
        RefundTodo.LATE,
        RefundTodo.REFUSED,
        PayoutTodo.REJECTED,
        MailTodo.TO_HANDLE,
        *DocumentTodo,
        *BalanceTodo,
    }
)
#: What is late stands above what is next, whatever it is about.
_PLACES: tuple[AnyTodo, ...] = (
    Todo.ERROR,
    Todo.LATE,
    Todo.LATE_DELIVERY,
    ReturnTodo.LATE,
    RefundTodo.LATE,
    RefundTodo.REFUSED,
    PayoutTodo.REJECTED,
    Todo.TO_PREPARE,
    Todo.TO_SHIP,
    ReturnTodo.OPEN,
    ReturnTodo.TO_ANSWER,
    RefundTodo.TO_DO,
    PayoutTodo.TO_APPROVE,
    PayoutTodo.TO_EXPORT,
    PayoutTodo.HELD,
    Todo.AWAITING_PAYMENT,
    *MailTodo,
    *DocumentTodo,
    *BalanceTodo,
)


def todo_label(todo: AnyTodo, count: int) -> str:
    """Return a counter as Markdown: « **3** en attente de paiement », grey at zero, red where something is wrong."""
    words = _WORDS[todo][0 if count < 2 else 1]
    if not count:
        return f":gray[0 {words}]"
    figure = f"**{formats.integer(count)}**"
    return f":red[{figure} {words}]" if todo in _ALERTS else f"{figure} {words}"


def show_todo(counts: Mapping[AnyTodo, int]) -> None:
    """Draw the counters; those at zero stay quiet but in their place, so that nothing jumps."""
    with st.container(border=True, gap="xxsmall", key="home_todo"):
        st.markdown("**À traiter**")
        for todo in _PLACES:
            if todo in counts:
                screen, params = _list_of(todo)
                label = todo_label(todo, counts[todo])
                st.page_link(screen.page(), label=label, icon=_ICONS[todo], query_params=params, width="stretch")


def _list_of(todo: AnyTodo) -> tuple[Screen, dict[str, str]]:
    """Return the screen that lists what a counter counts, and the parameters it is opened with."""
    match todo:
        case Todo():
            return ORDERS, orders_params(TODO_FILTERS[todo])
        case ReturnTodo():
            return RETURNS, returns_params(RETURN_TODO_TABS[todo])
        case RefundTodo():
            return REFUNDS, refunds_params(RefundsState(REFUND_TODO_TABS[todo]))
        case PayoutTodo():
            return PAYOUTS, payouts_params(PayoutsState(PAYOUT_TODO_TABS[todo]))
        case _:
            return _LISTS[todo]
