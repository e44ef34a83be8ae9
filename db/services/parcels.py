"""A parcel after it left: corrected, called back, delivered, its receipt confirmed. To send one is a move.

Each parcel arrives and is received by itself; the order follows its parcels (``moves.follow_parcels``).
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.errors import InvalidInputError, MarketplaceError, NotFoundError
from db.domain.move_words import check_day, check_words
from db.domain.moves import Move
from db.domain.order_facts import OrderFacts
from db.domain.orders import HistoryEvent, OrderStatus
from db.domain.permissions import Permission
from db.domain.time import instant_of, local_day
from db.models import OrderHistory, OrderLine, Shipment
from db.queries.carriers import all_carriers
from db.services.history import Entry, record
from db.services.move_effects import set_status
from db.services.moves import follow_parcels, move_order
from db.services.order_facts import load_facts, locked_order
from db.services.parcel_effects import (
    add_to_lines,
    as_json,
    check_departure,
    expected_on,
    last_expected,
    words_for,
    write_expected,
)
from db.services.parcel_mail import drop_told, parcel_units, tell_corrected, write_of_parcel
from db.services.versions import raise_versions

#: The statuses in which parcels may be under way: only then is one corrected, called back or noted as arrived.
ON_ITS_WAY = frozenset({OrderStatus.PARTLY_SHIPPED, OrderStatus.SHIPPED, OrderStatus.DELIVERED})


class ParcelNotFoundError(NotFoundError):
    """No such parcel, or another seller's: the answer is the same."""

    def __init__(self) -> None:
        super().__init__("Ce colis n’existe pas ou ne vous est pas accessible.")


class ParcelSettledError(MarketplaceError):
    """The parcel has arrived, or was called back: what is told of it stays."""

    def __init__(self, shipment: Shipment) -> None:
        self.shipment_id = shipment.id
        what = "n’est pas parti" if shipment.cancelled_at else "est déjà livré"
        super().__init__(f"Ce colis {what}\u00a0: il ne se modifie plus.")


@dataclass(frozen=True, slots=True)
class ParcelEdit:
    """What can be corrected of a parcel."""

    carrier: str
    tracking_number: str
    #: Empty: built from the carrier's pattern.
    tracking_url: str = ""
    #: The day it left.
    shipped_on: dt.date | None = None


def correct_parcel(
    session: Session,
    actor: Actor,
    shipment_id: int,
    version: int,
    edit: ParcelEdit,
    now: dt.datetime,
    *,
    notifies: bool = False,
) -> int | None:
    """Correct a parcel that has not arrived; return the history row, or None where nothing differs.

    What still waits to be told of it is told as corrected. ``notifies`` writes to the customer once more, with the
    corrected link.

    Raises:
        NotAllowedError: The actor may not ship.
        InvalidInputError: A value cannot be used.
        ParcelNotFoundError: There is no such parcel for this actor.
        ParcelSettledError: It has arrived or was called back.
        ChangedMeanwhileError: The order is not at ``version`` any more.
    """
    order, shipment = _open_parcel(session, actor, shipment_id, version)
    words = Move(
        OrderStatus.SHIPPED,
        carrier=edit.carrier,
        tracking_number=edit.tracking_number,
        tracking_url=edit.tracking_url,
    )
    check_words(words)
    check_day(edit.shipped_on, now)
    before, after = _correct(session, shipment, edit, now)
    if not after:
        return None
    session.flush()
    raise_versions(session, [order.id], now)
    write_expected(session, last_expected(session, [order.id]))
    history_id = record(
        session,
        actor,
        Entry(order.id, HistoryEvent.SHIPMENT_CORRECTED, before, after | {"shipment_id": shipment_id}),
        now,
    )
    told = {name: getattr(shipment, name) for name in ("carrier", "tracking_number", "tracking_url")}
    waiting = tell_corrected(session, order.id, shipment_id, told)
    if notifies and not waiting:
        is_part = order.status is OrderStatus.PARTLY_SHIPPED
        reached = OrderStatus.PARTLY_SHIPPED if is_part else OrderStatus.SHIPPED
        write_of_parcel(session, actor, order, reached, shipment_id, history_id, now, told)
    return history_id


