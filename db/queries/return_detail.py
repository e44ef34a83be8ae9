"""One return with all that is known of it: lines, photos, thread, deadlines, what the rules have against it."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.order_facts import LineFacts
from db.domain.orders import ActorKind, OrderStatus, ReturnStatus
from db.domain.permissions import Permission
from db.domain.return_rules import ReturnableOrder, ReturnRefusedError, check_request
from db.domain.returns import AnnouncedLine, Condition, ReturnNotFoundError, ReturnReason, ReturnRequest
from db.domain.time import local_day
from db.domain.viewer import Viewer
from db.domain.withdrawal import Deadline
from db.models import Order, OrderLine, Product, Return, ReturnLine, ReturnMessage, ReturnPhoto, Seller
from db.queries.columns import columns, mapping
from db.queries.refunds import is_refund_owed
from db.queries.returnable import returnable
from db.queries.returns import refund_deadline, worth_announced

#: What a line's row says as it is.
_SAID = ("sku", "name", "quantity_received", "condition", "remark", "unit_price_cents", "is_returnable")


@dataclass(frozen=True, slots=True)
class ReturnDetailLine:
    """An article of a return: announced, received, and what it cost. Amounts are cents."""

    order_line_id: int
    product_id: int | None
    sku: str
    name: str
    attributes: Mapping[str, str]
    #: Units announced; 0 of an article that came without having been.
    quantity: int
    #: None until staff counted.
    quantity_received: int | None
    condition: Condition | None
    remark: str
    unit_price_cents: int
    #: What is left of the price of the units announced.
    worth_cents: int
    #: Units that left and were not given back: the most that can come back.
    quantity_kept: int
    is_returnable: bool

    @property
    def finding(self) -> str:
        """Return what is to be said of what came: fewer, more, damaged; nothing of what is as it should."""
        return AnnouncedLine(self.quantity, self.quantity_received, self.condition).finding


@dataclass(frozen=True, slots=True)
class ReturnPhotoRow:
    """A photo: where it is shown is the route's to say."""

    id: int
    added_by: ActorKind
    added_at: dt.datetime
    size_bytes: int


@dataclass(frozen=True, slots=True)
class ReturnMessageRow:
    """One message of the thread, oldest first."""

    id: int
    author_kind: ActorKind
    author_name: str
    body: str
    at: dt.datetime
    #: Of a customer's: when staff read it; None waits for an answer.
    read_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class ReturnDetail:
    """A return as its page shows it."""

    id: int
    version: int
    status: ReturnStatus
    reason: ReturnReason
    explanation: str
    requested_by: ActorKind
    requested_at: dt.datetime
    gesture_reason: str
    decision: str
    decided_at: dt.datetime | None
    received_at: dt.datetime | None
    completed_at: dt.datetime | None
    inspection: str
    order_id: int
    order_number: str
    order_status: OrderStatus
    customer_id: int | None
    customer_name: str
    customer_email: str
    seller_name: str
    currency: str
    lines: tuple[ReturnDetailLine, ...]
    photos: tuple[ReturnPhotoRow, ...]
    messages: tuple[ReturnMessageRow, ...]
    #: What may still be sent back of the order, this return's own units included.
    returnable: ReturnableOrder
    #: What the house's rules have against it, a sentence each; staff accept it as a gesture.
    broken_rules: tuple[str, ...]
    #: Until when the law lets the customer change their mind, and when they asked; None where the days do not count.
    withdrawal: Deadline | None
    #: Until when the money is to be back; None once it is, or the return is over without any.
    refund: Deadline | None

    @property
    def is_within_withdrawal(self) -> bool:
        """Tell whether the customer asked while the law let them change their mind."""
        return self.withdrawal is None or local_day(self.requested_at) <= self.withdrawal.last_day

    @property
    def worth_cents(self) -> int:
        """Return what is left of the price of all that was announced."""
        return sum(line.worth_cents for line in self.lines)

    @property
    def is_inspected(self) -> bool:
        """Tell whether staff counted what came."""
        return any(line.quantity_received is not None for line in self.lines)

    @property
    def unread_count(self) -> int:
        """Return how many of the customer's messages nobody read."""
        return sum(each.author_kind is ActorKind.CUSTOMER and each.read_at is None for each in self.messages)


