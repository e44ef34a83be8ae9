"""One customer on one screen: account, addresses, and the newest of all that hangs on them, however much there is."""

from collections import defaultdict
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.errors import NotFoundError
from db.domain.mail import RecipientKind
from db.domain.permissions import Permission
from db.domain.viewer import Viewer
from db.domain.vouchers import VoucherFacts
from db.models import (
    Address,
    Customer,
    CustomerNote,
    Document,
    Order,
    OrderLine,
    OutboxMessage,
    PointsMovement,
    PrivacyEntry,
    Return,
    ReturnLine,
    StoredFile,
    Voucher,
)
from db.queries.columns import columns, mapping
from db.queries.customer_rows import (
    Account,
    BookedAddress,
    CustomerDetail,
    CustomerDocument,
    CustomerReturn,
    Note,
    PointsRow,
    PrivacyRow,
)
from db.queries.mailbox import MailRow, mail_rows
from db.queries.named_orders import has_orders_to_erase
from db.queries.order_page import other_orders
from db.queries.plans import not_indexed
from db.queries.purchases import purchases

#: Of each list the page shows the newest; the rest is one click away in the list of its own, where there is one.
SHOWN = 8
#: The e-mails and returns of so many orders, the newest, are looked through.
_ORDERS_LOOKED_AT = 200


class CustomerNotFoundError(NotFoundError):
    """No such account."""

    def __init__(self) -> None:
        super().__init__("Ce client n’existe pas, ou n’existe plus.")


def customer_detail(session: Session, viewer: Viewer, customer_id: int) -> CustomerDetail:
    """Return one customer with the newest of all that hangs on them.

    Raises:
        NotAllowedError: The person may not read customers' accounts.
        CustomerNotFoundError: There is no such account.
    """
    viewer.require(Permission.READ_CUSTOMERS)
    account = session.execute(sa.select(*columns(Customer, Account)).where(Customer.id == customer_id)).one_or_none()
    if account is None:
        raise CustomerNotFoundError
    theirs = [Order.customer_id == customer_id]
    order_ids = newest_order_ids(session, customer_id, _ORDERS_LOOKED_AT)
    return CustomerDetail(
        account=Account(**account._asdict()),
        addresses=address_book(session, customer_id),
        bought=purchases(session, theirs),
        orders=other_orders(session, theirs, SHOWN + 1),
        returns=_returns(session, order_ids),
        documents=_documents(session, viewer, customer_id),
        vouchers=_vouchers(session, customer_id),
        points=_points(session, customer_id),
        mails=_mails(session, viewer, order_ids, account.email),
        notes=_notes(session, customer_id),
        privacy=_privacy(session, customer_id),
        has_orders_to_erase=has_orders_to_erase(session, customer_id),
    )


def newest_order_ids(session: Session, customer_id: int, limit: int | None = None) -> list[int]:
    """Return the ids of a customer's orders, the newest first."""
    ids = sa.select(Order.id).where(Order.customer_id == customer_id)
    return list(session.scalars(ids.order_by(Order.placed_at.desc(), Order.id.desc()).limit(limit)))


def address_book(session: Session, customer_id: int) -> tuple[BookedAddress, ...]:
    """Return the entries of a customer's address book."""
    found = sa.select(*columns(Address, BookedAddress)).where(Address.customer_id == customer_id)
    return tuple(BookedAddress(**row._asdict()) for row in session.execute(found.order_by(Address.id)))


def _returns(session: Session, order_ids: Sequence[int]) -> tuple[CustomerReturn, ...]:
    found = session.execute(
        sa.select(Return.id, Order.number.label("order_number"), Return.status, Return.requested_at)
        .join(Order, Order.id == Return.order_id)
        .where(Return.order_id.in_(order_ids))
        .order_by(Return.requested_at.desc(), Return.id.desc())
        .limit(SHOWN + 1)
    ).all()
    lines: dict[int, list[tuple[str, int]]] = defaultdict(list)
    announced = (
        sa.select(ReturnLine.return_id, OrderLine.name, ReturnLine.quantity)
        .join(OrderLine, OrderLine.id == ReturnLine.order_line_id)
        .where(ReturnLine.return_id.in_([row.id for row in found]))
        .order_by(OrderLine.position)
    )
    for line in session.execute(announced):
        lines[line.return_id].append((line.name, line.quantity))
    return tuple(CustomerReturn(**row._asdict(), lines=tuple(lines[row.id])) for row in found)


def _documents(session: Session, viewer: Viewer, customer_id: int) -> tuple[CustomerDocument, ...]:
    if not viewer.may(Permission.READ_DOCUMENTS):
        return ()
    found = session.execute(
        sa.select(*columns(Document, CustomerDocument), StoredFile.id.label("file_id"), StoredFile.state)
        .join(StoredFile, StoredFile.document_id == Document.id)
        .where(Document.customer_id == customer_id)
        .order_by(Document.issued_on.desc(), Document.id.desc())
        .limit(SHOWN + 1)
    )
    return tuple(CustomerDocument(**row._asdict()) for row in found)


def _vouchers(session: Session, customer_id: int) -> tuple[VoucherFacts, ...]:
    found = sa.select(*columns(Voucher, VoucherFacts)).where(Voucher.customer_id == customer_id)
    newest = found.order_by(Voucher.id.desc()).limit(SHOWN + 1)
    return tuple(VoucherFacts(**row._asdict()) for row in session.execute(newest))


def _points(session: Session, customer_id: int) -> tuple[PointsRow, ...]:
    found = session.execute(
        sa.select(*columns(PointsMovement, PointsRow), Order.number.label("order_number"))
        .outerjoin(Order, Order.id == PointsMovement.order_id)
        .where(PointsMovement.customer_id == customer_id)
        .order_by(PointsMovement.at.desc(), PointsMovement.id.desc())
        .limit(SHOWN + 1)
    )
    return tuple(PointsRow(**row._asdict()) for row in found)


def _mails(session: Session, viewer: Viewer, order_ids: Sequence[int], email: str) -> tuple[MailRow, ...]:
    if not viewer.may(Permission.READ_MESSAGES):
        return ()

    def newest(*conditions: sa.ColumnElement[bool]) -> Sequence[int]:
        to_them = not_indexed(OutboxMessage.recipient_kind == RecipientKind.CUSTOMER)
        ids = sa.select(OutboxMessage.id).where(*conditions, to_them).order_by(OutboxMessage.id.desc())
        return session.scalars(ids.limit(SHOWN + 1)).all()

    of_orders = newest(OutboxMessage.order_id.in_(order_ids))
    of_none = newest(OutboxMessage.recipient == email, not_indexed(OutboxMessage.order_id.is_(None))) if email else ()
    return mail_rows(session, sorted({*of_orders, *of_none}, reverse=True)[: SHOWN + 1])


def _notes(session: Session, customer_id: int) -> tuple[Note, ...]:
    found = sa.select(*columns(CustomerNote, Note)).where(CustomerNote.customer_id == customer_id)
    return tuple(Note(**row._asdict()) for row in session.execute(found.order_by(CustomerNote.id.desc())))


def _privacy(session: Session, customer_id: int) -> tuple[PrivacyRow, ...]:
    found = sa.select(*columns(PrivacyEntry, PrivacyRow)).where(PrivacyEntry.customer_id == customer_id)
    newest = found.order_by(PrivacyEntry.id.desc()).limit(SHOWN)
    return tuple(PrivacyRow(**row._asdict() | {"counts": mapping(row.counts)}) for row in session.execute(newest))