def cancel_parcel(session: Session, actor: Actor, shipment_id: int, version: int, reason: str, now: dt.datetime) -> int:
    """Call a parcel back that has not arrived: its articles are to ship again; return the history row.

    The order's status follows from what is still under way: « Expédiée en partie », or in preparation where nothing
    is. What waits to be told of the parcel is dropped.

    Raises:
        NotAllowedError: The actor may not ship.
        InvalidInputError: There is no reason.
        ParcelNotFoundError: There is no such parcel for this actor.
        ParcelSettledError: It has arrived or was called back.
        ChangedMeanwhileError: The order is not at ``version`` any more.
    """
    if not reason.strip():
        raise InvalidInputError("Indiquez pourquoi ce colis n’est pas parti\u00a0: la raison est gardée.")
    check_words(Move(OrderStatus.SHIPPED, note=reason))
    order, shipment = _open_parcel(session, actor, shipment_id, version)
    units = parcel_units(session, shipment_id)
    shipment.cancelled_at = now
    session.flush()
    add_to_lines(session, OrderLine.quantity_shipped, {line_id: -count for line_id, count in units.items()})
    status = status_after_recall(_live_parcels(session, order.id))
    set_status(session, [order.id], status, now)
    write_expected(session, _expected_without(session, order, shipment_id))
    dropped = drop_told(session, order.id, shipment_id)
    after = {"status": status.value, "shipment_id": shipment_id, "units": as_json(units), "emails_dropped": dropped}
    entry = Entry(order.id, HistoryEvent.SHIPMENT_CANCELLED, {"status": order.status.value}, after, note=reason.strip())
    return record(session, actor, entry, now)


def status_after_recall(other_parcels: int) -> OrderStatus:
    """Return where an order is once a parcel was called back, by how many others have left."""
    return OrderStatus.PARTLY_SHIPPED if other_parcels else OrderStatus.PREPARING


def mark_delivered(
    session: Session, actor: Actor, shipment_id: int, version: int, day: dt.date | None, now: dt.datetime
) -> int:
    """Note that a parcel arrived; return the last history row. The customer is asked to confirm.

    With the last parcel the order is delivered.

    Raises:
        NotAllowedError: The actor may not act on orders.
        InvalidInputError: The day lies in the future, or before the parcel left.
        ParcelNotFoundError: There is no such parcel for this actor.
        ParcelSettledError: It has arrived already, or was called back.
        ChangedMeanwhileError: The order is not at ``version`` any more.
    """
    check_day(day, now)
    order, shipment = _open_parcel(session, actor, shipment_id, version, Permission.ACT_ON_ORDERS)
    if day is not None:
        check_departure(shipment.shipped_at, day)
    is_last = _live_parcels(session, order.id, Shipment.delivered_at.is_(None)) == 1
    if is_last and order.status is OrderStatus.SHIPPED:
        return move_order(session, actor, order.id, Move(OrderStatus.DELIVERED, happened_on=day), now)
    shipment.delivered_at = instant_of(day, now)
    session.flush()
    raise_versions(session, [order.id], now)
    # « delivered_parcels » is the trace that an undo reads.
    after = _told(shipment) | {"delivered_parcels": [shipment_id]}
    history_id = record(session, actor, Entry(order.id, HistoryEvent.PARCEL_DELIVERED, after=after), now)
    write_of_parcel(session, actor, order, OrderStatus.DELIVERED, shipment_id, history_id, now)
    return history_id