def return_detail(session: Session, viewer: Viewer, return_id: int, today: dt.date) -> ReturnDetail:
    """Return one return.

    Args:
        session: An open session.
        viewer: Who looks; a seller sees those of their own orders only, without the house's talk with the customer.
        return_id: The return.
        today: What deadlines are told from.

    Raises:
        NotAllowedError: The person may not read orders.
        ReturnNotFoundError: There is no such return for this person.
    """
    viewer.require(Permission.READ_ORDERS)
    own = [] if viewer.seller_id is None else [Order.seller_id == viewer.seller_id]
    found = session.execute(
        sa.select(
            *columns(Return, ReturnDetail),
            Order.number.label("order_number"),
            Order.status.label("order_status"),
            Order.customer_id,
            Order.customer_name,
            Order.customer_email,
            Seller.name.label("seller_name"),
            Order.currency,
        )
        .join(Order, Order.id == Return.order_id)
        .join(Seller, Seller.id == Order.seller_id)
        .where(Return.id == return_id, *own)
    ).one_or_none()
    rules = returnable(session, found.order_id, without=return_id) if found else None
    if found is None or rules is None:
        raise ReturnNotFoundError
    lines = _lines(session, return_id)
    wanted = ReturnRequest({line.order_line_id: line.quantity for line in lines if line.quantity}, found.reason)
    is_seller = viewer.seller_id is not None
    facts = found._asdict() | ({"inspection": ""} if is_seller else {})
    return ReturnDetail(
        **facts,
        lines=lines,
        photos=_photos(session, return_id),
        messages=() if is_seller else messages_of(session, return_id),
        returnable=rules,
        broken_rules=tuple(_against(found.status, rules, wanted, local_day(found.requested_at))),
        withdrawal=rules.withdrawal(today),
        refund=refund_deadline(
            found.requested_at, today, is_awaited=found.status.is_open or is_refund_owed(session, return_id)
        ),
    )


def _against(status: ReturnStatus, rules: ReturnableOrder, wanted: ReturnRequest, asked_on: dt.date) -> Iterator[str]:
    """Return what is to be said against a return: it cannot be at all (the shop wrote it), or the rules refuse it."""
    yield from rules.broken_rules(wanted, asked_on)
    if status.is_open:
        try:
            check_request(rules, wanted)
        except ReturnRefusedError as error:
            yield str(error)


def messages_of(session: Session, return_id: int) -> tuple[ReturnMessageRow, ...]:
    """Return the thread of a return, oldest first."""
    found = sa.select(*columns(ReturnMessage, ReturnMessageRow)).where(ReturnMessage.return_id == return_id)
    return tuple(ReturnMessageRow(**row._asdict()) for row in session.execute(found.order_by(ReturnMessage.id)))


def _photos(session: Session, return_id: int) -> tuple[ReturnPhotoRow, ...]:
    found = sa.select(*columns(ReturnPhoto, ReturnPhotoRow)).where(ReturnPhoto.return_id == return_id)
    return tuple(ReturnPhotoRow(**row._asdict()) for row in session.execute(found.order_by(ReturnPhoto.id)))


def _lines(session: Session, return_id: int) -> tuple[ReturnDetailLine, ...]:
    found = session.execute(
        sa.select(
            ReturnLine.quantity.label("announced"),
            ReturnLine.quantity_received,
            ReturnLine.condition,
            ReturnLine.remark,
            OrderLine.sku,
            OrderLine.name,
            OrderLine.attributes,
            OrderLine.unit_price_cents,
            sa.func.coalesce(Product.is_returnable, sa.true()).label("is_returnable"),
            *columns(OrderLine, LineFacts),
        )
        .join(OrderLine, OrderLine.id == ReturnLine.order_line_id)
        .outerjoin(Product, Product.id == OrderLine.product_id)
        .where(ReturnLine.return_id == return_id)
        .order_by(OrderLine.position)
    )
    return tuple(_line(row._asdict()) for row in found)


def _line(row: Mapping[str, Any]) -> ReturnDetailLine:
    line = LineFacts(**{name.name: row[name.name] for name in fields(LineFacts)})
    said = {name: row[name] for name in _SAID}
    return ReturnDetailLine(
        order_line_id=line.id,
        product_id=line.product_id,
        attributes=mapping(row["attributes"]),
        quantity=row["announced"],
        worth_cents=worth_announced(line, row["announced"]),
        quantity_kept=line.quantity_kept,
        **said,
    )
