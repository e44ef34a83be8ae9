"""What a label or a carrier's file says of parcels."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.money import divide_half_up
from db.domain.orders import DeliveryMode
from db.domain.postal import PostalAddress, at_pickup_point
from db.models import Order, OrderAddress, Seller, Shipment, ShipmentLine
from db.models.orders import AddressKind
from db.queries.order_lines import lines_by_order

_Select = sa.Select[*tuple[Any, ...]]
_Row = sa.Row[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Labelled:
    """A parcel to make a label for: one that exists, or what an order is about to send (no shipment)."""

    order_id: int
    shipment_id: int | None = None


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is said of one parcel."""

    order_number: str
    sender: PostalAddress
    recipient: PostalAddress
    carrier: str
    tracking_number: str
    weight_g: int
    total_cents: int
    currency: str
    #: « 1 » and « 2 » of « colis 1/2 »; how many there are is not known while more is to be sent.
    place: int
    parcels: int | None
    is_pickup_point: bool = False


def parcels_to_label(session: Session, labelled: Sequence[Labelled]) -> list[Parcel]:
    """Return what is said of parcels, in their order; those that are gone by now are left out."""
    ids = {each.order_id for each in labelled}
    orders = {row.id: row for row in session.execute(_orders(ids))}
    addresses = _delivery_addresses(session, ids)
    shipments = _shipments(session, ids)
    units = _units_of_parcels(session, [row.id for rows in shipments.values() for row in rows])
    lines = lines_by_order(session, ids)
    parcels = []
    for each in labelled:
        order = orders.get(each.order_id)
        rows = shipments[each.order_id]
        shipment = next((row for row in rows if row.id == each.shipment_id), None)
        if order is None or (each.shipment_id is not None and shipment is None):
            continue
        contents = units[shipment.id] if shipment else _left(lines[order.id])
        place = rows.index(shipment) + 1 if shipment else len(rows) + 1
        is_complete = shipment is None or not any(_left(lines[order.id]).values())
        parcels.append(
            Parcel(
                order_number=order.number,
                sender=_sender(order),
                recipient=_recipient(order, addresses.get(order.id)),
                is_pickup_point=order.delivery_mode is DeliveryMode.PICKUP_POINT,
                carrier=(shipment.carrier if shipment else "") or order.carrier,
                tracking_number=shipment.tracking_number if shipment else "",
                weight_g=_weight(lines[order.id], contents),
                total_cents=order.total_cents,
                currency=order.currency,
                place=place,
                parcels=max(place, len(rows)) if is_complete else None,
            )
        )
    return parcels


def _orders(ids: Collection[int]) -> _Select:
    seller = [getattr(Seller, name).label(f"seller_{name}") for name in _SENDER]
    return (
        sa.select(
            Order.id,
            Order.number,
            Order.delivery_mode,
            Order.pickup_address,
            Order.carrier,
            Order.customer_name,
            Order.customer_phone,
            Order.customer_email,
            Order.total_cents,
            Order.currency,
            *seller,
        )
        .join(Seller, Seller.id == Order.seller_id)
        .where(Order.id.in_(ids))
    )


_SENDER = ("name", "street", "postcode", "city", "country_code", "mobile", "email")


def _sender(order: _Row) -> PostalAddress:
    return PostalAddress(
        company=order.seller_name,
        street=order.seller_street,
        postcode=order.seller_postcode,
        city=order.seller_city,
        country_code=order.seller_country_code,
        phone=order.seller_mobile,
        email=order.seller_email,
    )


def _recipient(order: _Row, address: PostalAddress | None) -> PostalAddress:
    known = address or PostalAddress()
    contact = replace(
        known,
        name=known.name or order.customer_name,
        phone=known.phone or order.customer_phone,
        email=order.customer_email,
    )
    if order.delivery_mode is DeliveryMode.PICKUP_POINT and order.pickup_address.strip():
        return at_pickup_point(contact, order.pickup_address)
    return contact


def _delivery_addresses(session: Session, ids: Collection[int]) -> dict[int, PostalAddress]:
    names = ("name", "company", "street", "street_extra", "postcode", "city", "country_code", "phone")
    found = sa.select(OrderAddress.order_id, *(getattr(OrderAddress, name) for name in names))
    found = found.where(OrderAddress.order_id.in_(ids), OrderAddress.kind == AddressKind.DELIVERY)
    return {row[0]: PostalAddress(*row[1:]) for row in session.execute(found)}


def _shipments(session: Session, ids: Collection[int]) -> Mapping[int, list[_Row]]:
    found = (
        sa.select(Shipment.id, Shipment.order_id, Shipment.carrier, Shipment.tracking_number)
        .where(Shipment.order_id.in_(ids), Shipment.cancelled_at.is_(None))
        .order_by(Shipment.id)
    )
    by_order: dict[int, list[_Row]] = defaultdict(list)
    for row in session.execute(found):
        by_order[row.order_id].append(row)
    return by_order


def _units_of_parcels(session: Session, shipment_ids: Collection[int]) -> Mapping[int, Counter[int]]:
    units: dict[int, Counter[int]] = defaultdict(Counter)
    found = sa.select(ShipmentLine.shipment_id, ShipmentLine.order_line_id, ShipmentLine.quantity)
    for row in session.execute(found.where(ShipmentLine.shipment_id.in_(shipment_ids))):
        units[row.shipment_id][row.order_line_id] = row.quantity
    return units


def _left(lines: Sequence[_Row]) -> Counter[int]:
    return Counter({line.id: line.quantity - line.quantity_shipped - line.quantity_cancelled for line in lines})


def _weight(lines: Sequence[_Row], units: Mapping[int, int]) -> int:
    """Return what some units weigh; a line knows the weight of all of its units together."""
    return sum(divide_half_up(line.weight_g * units.get(line.id, 0), line.quantity) for line in lines)
