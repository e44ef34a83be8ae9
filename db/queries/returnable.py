"""What may still be sent back of an order, as the rules of returns want to know it."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.orders import OPEN_RETURN_STATUSES, OrderStatus
from db.domain.return_rules import ReturnableLine, ReturnableOrder
from db.domain.withdrawal import arrived_on
from db.models import Order, OrderLine, Product, Return, ReturnLine, Shipment
from db.queries.columns import mapping
from db.queries.plans import not_indexed
from db.queries.return_settings import return_rules


def returnable(session: Session, order_id: int, *, without: int | None = None) -> ReturnableOrder | None:
    """Return what decides whether something of an order may be sent back; None where there is no such order.

    Args:
        session: An open session.
        order_id: Whoever asks must be known to reach it.
        without: A return that is looked at itself: its own units are not taken for asked.
    """
    found = sa.select(
        Order.id, Order.number, Order.currency, Order.status, Order.delivered_at, Order.received_at
    ).where(Order.id == order_id)
    order = session.execute(found).one_or_none()
    if order is None:
        return None
    parcels = sa.select(sa.func.coalesce(Shipment.received_at, Shipment.delivered_at)).where(
        Shipment.order_id == order_id, Shipment.cancelled_at.is_(None)
    )
    arrivals = list(session.scalars(parcels)) or [order.received_at or order.delivered_at]
    return ReturnableOrder(
        order_id=order.id,
        number=order.number,
        currency=order.currency,
        received_on=None if order.status is OrderStatus.PARTLY_SHIPPED else arrived_on(arrivals),
        rules=return_rules(session),
        lines=_lines(session, order_id, without),
    )


def _lines(session: Session, order_id: int, without: int | None) -> tuple[ReturnableLine, ...]:
    asked = (
        sa.select(ReturnLine.order_line_id, sa.func.sum(ReturnLine.quantity).label("units"))
        .join(Return, Return.id == ReturnLine.return_id)
        .where(
            Return.order_id == order_id,
            not_indexed(Return.status.in_(sorted(OPEN_RETURN_STATUSES))),
            Return.id.is_distinct_from(without),
        )
        .group_by(ReturnLine.order_line_id)
        .subquery()
    )
    found = session.execute(
        sa.select(
            OrderLine.id,
            OrderLine.product_id,
            OrderLine.sku,
            OrderLine.name,
            OrderLine.attributes,
            OrderLine.quantity,
            OrderLine.total_cents,
            (OrderLine.quantity_shipped - OrderLine.quantity_returned).label("quantity_kept"),
            sa.cast(sa.func.coalesce(asked.c.units, 0), sa.BigInteger).label("quantity_asked"),
            sa.func.coalesce(Product.is_returnable, sa.true()).label("is_returnable"),
        )
        .outerjoin(Product, Product.id == OrderLine.product_id)
        .outerjoin(asked, asked.c.order_line_id == OrderLine.id)
        .where(OrderLine.order_id == order_id)
        .order_by(OrderLine.position)
    )
    return tuple(ReturnableLine(**row._asdict() | {"attributes": mapping(row.attributes)}) for row in found)
