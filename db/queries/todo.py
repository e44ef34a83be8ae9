"""« À traiter »: how many orders, returns and e-mails wait for somebody, each counter with the list it counts."""

import datetime as dt
from collections.abc import Mapping, Sequence
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.files import FileKind
from db.domain.mail import TROUBLED_STATES
from db.domain.order_filter import ALL_STATUSES, Attention, OrderFilter
from db.domain.orders import OPEN_STATUSES, TO_PREPARE_STATUSES, TO_SHIP_STATUSES, OrderStatus
from db.domain.payout_filter import PayoutTab
from db.domain.permissions import Permission
from db.domain.refund_list import RefundTab
from db.domain.return_filter import ReturnTab
from db.domain.viewer import Viewer
from db.models import Order, OutboxMessage
from db.queries.balances import finding_count
from db.queries.continuity import unsound_series
from db.queries.control import unexplained_count
from db.queries.document_gaps import blocked_count
from db.queries.file_list import troubled_count
from db.queries.order_conditions import Condition, late_conditions, late_delivery_conditions
from db.queries.payouts import open_worth
from db.queries.plans import not_indexed
from db.queries.refunds import late_refund_count, owed_refunds
from db.queries.returns import return_counts


class Todo(StrEnum):
    """A reason to act, most urgent first."""

    ERROR = "error"
    LATE = "late"
    LATE_DELIVERY = "late_delivery"
    TO_PREPARE = "to_prepare"
    TO_SHIP = "to_ship"
    AWAITING_PAYMENT = "awaiting_payment"


#: What the grid is asked for when a counter is clicked: it lists exactly the orders that were counted.
TODO_FILTERS: Mapping[Todo, OrderFilter] = {
    Todo.ERROR: OrderFilter(statuses=frozenset({OrderStatus.ERROR})),
    Todo.LATE: OrderFilter(attention=Attention.LATE),
    # Most of them are shipped, which the grid hides unless asked.
    Todo.LATE_DELIVERY: OrderFilter(statuses=ALL_STATUSES, attention=Attention.LATE_DELIVERY),
    Todo.TO_PREPARE: OrderFilter(statuses=TO_PREPARE_STATUSES),
    Todo.TO_SHIP: OrderFilter(statuses=TO_SHIP_STATUSES),
    Todo.AWAITING_PAYMENT: OrderFilter(statuses=frozenset({OrderStatus.AWAITING_PAYMENT})),
}


class ReturnTodo(StrEnum):
    """A reason to look at returns."""

    #: The last day to refund has passed.
    LATE = "late_return"
    OPEN = "open_return"
    #: The customer wrote, and nobody answered or read it.
    TO_ANSWER = "unanswered_return"


#: The list of « Retours » that has exactly what a counter counts.
RETURN_TODO_TABS: Mapping[ReturnTodo, ReturnTab] = {
    ReturnTodo.LATE: ReturnTab.LATE,
    ReturnTodo.OPEN: ReturnTab.OPEN,
    ReturnTodo.TO_ANSWER: ReturnTab.TO_ANSWER,
}


class PayoutTodo(StrEnum):
    """A reason to look at what sellers are paid."""

    #: The bank rejected a transfer, and its amount has not left the house again.
    REJECTED = "rejected_payout"
    TO_APPROVE = "payout_to_approve"
    #: Approved: it goes to the bank.
    TO_EXPORT = "payout_to_export"
    HELD = "held_payout"


#: The list of « Reversements » that has what a counter counts.
PAYOUT_TODO_TABS: Mapping[PayoutTodo, PayoutTab] = {
    PayoutTodo.REJECTED: PayoutTab.REJECTED,
    PayoutTodo.TO_APPROVE: PayoutTab.TO_APPROVE,
    PayoutTodo.TO_EXPORT: PayoutTab.APPROVED,
    PayoutTodo.HELD: PayoutTab.HELD,
}


class MailTodo(StrEnum):
    """A reason to look at e-mails and SMS."""

    #: What the first list of « Boîte d'envoi » has: refused, failed, uncertain.
    TO_HANDLE = "to_handle"


class RefundTodo(StrEnum):
    """A reason to give money back."""

    #: To do, and the money should be back already.
    LATE = "late_refund"
    REFUSED = "refused"
    TO_DO = "to_do"


#: Where each is found; what is late stands, with by how much, among what is to do.
REFUND_TODO_TABS: Mapping[RefundTodo, RefundTab] = {
    RefundTodo.LATE: RefundTab.TO_DO,
    RefundTodo.REFUSED: RefundTab.REFUSED,
    RefundTodo.TO_DO: RefundTab.TO_DO,
}


class DocumentTodo(StrEnum):
    """A reason to look at invoices and credit notes."""

    #: Their files cannot be made, are damaged, or an official check found something wrong in them.
    TO_CHECK = "to_check"
    #: They are owed and cannot be issued.
    BLOCKED = "blocked"
    #: What the first lines of « Continuité » have: numbers missing or doubled, documents altered.
    CONTINUITY = "continuity"


