"""Which parcel of each order gets a label or a line of a carrier's file, whose parcel it is, and which have none."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.carriers import carrier_named
from db.domain.orders import COLLECTED_MODES, OrderStatus
from db.domain.permissions import Permission
from db.domain.viewer import Viewer
from db.models import Order, OrderAddress, Shipment
from db.models.orders import AddressKind
from db.queries.carriers import all_carriers
from db.queries.labels import Labelled

_Select = sa.Select[*tuple[Any, ...]]
_Row = sa.Row[*tuple[Any, ...]]

_AT_ONCE = 500
#: An order that may leave; one that has left is labelled by its parcel, whatever its status.
MAY_LEAVE = frozenset(
    {OrderStatus.PAID, OrderStatus.CONFIRMING, OrderStatus.PREPARING, OrderStatus.READY, OrderStatus.PARTLY_SHIPPED}
)


@dataclass(frozen=True, slots=True)
class Unlabelled:
    """An order without a label, and why."""

    order_id: int
    number: str
    reason: str


@dataclass(frozen=True, slots=True)
class CarriedBy:
    """Whose parcel it is."""

    #: As the settings or else the order call the carrier; empty where nobody has chosen one.
    name: str = ""
    #: Empty where the settings do not know it.
    code: str = ""


@dataclass(frozen=True, slots=True)
class LabelPlan:
    """What labels some orders get, in the order in which these were named."""

    parcels: tuple[Labelled, ...]
    refused: tuple[Unlabelled, ...] = ()
    #: Order id → whose its parcel is.
    carriers: Mapping[int, CarriedBy] = field(default_factory=dict)

    @property
    def refused_by_reason(self) -> dict[str, list[Unlabelled]]:
        """Return the orders without a label by reason, the most frequent reason first."""
        grouped: dict[str, list[Unlabelled]] = defaultdict(list)
        for each in self.refused:
            grouped[each.reason].append(each)
        return dict(sorted(grouped.items(), key=lambda group: -len(group[1])))

    def carried_by(self, code: str) -> tuple[Labelled, ...]:
        """Return the parcels of the carrier of that code."""
        return tuple(each for each in self.parcels if self.carriers[each.order_id].code == code)


def plan_labels(session: Session, viewer: Viewer, order_ids: Sequence[int]) -> LabelPlan:
    """Return which parcel of each order gets a label: its newest one, or what it is about to send.

    Labels come in the order of ``order_ids``: a pile of parcels lies as the list on the screen does.

    Raises:
        NotAllowedError: The viewer does not ship.
    """
    viewer.require(Permission.SHIP)
    parcels: list[Labelled] = []
    refused: list[Unlabelled] = []
    carriers: dict[int, CarriedBy] = {}
    known = all_carriers(session)
    ids = list(dict.fromkeys(order_ids))
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        newest = _newest_parcels(session, some)
        orders = {row.id: row for row in session.execute(_candidates(viewer, some))}
        for order in (orders[order_id] for order_id in some if order_id in orders):
            parcel = newest.get(order.id)
            reason = _why_not(order, has_parcel=parcel is not None)
            if reason:
                refused.append(Unlabelled(order.id, order.number, reason))
                continue
            parcels.append(Labelled(order.id, parcel.id if parcel else None))
            name = (parcel.carrier if parcel else "") or order.carrier
            carrier = carrier_named(known, name)
            carriers[order.id] = CarriedBy(carrier.name, carrier.code) if carrier else CarriedBy(name.strip())
    return LabelPlan(tuple(parcels), tuple(refused), carriers)


def order_of_parcel(session: Session, viewer: Viewer, shipment_id: int) -> Labelled | None:
    """Return a parcel that was not called back, if it is one of the viewer's orders."""
    found = (
        sa.select(Shipment.order_id)
        .join(Order, Order.id == Shipment.order_id)
        .where(Shipment.id == shipment_id, Shipment.cancelled_at.is_(None))
    )
    if viewer.seller_id is not None:
        found = found.where(Order.seller_id == viewer.seller_id)
    order_id = session.scalar(found)
    return None if order_id is None else Labelled(order_id, shipment_id)


def _candidates(viewer: Viewer, ids: Sequence[int]) -> _Select:
    has_address = sa.exists().where(OrderAddress.order_id == Order.id, OrderAddress.kind == AddressKind.DELIVERY)
    found = sa.select(
        Order.id,
        Order.number,
        Order.status,
        Order.delivery_mode,
        Order.pickup_address,
        Order.carrier,
        has_address.label("has_address"),
    )
    found = found.where(Order.id.in_(ids))
    return found if viewer.seller_id is None else found.where(Order.seller_id == viewer.seller_id)


def _why_not(order: _Row, *, has_parcel: bool) -> str:
    if order.delivery_mode in COLLECTED_MODES:
        return "Le client vient la chercher\u00a0: rien ne part."
    if not has_parcel and order.status not in MAY_LEAVE:
        return f"Rien à expédier au statut «\u00a0{order.status.label}\u00a0»."
    if not order.has_address and not order.pickup_address:
        return "Aucune adresse de livraison."
    return ""


def _newest_parcels(session: Session, ids: Sequence[int]) -> dict[int, _Row]:
    newest = (
        sa.select(sa.func.max(Shipment.id))
        .where(Shipment.order_id.in_(ids), Shipment.cancelled_at.is_(None))
        .group_by(Shipment.order_id)
    )
    found = sa.select(Shipment.order_id, Shipment.id, Shipment.carrier).where(Shipment.id.in_(newest))
    return {row.order_id: row for row in session.execute(found)}
