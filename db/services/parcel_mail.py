"""What is told of one parcel, where the order's own move tells nothing: written, corrected, dropped."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.mail import WAITING_STATES, OutboxState
from db.domain.order_facts import OrderFacts
from db.domain.orders import HistoryEvent, OrderStatus
from db.models import OrderHistory, OutboxMessage, ShipmentLine
from db.queries.statuses import status_settings
from db.services.outbox import address_book, letters_for, queue
from db.services.parcel_effects import as_json


def parcel_units(session: Session, shipment_id: int) -> dict[int, int]:
    """Return what a parcel holds: line id → units."""
    found = sa.select(ShipmentLine.order_line_id, ShipmentLine.quantity).where(ShipmentLine.shipment_id == shipment_id)
    return {row.order_line_id: row.quantity for row in session.execute(found)}


def write_of_parcel(
    session: Session,
    actor: Actor,
    order: OrderFacts,
    reached: OrderStatus,
    shipment_id: int,
    history_id: int,
    now: dt.datetime,
    words: Mapping[str, Any] | None = None,
) -> None:
    """Queue the e-mail about one parcel: the one of the status that it has reached, if that is on."""
    look = status_settings(session)[reached]
    if not look.sends_email or look.template is None:
        return
    variables = {
        "status": (order.status_before_error or order.status).value,
        "lines": as_json(parcel_units(session, shipment_id)),
        **(words or {}),
    }
    letters = letters_for(order, look.template, address_book(session, [order.seller_id]), variables)
    event = f"parcel:{history_id}"
    queue(session, actor, [replace(letter, event=event, history_id=history_id) for letter in letters], now)


def _mail_of(session: Session, order_id: int, shipment_id: int) -> list[OutboxMessage]:
    """Return the e-mails that wait to tell of a parcel."""
    rows = session.execute(
        sa.select(OrderHistory.id, OrderHistory.after).where(
            OrderHistory.order_id == order_id,
            OrderHistory.event.in_([HistoryEvent.STATUS_CHANGED, HistoryEvent.SHIPMENT_CORRECTED]),
        )
    )
    history_ids = [row.id for row in rows if (row.after or {}).get("shipment_id") == shipment_id]
    waiting = sa.select(OutboxMessage).where(
        OutboxMessage.history_id.in_(history_ids), OutboxMessage.state.in_(WAITING_STATES)
    )
    return list(session.scalars(waiting.with_for_update()))


def tell_corrected(session: Session, order_id: int, shipment_id: int, told: Mapping[str, str]) -> bool:
    """Have what waits tell the parcel as corrected; return whether anything waits."""
    waiting = _mail_of(session, order_id, shipment_id)
    for message in waiting:
        message.variables = {**message.variables, **told}
    session.flush()
    return bool(waiting)


def drop_told(session: Session, order_id: int, shipment_id: int) -> int:
    """Drop what waits to tell of a parcel; return how many messages that were."""
    waiting = _mail_of(session, order_id, shipment_id)
    for message in waiting:
        message.state = OutboxState.CANCELLED
    session.flush()
    return len(waiting)
