"""A parcel delivered days ago of which its customer says nothing is received. DOMAIN.md, « Shipments and receipt »."""

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM
from db.domain.moves import Move
from db.domain.orders import OrderStatus
from db.domain.timed import LOOK_BACK, TimedValues, Unit, due_after, latest_start
from db.models import Order, Shipment
from db.queries.plans import not_indexed
from db.services.moves import move_orders
from db.services.parcels import confirm_receipt
from db.services.timed.letters import Candidate, has_status

_UNDER_WAY = (OrderStatus.PARTLY_SHIPPED, OrderStatus.SHIPPED, OrderStatus.DELIVERED)
_IS_THERE = (Shipment.order_id == Order.id, Shipment.cancelled_at.is_(None))


def candidates(values: TimedValues, now: dt.datetime) -> sa.Select[int, dt.datetime]:
    """Return the orders with a parcel, or as a whole without one, that were delivered about long enough ago."""
    since = _window(values, now)
    parcels = (
        sa.select(Order.id, sa.func.min(Shipment.delivered_at).label("since"))
        .join(Shipment, Shipment.order_id == Order.id)
        .where(
            Shipment.delivered_at.is_not(None),
            Shipment.received_at.is_(None),
            Shipment.cancelled_at.is_(None),
            Shipment.delivered_at.between(*since),
            not_indexed(Order.status.in_(_UNDER_WAY)),
        )
        .group_by(Order.id)
    )
    wholes = sa.select(Order.id, Order.delivered_at.label("since")).where(
        has_status(OrderStatus.DELIVERED),
        Order.delivered_at.between(*since),
        ~sa.exists().where(*_IS_THERE),
    )
    both = sa.union_all(parcels, wholes).subquery()
    return sa.select(both.c.id, both.c.since)


def due(session: Session, found: Sequence[Candidate], values: TimedValues, now: dt.datetime) -> list[int]:  # noqa: ARG001  all rules are called alike
    """Return those whose days are over."""
    return [each.id for each in found if due_after(each.since, values.delay, Unit.DAYS) <= now]


def act(session: Session, order_ids: Sequence[int], values: TimedValues, now: dt.datetime) -> int:
    """Confirm the receipt of what is due, dated when it was due; return how many orders that concerned."""
    note = f"Sans réponse du client {values.delay} jours après la livraison."
    parcels = session.execute(
        sa.select(Shipment.id, Shipment.order_id, Shipment.delivered_at)
        .where(
            Shipment.order_id.in_(order_ids),
            Shipment.delivered_at.between(*_window(values, now)),
            Shipment.received_at.is_(None),
            Shipment.cancelled_at.is_(None),
        )
        .order_by(Shipment.order_id, Shipment.id)
    ).all()
    for parcel in parcels:
        due_at = due_after(parcel.delivered_at, values.delay, Unit.DAYS)
        if due_at <= now:
            confirm_receipt(session, SYSTEM, parcel.order_id, parcel.id, "", now, received_at=due_at, note=note)
    wholes = sorted(set(order_ids) - {parcel.order_id for parcel in parcels})
    moved = move_orders(session, SYSTEM, wholes, Move(OrderStatus.RECEIVED, note=note), now).history_ids
    _date_wholes(session, list(moved), values)
    return len(order_ids) - len(wholes) + len(moved)


def _window(values: TimedValues, now: dt.datetime) -> tuple[dt.datetime, dt.datetime]:
    latest = latest_start(now, values.delay, Unit.DAYS)
    return latest - LOOK_BACK, latest


def _date_wholes(session: Session, order_ids: Sequence[int], values: TimedValues) -> None:
    """Date the receipt of orders without parcels when it was due, however late the worker was."""
    found = sa.select(Order.id, Order.delivered_at).where(
        Order.id.in_(order_ids), Order.status == OrderStatus.RECEIVED, Order.delivered_at.is_not(None)
    )
    rows = [
        {"id": row.id, "received_at": due_after(row.delivered_at, values.delay, Unit.DAYS)}
        for row in session.execute(found)
        if row.delivered_at is not None
    ]
    if rows:
        session.execute(sa.update(Order), rows)
