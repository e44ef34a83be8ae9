"""What is printed of orders: all that their slips say, many orders in a handful of statements."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.orders import OPEN_RETURN_STATUSES, DeliveryMode, ReturnStatus
from db.domain.postal import PostalAddress, at_pickup_point
from db.domain.returns import ReturnReason
from db.domain.snapshot import Snapshot
from db.domain.snapshot_json import from_json
from db.domain.time import local_day
from db.domain.viewer import Viewer
from db.domain.withdrawal import arrived_on
from db.models import Document, Order, Return, ReturnLine, Seller
from db.queries.order_details import AddressDetails, OrderDetails, order_details
from db.queries.plans import not_indexed


@dataclass(frozen=True, slots=True)
class PrintedReturn:
    """What a customer has said they send back, as the slip in their parcel tells it."""

    id: int
    status: ReturnStatus
    reason: ReturnReason
    explanation: str
    requested_on: dt.date
    #: When they were told to send it; None until then.
    accepted_on: dt.date | None
    #: Order line → units.
    units: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class PrintedOrder:
    """An order, who sells it and where it goes, as an envelope would say it."""

    details: OrderDetails
    placed_on: dt.date
    seller_id: int
    seller_name: str
    seller: PostalAddress
    billing: PostalAddress
    delivery: PostalAddress
    requests: tuple[PrintedReturn, ...]

    @property
    def received_on(self) -> dt.date | None:
        """Return the day the last parcel arrived; None while one is under way or nobody knows."""
        arrivals = [each.received_at or each.delivered_at for each in self.details.shipments]
        return arrived_on(arrivals or [self.details.received_at or self.details.delivered_at])


def printed_orders(session: Session, viewer: Viewer | None, order_ids: Sequence[int]) -> list[PrintedOrder]:
    """Return what is printed of orders, in their order; those that the viewer may not see, or that are gone, are not.

    Args:
        session: An open session.
        viewer: Who prints; a seller has only their own orders. None where the system does, for a customer.
        order_ids: Some orders, as many as one statement takes.
    """
    sellers = _sellers(session, viewer, order_ids)
    details = order_details(session, list(sellers))
    requests = _requests(session, list(sellers))
    return [
        _printed(details[order_id], sellers[order_id], tuple(requests[order_id]))
        for order_id in order_ids
        if order_id in sellers
    ]


def printed_return(session: Session, return_id: int) -> tuple[PrintedOrder, PrintedReturn] | None:
    """Return what is printed of one return that is under way, with its order; None where it is not, or is none."""
    order_id = session.scalar(sa.select(Return.order_id).where(Return.id == return_id))
    orders = printed_orders(session, None, [order_id]) if order_id is not None else []
    return next(((order, each) for order in orders for each in order.requests if each.id == return_id), None)


def printed_documents(session: Session, viewer: Viewer, document_ids: Sequence[int]) -> list[tuple[int, Snapshot]]:
    """Return what numbered documents state, in the order of their ids as given; only those the viewer may see."""
    found = sa.select(Document.id, Document.snapshot).where(Document.id.in_(document_ids))
    if viewer.seller_id is not None:
        found = found.where(Document.seller_id == viewer.seller_id)
    snapshots = {row.id: row.snapshot for row in session.execute(found)}
    return [(each, from_json(snapshots[each])) for each in document_ids if each in snapshots]


_SELLER = ("name", "legal_name", "street", "postcode", "city", "country_code", "mobile", "email")


def _sellers(
    session: Session, viewer: Viewer | None, order_ids: Sequence[int]
) -> dict[int, sa.Row[*tuple[object, ...]]]:
    found = (
        sa.select(Order.id, Order.placed_on, Order.seller_id, *(getattr(Seller, name) for name in _SELLER))
        .join(Seller, Seller.id == Order.seller_id)
        .where(Order.id.in_(order_ids))
    )
    if viewer is not None and viewer.seller_id is not None:
        found = found.where(Order.seller_id == viewer.seller_id)
    return {row.id: row for row in session.execute(found)}


def _printed(
    order: OrderDetails, row: sa.Row[*tuple[object, ...]], requests: tuple[PrintedReturn, ...]
) -> PrintedOrder:
    seller = row._mapping  # noqa: SLF001  the public way to read a row by name
    delivery = _address(order.delivery or order.billing, order)
    if order.pickup_address.strip() and order.delivery_mode is DeliveryMode.PICKUP_POINT:
        delivery = at_pickup_point(delivery, order.pickup_address)
    return PrintedOrder(
        details=order,
        placed_on=seller["placed_on"],
        seller_id=seller["seller_id"],
        seller_name=seller["name"],
        seller=PostalAddress(
            company=seller["legal_name"] or seller["name"],
            street=seller["street"],
            postcode=seller["postcode"],
            city=seller["city"],
            country_code=seller["country_code"],
            phone=seller["mobile"],
            email=seller["email"],
        ),
        billing=_address(order.billing or order.delivery, order),
        delivery=delivery,
        requests=requests,
    )


def _address(known: AddressDetails | None, order: OrderDetails) -> PostalAddress:
    address = PostalAddress(**asdict(known)) if known else PostalAddress()
    return PostalAddress(
        **asdict(address)
        | {
            "name": address.name or order.customer_name,
            "phone": address.phone or order.customer_phone,
            "email": order.customer_email,
        }
    )


def _requests(session: Session, order_ids: Sequence[int]) -> Mapping[int, list[PrintedReturn]]:
    found = session.execute(
        sa.select(
            Return.id,
            Return.order_id,
            Return.status,
            Return.reason,
            Return.explanation,
            Return.requested_at,
            Return.decided_at,
        )
        .where(Return.order_id.in_(order_ids), not_indexed(Return.status.in_(sorted(OPEN_RETURN_STATUSES))))
        .order_by(Return.id)
    ).all()
    units: dict[int, dict[int, int]] = defaultdict(dict)
    lines = sa.select(ReturnLine.return_id, ReturnLine.order_line_id, ReturnLine.quantity)
    for line in session.execute(lines.where(ReturnLine.return_id.in_([row.id for row in found]))):
        units[line.return_id][line.order_line_id] = line.quantity
    by_order: dict[int, list[PrintedReturn]] = defaultdict(list)
    for row in found:
        by_order[row.order_id].append(
            PrintedReturn(
                id=row.id,
                status=row.status,
                reason=row.reason,
                explanation=row.explanation,
                requested_on=local_day(row.requested_at),
                accepted_on=local_day(row.decided_at) if row.decided_at else None,
                units=units[row.id],
            )
        )
    return by_order
