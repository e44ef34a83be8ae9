"""The parcels of an order in words: what is in each, where it is, whether its customer can confirm it."""

import datetime as dt
from dataclasses import dataclass

from dashboard.web.follow_up.words import day_of, moment, web_link
from db.domain import formats
from db.domain.orders import COLLECTED_MODES, ActorKind, OrderStatus
from db.queries.order_details import LineDetails, OrderDetails, ShipmentDetails
from db.services.parcel_effects import HANDED_OVER

_S = OrderStatus

#: In these a parcel that left may be confirmed; afterwards nobody asks any more.
_CONFIRMABLE = frozenset({_S.PARTLY_SHIPPED, _S.SHIPPED, _S.DELIVERED})


@dataclass(frozen=True, slots=True)
class Item:
    """Some units of one article."""

    quantity: int
    name: str
    details: str


@dataclass(frozen=True, slots=True)
class Parcel:
    """One parcel; without a link it cannot be followed, without ``confirms`` there is nothing to confirm."""

    id: int
    title: str
    #: It holds all there is.
    is_whole_order: bool
    state: str
    #: Whether it is there: for its mark.
    has_arrived: bool
    carrier: str
    number: str
    link: str
    dates: tuple[str, ...]
    #: What is said where it is late, kindly.
    apology: str
    items: tuple[Item, ...]
    #: What its button says.
    confirms: str
    thanks: str


def parcels_of(order: OrderDetails, today: dt.date) -> tuple[Parcel, ...]:
    """Return the parcels that left."""
    return tuple(_parcel(order, shipment, today) for shipment in order.shipments)


def still_to_come(order: OrderDetails) -> tuple[Item, ...]:
    """Return what has not left of an order that left in part."""
    if order.told_status is not _S.PARTLY_SHIPPED:
        return ()
    return tuple(_item(line, line.quantity_left) for line in order.lines if line.quantity_left)


def everything(order: OrderDetails) -> tuple[Item, ...]:
    """Return all that was bought and not cancelled."""
    counted = [(line, line.quantity - line.quantity_cancelled) for line in order.lines]
    return tuple(_item(line, quantity) for line, quantity in counted if quantity)


def confirms_whole_order(order: OrderDetails) -> bool:
    """Tell whether the customer confirms an order that arrived without a parcel of ours."""
    return order.told_status is _S.DELIVERED and not order.shipments


def _parcel(order: OrderDetails, shipment: ShipmentDetails, today: dt.date) -> Parcel:
    is_only = len(order.shipments) == 1 and order.told_status is not _S.PARTLY_SHIPPED
    is_handed_over = shipment.carrier == HANDED_OVER
    has_arrived = shipment.delivered_at is not None or shipment.received_at is not None
    can_confirm = shipment.received_at is None and order.told_status in _CONFIRMABLE
    lines = [(line, shipment.units.get(line.id, 0)) for line in order.lines]
    return Parcel(
        id=shipment.id,
        title=_title(order, shipment, is_only=is_only),
        is_whole_order=is_only,
        state=_state(order, shipment),
        has_arrived=has_arrived,
        carrier="" if is_handed_over else shipment.carrier,
        number=shipment.tracking_number,
        link=web_link(shipment.tracking_url),
        dates=_dates(order, shipment, today),
        apology=_apology(order, shipment, today),
        items=tuple(_item(line, quantity) for line, quantity in lines if quantity),
        confirms=("J’ai bien reçu ma commande" if is_only else "J’ai bien reçu ce colis") if can_confirm else "",
        thanks=_thanks(shipment),
    )


def _title(order: OrderDetails, shipment: ShipmentDetails, *, is_only: bool) -> str:
    """Return the name staff know it by, too: where one was called back, the others keep their number."""
    if is_only and order.delivery_mode in COLLECTED_MODES:
        return "Votre retrait"
    if is_only and shipment.rank == 1:
        return "Votre colis"
    is_whole = order.told_status is not _S.PARTLY_SHIPPED
    has_gaps = order.shipments[-1].rank != len(order.shipments)
    return (
        f"Colis {shipment.rank} sur {len(order.shipments)}" if is_whole and not has_gaps else f"Colis {shipment.rank}"
    )


def _state(order: OrderDetails, shipment: ShipmentDetails) -> str:
    is_collected = order.delivery_mode in COLLECTED_MODES
    if shipment.received_at:
        return "Retiré" if is_collected else "Reçu"
    if shipment.delivered_at:
        return "Remis" if is_collected else "Livré"
    return "Vous attend" if is_collected else "En route"


def _dates(order: OrderDetails, shipment: ShipmentDetails, today: dt.date) -> tuple[str, ...]:
    """Return when it left and when it arrives or arrived; what a hand-over or a receipt says by itself is left out."""
    if shipment.carrier == HANDED_OVER:
        return (f"Remis en main propre le {moment(shipment.shipped_at)}",)
    if order.delivery_mode in COLLECTED_MODES:
        return (f"À votre disposition depuis le {day_of(shipment.shipped_at)}",)
    left = f"Parti le {day_of(shipment.shipped_at)}"
    if shipment.delivered_at:
        return left, f"Livré le {day_of(shipment.delivered_at)}"
    if shipment.expected_on and not shipment.received_at:
        word = "Arrivée prévue" if shipment.expected_on >= today else "Attendu"
        return left, f"{word} le {formats.long_date(shipment.expected_on)}"
    return (left,)


def _apology(order: OrderDetails, shipment: ShipmentDetails, today: dt.date) -> str:
    is_under_way = not (shipment.delivered_at or shipment.received_at) and order.told_status in _CONFIRMABLE
    is_late = shipment.expected_on is not None and shipment.expected_on < today
    if not (is_under_way and is_late) or order.delivery_mode in COLLECTED_MODES:
        return ""
    advice = "Son suivi dit où il se trouve" if web_link(shipment.tracking_url) else "Écrivez-nous s’il n’arrive pas"
    return f"Ce colis a un peu de retard, et nous en sommes désolés. {advice}."


def _thanks(shipment: ShipmentDetails) -> str:
    if shipment.received_at is None or shipment.carrier == HANDED_OVER:
        return ""
    if shipment.received_by is ActorKind.CUSTOMER:
        return f"Vous avez confirmé sa réception le {moment(shipment.received_at)}. Merci\u00a0!"
    return f"Réception enregistrée le {day_of(shipment.received_at)}."


def _item(line: LineDetails, quantity: int) -> Item:
    return Item(quantity, line.name, options_of(line))


def options_of(line: LineDetails) -> str:
    """Return the chosen options of an article: « Contenance : 100 g · Couleur : vert »."""
    return " · ".join(f"{name}\u00a0: {value}" for name, value in line.attributes.items())