class BalanceTodo(StrEnum):
    """A reason to look at balances."""

    #: Stock, points, ledger or refunds that the night's check found not to agree.
    UNSOUND = "unsound_balance"
    #: Orders that « Contrôle » cannot explain.
    UNEXPLAINED = "unexplained_order"


def todo_counts(session: Session, viewer: Viewer, today: dt.date) -> dict[Todo, int]:
    """Return how many orders each counter stands for, in the order of ``Todo``."""
    per_status = _open_orders_per_status(session, viewer)
    by_attention = {
        Attention.LATE: _count(session, viewer, late_conditions(today)),
        Attention.LATE_DELIVERY: _count(session, viewer, late_delivery_conditions(today)),
    }
    return {
        todo: by_attention[wanted.attention]
        if wanted.attention
        else sum(per_status.get(status, 0) for status in wanted.statuses)
        for todo, wanted in TODO_FILTERS.items()
    }


def return_todo_counts(session: Session, viewer: Viewer, today: dt.date) -> dict[ReturnTodo, int]:
    """Return how many returns each counter stands for; what customers write is for the house alone."""
    counts = return_counts(session, viewer, today)
    return {
        todo: counts[tab]
        for todo, tab in RETURN_TODO_TABS.items()
        if todo is not ReturnTodo.TO_ANSWER or viewer.seller_id is None
    }


def refund_todo_counts(session: Session, viewer: Viewer, today: dt.date) -> dict[RefundTodo, int]:
    """Return how many refunds each counter stands for; none for somebody who gives no money back."""
    if not viewer.may(Permission.REFUND):
        return {}
    owed = owed_refunds(session, viewer)
    counts = {todo: owed[tab].count for todo, tab in REFUND_TODO_TABS.items()}
    return counts | {RefundTodo.LATE: late_refund_count(session, viewer, today)}


def payout_todo_counts(session: Session, viewer: Viewer) -> dict[PayoutTodo, int]:
    """Return how many payouts each counter stands for: of those that approve, and of those that do the rest."""
    if viewer.seller_id is not None or not viewer.may(Permission.READ_PAYOUTS):
        return {}
    worth = open_worth(session, viewer)
    return {
        todo: worth[tab].count
        for todo, tab in PAYOUT_TODO_TABS.items()
        if viewer.may(Permission.APPROVE_PAYOUTS if todo is PayoutTodo.TO_APPROVE else Permission.PREPARE_PAYOUTS)
    }


def mail_todo_counts(session: Session, viewer: Viewer) -> dict[MailTodo, int]:
    """Return how many e-mails and SMS each counter stands for; none for somebody who may not read them."""
    if not viewer.may(Permission.READ_MESSAGES):
        return {}
    # Counted in the index on the state, without reading one of them.
    troubled = sa.select(sa.func.count()).where(OutboxMessage.state.in_(sorted(TROUBLED_STATES)))
    return {MailTodo.TO_HANDLE: session.scalar(troubled) or 0}


def document_todo_counts(session: Session, viewer: Viewer) -> dict[DocumentTodo, int]:
    """Return how many things each counter stands for; none for somebody who may not see all sellers' documents."""
    if not viewer.may(FileKind.CONTINUITY.permission):
        return {}
    return {
        DocumentTodo.TO_CHECK: troubled_count(session, viewer),
        DocumentTodo.BLOCKED: blocked_count(session, viewer),
        DocumentTodo.CONTINUITY: len(unsound_series(session)),
    }


def balance_todo_counts(session: Session, viewer: Viewer) -> dict[BalanceTodo, int]:
    """Return how many balances do not agree, and how many orders nothing explains.

    None for somebody who may not see all sellers' accounts.
    """
    if not viewer.may(FileKind.CONTINUITY.permission):
        return {}
    return {
        BalanceTodo.UNSOUND: finding_count(session, viewer),
        BalanceTodo.UNEXPLAINED: unexplained_count(session, viewer),
    }


def _open_orders_per_status(session: Session, viewer: Viewer) -> dict[OrderStatus, int]:
    # Everybody's orders are counted in the index on the status alone, without reading one of them. A seller's few
    # are found by the index on open orders, which wants to hear that they are open.
    own = [] if viewer.seller_id is None else [Order.is_open, Order.seller_id == viewer.seller_id]
    rows = session.execute(
        sa.select(Order.status, sa.func.count().label("orders"))
        .where(Order.status.in_(sorted(OPEN_STATUSES)), *own)
        .group_by(Order.status)
    )
    return {row.status: row.orders for row in rows}


def _count(session: Session, viewer: Viewer, conditions: Sequence[Condition]) -> int:
    # What is counted is few, whoever sold it, and has its index.
    own = [] if viewer.seller_id is None else [not_indexed(Order.seller_id == viewer.seller_id)]
    return session.scalar(sa.select(sa.func.count()).select_from(Order).where(*conditions, *own)) or 0
