"""Write what a move does to parcels, and take it back: they leave, they arrive, their arrival is confirmed."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.carriers import Carrier, carrier_named
from db.domain.moves import Effects, Move, OrderFacts
from db.domain.orders import OrderStatus
from db.domain.time import add_business_days, instant_of, local_day
from db.models import Order, OrderLine, Shipment, ShipmentLine
from db.queries.carriers import all_carriers

HANDED_OVER = "Remise en main propre"
_AT_ONCE = 500
_ARRIVED = frozenset({OrderStatus.DELIVERED, OrderStatus.RECEIVED})

_Moves = Sequence[tuple[OrderFacts, Effects]]
_Traces = Mapping[int, dict[str, Any]]


def parcel_words(carriers: Sequence[Carrier], order: OrderFacts, move: Move) -> dict[str, str]:
    """Return what is said of the parcel a move sends: carrier, number and where it is followed."""
    if move.handed_over:
        return {"carrier": HANDED_OVER, "tracking_number": "", "tracking_url": ""}
    name = move.carrier.strip() or order.carrier
    carrier = carrier_named(carriers, name)
    number = move.tracking_number_of(order.id)
    link = move.tracking_url.strip() or (carrier.tracking_url(number) if carrier else "")
    return {"carrier": carrier.name if carrier else name, "tracking_number": number, "tracking_url": link}


def expected_on(carriers: Sequence[Carrier], carrier_name: str, left_on: dt.date) -> dt.date | None:
    """Return the day a parcel should arrive; None where its carrier is not known."""
    carrier = carrier_named(carriers, carrier_name)
    return add_business_days(left_on, carrier.delivery_days) if carrier else None


def send(session: Session, actor: Actor, move: Move, moves: _Moves, traces: _Traces, now: dt.datetime) -> None:
    """Write the parcels that leave, and what they hold."""
    shipped = [(order, effects) for order, effects in moves if effects.shipped]
    if not shipped:
        return
    carriers = all_carriers(session)
    left_at = instant_of(move.happened_on, now) if move.happened_on else now
    words = {order.id: parcel_words(carriers, order, move) for order, _ in shipped}
    names = {each["carrier"] for each in words.values()}
    days = {name: expected_on(carriers, name, local_day(left_at)) for name in names}
    rows = [
        {
            "order_id": order_id,
            "message": move.message.strip(),
            "shipped_at": left_at,
            "expected_on": days[said["carrier"]],
            "person_id": actor.person_id,
            **said,
        }
        for order_id, said in words.items()
    ]
    ids = session.scalars(sa.insert(Shipment).returning(Shipment.id, sort_by_parameter_order=True), rows).all()
    units: dict[int, int] = {}
    contents = []
    for shipment_id, (order, effects) in zip(ids, shipped, strict=True):
        traces[order.id] |= {"shipped": as_json(effects.shipped), "shipment_id": shipment_id}
        units |= effects.shipped
        contents += [
            {"shipment_id": shipment_id, "order_line_id": line_id, "quantity": quantity}
            for line_id, quantity in effects.shipped.items()
        ]
    session.execute(sa.insert(ShipmentLine), contents)
    add_to_lines(session, OrderLine.quantity_shipped, units)
    expect(session, {order_id: days[said["carrier"]] for order_id, said in words.items()}, moves, traces)


def expect(session: Session, days: Mapping[int, dt.date | None], moves: _Moves, traces: _Traces) -> None:
    """Write when orders should arrive: with their last parcel."""
    later = {}
    for order, _ in moves:
        day = days.get(order.id)
        if day is not None and day != order.expected_delivery_on:
            later[order.id] = day
            before = order.expected_delivery_on
            traces[order.id]["expected_before"] = before.isoformat() if before else None
    _write_expected(session, later)


def arrive(session: Session, actor: Actor, move: Move, moves: _Moves, traces: _Traces, now: dt.datetime) -> None:
    """Write that all parcels of orders have arrived, or that their arrival is confirmed."""
    at = instant_of(move.happened_on, now) if move.happened_on else now
    for status in _ARRIVED:
        ids = [order.id for order, effects in moves if effects.status is status]
        column = Shipment.delivered_at if status is OrderStatus.DELIVERED else Shipment.received_at
        values: dict[Any, Any] = {column: at}
        if status is OrderStatus.RECEIVED:
            values |= {
                Shipment.delivered_at: sa.func.coalesce(Shipment.delivered_at, at),
                Shipment.received_by: actor.kind,
            }
        for start in range(0, len(ids), _AT_ONCE):
            arrived = session.execute(
                sa.update(Shipment)
                .where(
                    Shipment.order_id.in_(ids[start : start + _AT_ONCE]),
                    column.is_(None),
                    Shipment.cancelled_at.is_(None),
                )
                .values(values)
                .returning(Shipment.id, Shipment.order_id)
                .execution_options(synchronize_session=False)
            )
            for row in arrived:
                traces[row.order_id].setdefault(f"{status.value}_parcels", []).append(row.id)
    for order, effects in moves:
        if effects.is_handed_over:
            traces[order.id]["handed_over"] = "".join(move.pickup_code.split()) == order.pickup_code


def take_back(session: Session, reverted: Sequence[tuple[int, Mapping[str, Any]]]) -> None:
    """Take back what traces say of parcels; order id and trace."""
    _forget(session, reverted, "received_parcels", {"received_at": None, "received_by": None})
    _forget(session, reverted, "delivered_parcels", {"delivered_at": None})
    sent = [trace["shipment_id"] for _, trace in reverted if "shipment_id" in trace]
    if sent:
        session.execute(sa.delete(Shipment).where(Shipment.id.in_(sent)))
    before = {
        order_id: dt.date.fromisoformat(trace["expected_before"]) if trace["expected_before"] else None
        for order_id, trace in reverted
        if "expected_before" in trace
    }
    _write_expected(session, before)


def _forget(
    session: Session, reverted: Sequence[tuple[int, Mapping[str, Any]]], name: str, values: Mapping[str, None]
) -> None:
    ids = [shipment_id for _, trace in reverted for shipment_id in trace.get(name, ())]
    if ids:
        some = sa.update(Shipment).where(Shipment.id.in_(ids)).values(dict(values))
        session.execute(some.execution_options(synchronize_session=False))


def _write_expected(session: Session, days: Mapping[int, dt.date | None]) -> None:
    if days:
        written = (
            sa.update(Order)
            .where(Order.id == sa.bindparam("order_id"))
            .values(expected_delivery_on=sa.bindparam("day", type_=sa.Date()))
        )
        rows = [{"order_id": order_id, "day": day} for order_id, day in sorted(days.items())]
        session.connection().execute(written, rows)


def add_to_lines(session: Session, column: sa.orm.InstrumentedAttribute[int], units: Mapping[int, int]) -> None:
    """Add units, or take them away, on one column of some articles."""
    if not units:
        return
    changed = (
        sa.update(OrderLine)
        .where(OrderLine.id == sa.bindparam("line_id"))
        .values({column.key: column + sa.bindparam("units")})
    )
    # The connection, not the session: the session's own bulk update takes absolute values only.
    session.connection().execute(
        changed, [{"line_id": line_id, "units": count} for line_id, count in sorted(units.items())]
    )


def as_json(units: Mapping[int, int]) -> dict[str, int]:
    """Return units by line as a history row keeps them."""
    return {str(line_id): count for line_id, count in units.items()}
