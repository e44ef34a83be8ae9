"""What the page states of the order's parcels, as data in French: what they hold, where they are, who received them."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.badges import (
    PARCEL_CANCELLED,
    PARCEL_DELIVERED,
    PARCEL_RECEIVED,
    PARCEL_UNDER_WAY,
    Badge,
    late_delivery_badge,
)
from dashboard.order_page.facts import Fact, day_words
from db.domain import formats
from db.domain.move_words import is_web_address
from db.domain.orders import ActorKind, HistoryEvent
from db.queries.order_rows import HistoryEntry, OrderPage, ShipmentRow

_RECEIVED_BY = {
    ActorKind.CUSTOMER: "confirmé par le client",
    ActorKind.SYSTEM: "tenu pour reçu, le client n’ayant rien dit",
    ActorKind.PERSON: "noté par l’équipe",
    ActorKind.SHOP: "transmis par la boutique",
}


@dataclass(frozen=True, slots=True)
class Parcel:
    """A parcel as it is drawn, with the address that tells where it is."""

    title: str
    carrier: str
    tracking: str
    href: str
    badges: tuple[Badge, ...]
    #: « 2 × Thé vert bio », one article a line.
    articles: tuple[str, ...]
    message: str
    facts: tuple[Fact, ...]
    is_cancelled: bool


def parcels(page: OrderPage, today: dt.date) -> list[Parcel]:
    """Return the order's parcels in words; each keeps its rank, one that did not leave after all, too."""
    is_alone = len(page.shipments) == 1
    return [
        _parcel(page, shipment, "Colis" if is_alone else f"Colis {rank}", today)
        for rank, shipment in enumerate(page.shipments, start=1)
    ]


def _parcel(page: OrderPage, shipment: ShipmentRow, title: str, today: dt.date) -> Parcel:
    """Return a shipment in words; the shop may have written any text where a link belongs."""
    href = shipment.tracking_url if is_web_address(shipment.tracking_url) else ""
    names = {line.id: line.name for line in page.lines}
    return Parcel(
        title=title,
        carrier=shipment.carrier or "Transporteur non précisé",
        tracking=shipment.tracking_number or ("Suivre le colis" if href else ""),
        href=href,
        badges=tuple(_badges(shipment, today)),
        articles=tuple(f"{formats.integer(units)} × {names.get(line, '')}" for line, units in shipment.contents),
        message=shipment.message.strip(),
        facts=tuple(_facts(page, shipment)),
        is_cancelled=shipment.cancelled_at is not None,
    )


def _badges(shipment: ShipmentRow, today: dt.date) -> list[Badge]:
    if shipment.cancelled_at:
        return [PARCEL_CANCELLED]
    if shipment.received_at:
        return [PARCEL_RECEIVED]
    if shipment.delivered_at:
        return [PARCEL_DELIVERED]
    late = shipment.days_late(today)
    return [PARCEL_UNDER_WAY, *([late_delivery_badge(late)] if late else [])]


def _facts(page: OrderPage, shipment: ShipmentRow) -> list[Fact]:
    if shipment.cancelled_at:
        return [Fact("Annulé le", formats.instant(shipment.cancelled_at))]
    facts = [
        Fact("Parti le", formats.instant(shipment.shipped_at)),
        Fact("Attendu le", "" if shipment.delivered_at else day_words(shipment.expected_on)),
        Fact("Livré le", formats.instant(shipment.delivered_at) if shipment.delivered_at else ""),
        Fact("Reçu le", _receipt(page, shipment)),
    ]
    return [fact for fact in facts if fact.value]


def _receipt(page: OrderPage, shipment: ShipmentRow) -> str:
    """Return the proof of receipt: when, who said so, from where."""
    if shipment.received_at is None:
        return ""
    who = _RECEIVED_BY[shipment.received_by] if shipment.received_by else ""
    name = _colleague(page.history, shipment.id) if shipment.received_by is ActorKind.PERSON else ""
    where = f"depuis l’adresse {shipment.received_from}" if shipment.received_from else ""
    said = (formats.instant(shipment.received_at), f"noté par {name}" if name else who, where)
    return " · ".join(part for part in said if part)


def _colleague(history: Sequence[HistoryEntry], shipment_id: int) -> str:
    """Return who noted that a parcel was received."""
    for entry in history:
        told = entry.after.get("received_parcels")
        is_theirs = entry.event is HistoryEvent.PARCEL_RECEIVED and entry.after.get("shipment_id") == shipment_id
        if is_theirs or (isinstance(told, list) and shipment_id in told):
            return entry.actor_name
    return ""
