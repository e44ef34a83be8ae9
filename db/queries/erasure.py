"""What erasing a customer's data would find: what stands against it, what goes and what the law keeps."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.documents import DocumentKind
from db.domain.orders import FINAL_STATUSES, OPEN_RETURN_STATUSES, OWED_REFUND_STATES, OrderStatus, PaymentKind
from db.domain.permissions import Permission
from db.domain.privacy import Obstacles
from db.domain.viewer import Viewer
from db.models import (
    Address,
    Customer,
    CustomerNote,
    Document,
    DueDocument,
    Order,
    OutboxMessage,
    Payment,
    Return,
    ReturnMessage,
    ReturnPhoto,
    Voucher,
)
from db.queries.customer_detail import CustomerNotFoundError
from db.queries.named_orders import IS_TO_INVOICE, has_orders_to_erase
from db.queries.plans import not_indexed

_IS_STILL_DUE = sa.or_(DueDocument.kind == DocumentKind.CREDIT_NOTE, Order.status != OrderStatus.CANCELLED)


@dataclass(frozen=True, slots=True)
class ErasurePlan:
    """What an erasure would do now, counted."""

    customer_id: int
    #: When it was done before; what came since goes, too.
    erased_at: dt.datetime | None
    #: Whether there is anything to erase.
    is_needed: bool
    obstacles: Obstacles
    #: By the names of ``COUNT_WORDS``.
    erased: Mapping[str, int]
    kept: Mapping[str, int]
    #: The day of the newest invoice or credit note: the ten years begin at the end of its financial year.
    last_document_on: dt.date | None


def erasure_plan(session: Session, viewer: Viewer, customer_id: int) -> ErasurePlan:
    """Return what erasing a customer's data would do now.

    Raises:
        NotAllowedError: The person may not handle personal data.
        CustomerNotFoundError: There is no such account.
    """
    viewer.require(Permission.HANDLE_PERSONAL_DATA)
    customer = session.execute(
        sa.select(Customer.loyalty_points, Customer.erased_at).where(Customer.id == customer_id)
    ).one_or_none()
    if customer is None:
        raise CustomerNotFoundError
    counts = counts_of(session, customer_id)
    to_invoice = _count(session, Order.id, Order.customer_id == customer_id, IS_TO_INVOICE)
    return ErasurePlan(
        customer_id=customer_id,
        erased_at=customer.erased_at,
        is_needed=customer.erased_at is None or has_orders_to_erase(session, customer_id),
        obstacles=_obstacles(session, customer_id),
        erased=counts | {"points": customer.loyalty_points},
        kept={
            "kept_documents": _count(session, Document.id, Document.customer_id == customer_id),
            "kept_orders": counts["orders"] - to_invoice,
            "kept_named": to_invoice,
            "kept_vouchers": _count(session, Voucher.id, *_live_vouchers(customer_id)),
        },
        last_document_on=session.scalar(
            sa.select(sa.func.max(Document.issued_on)).where(Document.customer_id == customer_id)
        ),
    )


def counts_of(session: Session, customer_id: int) -> dict[str, int]:
    """Return how much of each kind we hold of a customer, by the names of ``COUNT_WORDS``."""
    theirs = orders_of(customer_id)
    returned = returns_of(customer_id)
    return {
        "orders": _count(session, Order.id, Order.customer_id == customer_id),
        "addresses": _count(session, Address.id, Address.customer_id == customer_id),
        "returns": _count(session, Return.id, Return.order_id.in_(theirs)),
        "messages": _count(session, OutboxMessage.id, OutboxMessage.id.in_(mails_of(customer_id))),
        "thread": _count(session, ReturnMessage.id, ReturnMessage.return_id.in_(returned)),
        "photos": _count(session, ReturnPhoto.id, ReturnPhoto.return_id.in_(returned)),
        "notes": _count(session, CustomerNote.id, CustomerNote.customer_id == customer_id),
    }


def orders_of(customer_id: int) -> sa.Select[int]:
    """Return the select of the ids of a customer's orders."""
    return sa.select(Order.id).where(Order.customer_id == customer_id)


def returns_of(customer_id: int) -> sa.Select[int]:
    """Return the select of the ids of a customer's returns."""
    return sa.select(Return.id).where(Return.order_id.in_(orders_of(customer_id)))


def mails_of(customer_id: int) -> sa.Select[int]:
    """Return the select of the ids of the e-mails and SMS about a customer's orders, and of those about none.

    The latter are known by the address that the account has now, or by the voucher that they bring: it may have been
    sent to another address, or to one that the account had before.
    """
    email = sa.select(Customer.email).where(Customer.id == customer_id, Customer.email != "").scalar_subquery()
    to_them = sa.select(OutboxMessage.id).where(
        OutboxMessage.recipient == email, not_indexed(OutboxMessage.order_id.is_(None))
    )
    of_orders = sa.select(OutboxMessage.id).where(OutboxMessage.order_id.in_(orders_of(customer_id)))
    return sa.select(sa.union(of_orders, to_them, _voucher_mails(customer_id)).subquery().c.id)


def trials_on(customer_id: int) -> sa.Select[int]:
    """Return the select of the ids of the test e-mails to staff that were drawn on a customer's orders."""
    tried_on = OutboxMessage.variables["draft"]["order_id"].as_integer()
    return sa.select(OutboxMessage.id).where(
        OutboxMessage.order_id.is_(None),
        not_indexed(OutboxMessage.event.startswith("test:", autoescape=True)),
        tried_on.in_(orders_of(customer_id)),
    )


def _voucher_mails(customer_id: int) -> sa.Select[int]:
    """Return the select of the ids of the e-mails about no order that bring a customer's vouchers."""
    first = sa.literal("voucher:").concat(sa.cast(Voucher.id, sa.Text))  # db/services/voucher_mail.py: event_of
    again = OutboxMessage.event.startswith(first.concat(":"))
    theirs = sa.exists().where(Voucher.customer_id == customer_id, sa.or_(OutboxMessage.event == first, again))
    return sa.select(OutboxMessage.id).where(OutboxMessage.order_id.is_(None), not_indexed(theirs))


def _count(session: Session, key: sa.SQLColumnExpression[int], *conditions: sa.ColumnElement[bool]) -> int:
    return session.scalars(sa.select(sa.func.count(key)).where(*conditions)).one()


def _live_vouchers(customer_id: int) -> tuple[sa.ColumnElement[bool], ...]:
    return Voucher.customer_id == customer_id, Voucher.cancelled_at.is_(None), Voucher.used_cents < Voucher.amount_cents


def _obstacles(session: Session, customer_id: int) -> Obstacles:
    mine = Order.customer_id == customer_id
    numbers = sa.select(Order.number).where(mine).order_by(Order.placed_at, Order.id)
    is_over = not_indexed(Order.status.in_(sorted(FINAL_STATUSES)))
    open_returns = numbers.join(Return, Return.order_id == Order.id)
    owed = numbers.join(Payment, Payment.order_id == Order.id).where(Payment.kind == PaymentKind.REFUND)
    due = numbers.join(DueDocument, DueDocument.order_id == Order.id)
    return Obstacles(
        orders=tuple(session.scalars(numbers.where(sa.not_(is_over)))),
        returns=tuple(session.scalars(open_returns.where(Return.status.in_(sorted(OPEN_RETURN_STATUSES))))),
        refunds=tuple(session.scalars(owed.where(Payment.state.in_(sorted(OWED_REFUND_STATES))))),
        documents=tuple(session.scalars(due.where(_IS_STILL_DUE))),
    )