def confirm_receipt(
    session: Session,
    actor: Actor,
    order_id: int,
    shipment_id: int,
    address: str,
    now: dt.datetime,
    *,
    received_at: dt.datetime | None = None,
    note: str = "",
) -> bool:
    """Note that a parcel was received, as its proof; return whether that was news.

    The seller is told; with the last parcel the order is received.

    Args:
        session: The caller's transaction.
        actor: The customer, or the system after some days of silence.
        order_id: The parcel's order, as the follow-up link says.
        shipment_id: The parcel.
        address: The network address that the confirmation came from; empty where nobody clicked.
        now: The instant of the confirmation.
        received_at: When it counts as received, where that is not now.
        note: Why, where nobody said so.

    Raises:
        ParcelNotFoundError: The order has no such parcel.
    """
    order = load_facts(session, actor, [order_id], locked=True).get(order_id)
    shipment = _locked(session, shipment_id)
    if order is None or shipment is None or shipment.order_id != order_id or shipment.cancelled_at is not None:
        raise ParcelNotFoundError
    if shipment.received_at is not None:
        return False
    shipment.delivered_at = shipment.delivered_at or now
    shipment.received_at, shipment.received_by = received_at or now, actor.kind
    shipment.received_from = address
    session.flush()
    raise_versions(session, [order_id], now)
    proof = {"from": address} if address else {}
    entry = Entry(order_id, HistoryEvent.PARCEL_RECEIVED, after=_told(shipment) | proof, note=note)
    history_id = record(session, actor, entry, now)
    moved = follow_parcels(session, actor, [order_id], now)
    if order_id not in moved:
        write_of_parcel(session, actor, order, OrderStatus.RECEIVED, shipment_id, history_id, now)
    return True


def _open_parcel(
    session: Session, actor: Actor, shipment_id: int, version: int, permission: Permission = Permission.SHIP
) -> tuple[OrderFacts, Shipment]:
    """Return a parcel that is still under way and its order, both locked."""
    actor.require(permission)
    order_id = session.scalar(sa.select(Shipment.order_id).where(Shipment.id == shipment_id))
    if order_id is None or order_id not in load_facts(session, actor, [order_id]):
        raise ParcelNotFoundError
    order = locked_order(session, actor, order_id, version)
    shipment = _locked(session, shipment_id)
    if shipment is None:
        raise ParcelNotFoundError
    is_settled = shipment.delivered_at or shipment.received_at or shipment.cancelled_at
    if is_settled or order.status not in ON_ITS_WAY:
        raise ParcelSettledError(shipment)
    return order, shipment


def _locked(session: Session, shipment_id: int) -> Shipment | None:
    found = sa.select(Shipment).where(Shipment.id == shipment_id).with_for_update()
    return session.scalars(found.execution_options(populate_existing=True)).one_or_none()


def _correct(
    session: Session, shipment: Shipment, edit: ParcelEdit, now: dt.datetime
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Write a correction; return the fields that differ, as they were and as they are."""
    carriers = all_carriers(session)
    left_on = edit.shipped_on or local_day(shipment.shipped_at)
    said = words_for(carriers, edit.carrier.strip(), edit.tracking_number, edit.tracking_url)
    wanted = said | {"shipped_on": left_on.isoformat()}
    there = {name: getattr(shipment, name) for name in said}
    there["shipped_on"] = local_day(shipment.shipped_at).isoformat()
    changed = [name for name in wanted if wanted[name] != there[name]]
    if changed:
        for name, text in said.items():
            setattr(shipment, name, text)
        shipment.expected_on = expected_on(carriers, said["carrier"], left_on)
        if "shipped_on" in changed:
            shipment.shipped_at = instant_of(left_on, now)
    return {name: there[name] for name in changed}, {name: wanted[name] for name in changed}


def _live_parcels(session: Session, order_id: int, *conditions: sa.ColumnElement[bool]) -> int:
    live = (Shipment.order_id == order_id, Shipment.cancelled_at.is_(None), *conditions)
    return session.scalar(sa.select(sa.func.count()).select_from(Shipment).where(*live)) or 0


def _expected_without(session: Session, order: OrderFacts, shipment_id: int) -> dict[int, dt.date | None]:
    """Return the day an order is expected once a parcel was called back: of the others, else what stood before."""
    last = last_expected(session, [order.id])
    if last:
        return {**last}
    found = sa.select(OrderHistory.after).where(
        OrderHistory.order_id == order.id, OrderHistory.event == HistoryEvent.STATUS_CHANGED
    )
    traces = [after for after in session.scalars(found) if after and after.get("shipment_id") == shipment_id]
    if not traces or "expected_before" not in traces[0]:
        return {}
    before = traces[0]["expected_before"]
    return {order.id: dt.date.fromisoformat(before) if before else None}


def _told(shipment: Shipment) -> dict[str, Any]:
    return {
        "shipment_id": shipment.id,
        "carrier": shipment.carrier,
        "tracking_number": shipment.tracking_number,
    }
