"""Erase who a customer is, wherever it stands; what was sold, paid and refunded stays as it is.

Invoices and credit notes cannot be changed, and must not be for ten years (``db/domain/privacy.py``). Every other
place is here, a function each: the account, the orders, what was written to and about the customer, files of theirs.
"""

import datetime as dt
from collections.abc import Callable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.files import FileKind
from db.domain.mail import WAITING_STATES, OutboxState, RecipientKind
from db.domain.orders import ActorKind, PaymentKind, PaymentMethod
from db.domain.privacy import ERASED_NAME, ERASED_NOTE, ERASED_RECIPIENT, without_words
from db.models import (
    Address,
    AuditEntry,
    Customer,
    CustomerNote,
    ImportItem,
    MailEvent,
    Order,
    OrderAddress,
    OrderHistory,
    OutboxMessage,
    Payment,
    Return,
    ReturnLine,
    ReturnMessage,
    ReturnPhoto,
    Settlement,
    Shipment,
    StoredFile,
    Voucher,
)
from db.models.orders import AddressKind
from db.queries.erasure import mails_of, orders_of, returns_of, trials_on
from db.queries.named_orders import IS_TO_INVOICE
from db.queries.plans import not_indexed
from db.services.derived import complete_customers, complete_orders
from db.services.files import files_to_forget, forget_files

#: The reference of such a payment is the number of the provider's transaction: by it, it is proved and refunded.
_BY_PROVIDER = (PaymentMethod.CARD, PaymentMethod.PAYPAL)
_UNSYNCHRONIZED = {"synchronize_session": False}


def erase_orders(session: Session, customer_id: int, now: dt.datetime) -> None:
    """Take the customer out of their orders; their follow-up links open nothing any more.

    A sale that is still to be invoiced keeps the name and the billing address that the invoice must state.
    """
    theirs = Order.customer_id == customer_id
    anonymous = sa.select(Order.id).where(theirs, sa.not_(IS_TO_INVOICE))
    _update(session, sa.update(Order).where(Order.id.in_(anonymous)).values(customer_name=ERASED_NAME))
    _delete(session, sa.delete(OrderAddress).where(OrderAddress.order_id.in_(anonymous)))
    delivered_to = (OrderAddress.order_id.in_(orders_of(customer_id)), OrderAddress.kind == AddressKind.DELIVERY)
    _delete(session, sa.delete(OrderAddress).where(*delivered_to))
    _update(
        session,
        sa.update(Order)
        .where(theirs)
        .values(
            customer_email="",
            customer_phone="",
            pickup_address="",
            pickup_code="",
            link_generation=Order.link_generation + 1,
            version=Order.version + 1,
            updated_at=now,
        ),
    )


def erase_beside_orders(session: Session, customer_id: int) -> None:
    """Erase what people wrote and typed on payments, settlements, parcels and imports; amounts and days stay."""
    theirs = orders_of(customer_id)
    is_transaction = sa.and_(Payment.kind == PaymentKind.PAYMENT, Payment.method.in_(_BY_PROVIDER))
    kept = sa.case((is_transaction, Payment.reference), else_="")
    payments = sa.update(Payment).where(Payment.order_id.in_(theirs))
    _update(session, payments.values(iban="", refusal="", reference=kept))
    # The credit note, where there is one, states the reason.
    why = {"reason": ERASED_NOTE, "deduction_reason": ""}
    _update(session, sa.update(Settlement).where(Settlement.order_id.in_(theirs)).values(why))
    _update(session, sa.update(Shipment).where(Shipment.order_id.in_(theirs)).values(message="", received_from=""))
    imported = sa.update(ImportItem).where(ImportItem.order_id.in_(theirs))
    _update(session, imported.values(payload={}, corrections="", reason=""))


def erase_history(session: Session, customer_id: int) -> None:
    """Leave the history its events, amounts and codes: what people wrote, and what addresses were, goes."""
    rows = session.execute(
        sa.select(OrderHistory.id, OrderHistory.before, OrderHistory.after)
        .where(OrderHistory.order_id.in_(orders_of(customer_id)))
        .order_by(OrderHistory.id)
    ).all()
    wordless = [
        {"id": row.id, "before": without_words(row.before), "after": without_words(row.after), "note": ""}
        for row in rows
    ]
    if wordless:
        session.execute(sa.update(OrderHistory), wordless)
    by_customer = (
        OrderHistory.order_id.in_(orders_of(customer_id)),
        not_indexed(OrderHistory.actor_kind == ActorKind.CUSTOMER),
    )
    _update(session, sa.update(OrderHistory).where(*by_customer).values(actor_name=ERASED_NAME))


