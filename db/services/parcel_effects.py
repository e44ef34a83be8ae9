"""Write what a move does to parcels, and take it back: they leave, they arrive, their arrival is confirmed."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.business_days import add_business_days
from db.domain.carriers import Carrier, carrier_named
from db.domain.errors import InvalidInputError
from db.domain.moves import Effects, Move
from db.domain.order_facts import OrderFacts
from db.domain.orders import OrderStatus
from db.domain.time import instant_of, local_day
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
    return words_for(
        carriers, move.carrier.strip() or order.carrier, move.tracking_number_of(order.id), move.tracking_url
    )


def words_for(carriers: Sequence[Carrier], carrier_name: str, number: str, url: str) -> dict[str, str]:
    """Return a parcel's carrier as we call it, its number, and its link: the one given, else the carrier's."""
    carrier, number = carrier_named(carriers, carrier_name), number.strip()
    link = url.strip() or (carrier.tracking_url(number) if carrier else "")
    return {
        "carrier": carrier.name if carrier else carrier_name,
        "tracking_number": number,
        "tracking_url": link,
    }


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
    left_at = instant_of(move.happened_on, now)
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
    _expect(session, [order for order, _ in shipped], traces)


def _expect(session: Session, orders: Sequence[OrderFacts], traces: _Traces) -> None:
    """Write when orders arrive; where no carrier says so, what was promised stands."""
    last = last_expected(session, [order.id for order in orders])
    changed = {}
    for order in orders:
        before, day = order.expected_delivery_on, last.get(order.id)
        if day is not None and day != before:
            changed[order.id] = day
            traces[order.id]["expected_before"] = before.isoformat() if before else None
    write_expected(session, changed)


def last_expected(session: Session, order_ids: Sequence[int]) -> dict[int, dt.date]:
    """Return the day orders arrive: with the last of their parcels. Those of which nobody knows are left out."""
    days: dict[int, dt.date] = {}
    for start in range(0, len(order_ids), _AT_ONCE):
        found = (
            sa.select(Shipment.order_id, sa.func.max(Shipment.expected_on))
            .where(
                Shipment.order_id.in_(order_ids[start : start + _AT_ONCE]),
                Shipment.cancelled_at.is_(None),
                Shipment.expected_on.is_not(None),
            )
            .group_by(Shipment.order_id)
        )
        days |= {order_id: day for order_id, day in session.execute(found) if day is not None}
    return days


def arrive(session: Session, actor: Actor, move: Move, moves: _Moves, traces: _Traces, now: dt.datetime) -> None:
    """Write that all parcels of orders have arrived, or that their arrival is confirmed.

    Raises:
        InvalidInputError: The day of arrival is before a parcel left.
    """
    at = instant_of(move.happened_on, now)
    there = [order.id for order, effects in moves if effects.status in _ARRIVED]
    if there and move.happened_on:
        _check_departures(session, there, move.happened_on)
    received = [order.id for order, effects in moves if effects.status is OrderStatus.RECEIVED]
    _mark(session, there, Shipment.delivered_at, {"delivered_at": at}, "delivered_parcels", traces)
    confirmed = {"received_at": at, "received_by": actor.kind}
    _mark(session, received, Shipment.received_at, confirmed, "received_parcels", traces)
    for order, effects in moves:
        if effects.is_handed_over:
            traces[order.id]["handed_over"] = "".join(move.pickup_code.split()) == order.pickup_code


def check_departure(left_at: dt.datetime, day: dt.date) -> None:
    """Refuse a day of arrival on which the parcel had not left.

    Raises:
        InvalidInputError: It is before.
    """
    if day < local_day(left_at):
        raise InvalidInputError("Ce jour est avant le départ du colis. Choisissez un jour plus tardif.")


def _check_departures(session: Session, order_ids: Sequence[int], day: dt.date) -> None:
    under_way = (Shipment.delivered_at.is_(None), Shipment.cancelled_at.is_(None))
    for start in range(0, len(order_ids), _AT_ONCE):
        some = Shipment.order_id.in_(order_ids[start : start + _AT_ONCE])
        last = session.scalar(sa.select(sa.func.max(Shipment.shipped_at)).where(some, *under_way))
        if last is not None:
            check_departure(last, day)


def _mark(
    session: Session,
    order_ids: Sequence[int],
    column: sa.orm.InstrumentedAttribute[dt.datetime | None],
    values: Mapping[str, Any],
    name: str,
    traces: _Traces,
) -> None:
    """Write an instant on the live parcels that have none yet, and trace which those are."""
    for start in range(0, len(order_ids), _AT_ONCE):
        marked = session.execute(
            sa.update(Shipment)
            .where(
                Shipment.order_id.in_(order_ids[start : start + _AT_ONCE]),
                column.is_(None),
                Shipment.cancelled_at.is_(None),
            )
            .values(dict(values))
            .returning(Shipment.id, Shipment.order_id)
            .execution_options(synchronize_session=False)
        )
        for row in marked:
            traces[row.order_id].setdefault(name, []).append(row.id)


def take_back(session: Session, reverted: Sequence[tuple[int, Mapping[str, Any]]]) -> None:
    """Take back what the traces of moves say of parcels; order id and trace."""
    forget_arrivals(session, [trace for _, trace in reverted])
    sent = [trace["shipment_id"] for _, trace in reverted if "shipment_id" in trace]
    if sent:
        session.execute(sa.delete(Shipment).where(Shipment.id.in_(sent)))
    before = {
        order_id: dt.date.fromisoformat(trace["expected_before"]) if trace["expected_before"] else None
        for order_id, trace in reverted
        if "expected_before" in trace
    }
    write_expected(session, before)


def forget_arrivals(session: Session, traces: Sequence[Mapping[str, Any]]) -> None:
    """Forget the deliveries and receipts that traces name."""
    _forget(session, traces, "received_parcels", {"received_at": None, "received_by": None})
    _forget(session, traces, "delivered_parcels", {"delivered_at": None})


def _forget(session: Session, traces: Sequence[Mapping[str, Any]], name: str, values: Mapping[str, None]) -> None:
    ids = [shipment_id for trace in traces for shipment_id in trace.get(name, ())]
    if ids:
        some = sa.update(Shipment).where(Shipment.id.in_(ids)).values(dict(values))
        session.execute(some.execution_options(synchronize_session=False))


def write_expected(session: Session, days: Mapping[int, dt.date | None]) -> None:
    """Write the day some orders are expected."""
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