def erase_audit(session: Session, customer_id: int, now: dt.datetime) -> None:
    """Erase the details of what was done to the account and its orders; that it was done stays, in its chain."""
    of_orders = sa.and_(AuditEntry.subject == "order", AuditEntry.subject_id.in_(orders_of(customer_id)))
    of_account = sa.and_(AuditEntry.subject == "customer", AuditEntry.subject_id == customer_id)
    for about in (of_orders, of_account):
        told = sa.update(AuditEntry).where(about, AuditEntry.details.is_not(None))
        _update(session, told.values(details=sa.null(), erased_at=now))


def erase_mail(session: Session, customer_id: int) -> None:
    """Empty every e-mail and SMS about the customer and their orders, sellers' and tests too; none waits any more."""
    nobody = sa.literal(ERASED_RECIPIENT).concat(sa.cast(OutboxMessage.id, sa.Text))
    to_them = OutboxMessage.recipient_kind == RecipientKind.CUSTOMER
    is_waiting = OutboxMessage.state.in_(sorted(WAITING_STATES))
    erased = {
        "recipient": sa.case((to_them, nobody), else_=OutboxMessage.recipient),
        "recipient_name": sa.case((to_them, ""), else_=OutboxMessage.recipient_name),
        "state": sa.case((is_waiting, OutboxState.CANCELLED.value), else_=OutboxMessage.state),
        **dict.fromkeys(("subject", "html", "text", "error"), ""),
        "variables": {},
    }
    for ids in (mails_of(customer_id), trials_on(customer_id)):
        _update(session, sa.update(MailEvent).where(MailEvent.outbox_id.in_(ids)).values(reason=""))
        # All at once: some are known by their recipient alone, or by what they say.
        _update(session, sa.update(OutboxMessage).where(OutboxMessage.id.in_(ids)).values(erased))


def erase_returns(session: Session, customer_id: int, delete: Callable[[str], None]) -> None:
    """Erase explanations, threads and photos of returns; that something came back, and what, stays."""
    returned = returns_of(customer_id)
    words = {"explanation": "", "inspection": "", "gesture_reason": "", "decision": ""}
    _update(session, sa.update(Return).where(Return.order_id.in_(orders_of(customer_id))).values(words))
    _update(session, sa.update(ReturnLine).where(ReturnLine.return_id.in_(returned)).values(remark=""))
    _delete(session, sa.delete(ReturnMessage).where(ReturnMessage.return_id.in_(returned)))
    photos = sa.delete(ReturnPhoto).where(ReturnPhoto.return_id.in_(returned)).returning(ReturnPhoto.ref)
    for ref in session.scalars(photos.execution_options(**_UNSYNCHRONIZED)).all():
        delete(ref)


def erase_files(session: Session, customer_id: int, delete: Callable[[str], None]) -> None:
    """Forget the files that were made of this customer alone: their data, their vouchers, their return slips."""
    vouchers = set(session.scalars(sa.select(Voucher.id).where(Voucher.customer_id == customer_id)))
    slips = sa.select(Return.slip_file_id).where(Return.order_id.in_(orders_of(customer_id)))
    ids = {file_id for file_id in session.scalars(slips) if file_id is not None}
    # Few, for both kinds are made for people who ask.
    asked_for = sa.select(StoredFile.id, StoredFile.kind, StoredFile.arguments).where(
        StoredFile.document_id.is_(None),
        not_indexed(StoredFile.kind.in_([FileKind.CUSTOMER_DATA, FileKind.VOUCHER])),
    )
    for row in session.execute(asked_for):
        if row.arguments.get("customer_id") == customer_id or row.arguments.get("voucher_id") in vouchers:
            ids.add(row.id)
    for old in files_to_forget(session, ids):
        for ref in old.refs:
            delete(ref)
    forget_files(session, ids)
    _update(session, sa.update(Voucher).where(Voucher.customer_id == customer_id).values(note="", cancel_reason=""))


def erase_account(session: Session, customer_id: int, now: dt.datetime) -> None:
    """Leave of the account its number; who comes back with the same address is a new customer."""
    _delete(session, sa.delete(Address).where(Address.customer_id == customer_id))
    _delete(session, sa.delete(CustomerNote).where(CustomerNote.customer_id == customer_id))
    empty = dict.fromkeys(("company", "email", "phone", "siren", "vat_number"), "")
    account = sa.update(Customer).where(Customer.id == customer_id)
    _update(session, account.values(name=ERASED_NAME, external_ref=None, erased_at=now, **empty))


def rebuild_searches(session: Session, customer_id: int) -> None:
    """Write again what searches read, as it is now."""
    complete_customers(session, [customer_id])
    complete_orders(session, list(session.scalars(orders_of(customer_id))))


def _update(session: Session, statement: sa.Update) -> None:
    session.execute(statement.execution_options(**_UNSYNCHRONIZED))


def _delete(session: Session, statement: sa.Delete) -> None:
    session.execute(statement.execution_options(**_UNSYNCHRONIZED))
