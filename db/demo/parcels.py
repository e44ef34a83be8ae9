"""What left: parcels with their contents, numbers and arrival, as the moves of an order's life have it."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from db.demo.baskets import Draft
from db.demo.facts import HANDED_OVER_AT_COUNTER, Move
from db.demo.lives import Life
from db.demo.plans import business_day_after
from db.domain.carriers import DEFAULT_CARRIERS, Carrier, carrier_named
from db.domain.orders import ActorKind, OrderStatus
from db.domain.time import local_day

_LEFT = frozenset({OrderStatus.PARTLY_SHIPPED, OrderStatus.SHIPPED})
_RECEIVED = frozenset({OrderStatus.RECEIVED, OrderStatus.COMPLETED})
#: A network address from the range for documentation (RFC 5737).
_SOME_ADDRESS = "192.0.2.17"

#: How the numbers of carriers look, made from a parcel's id.
_NUMBERS = {
    "colissimo": "6A{:011d}",
    "chronopost": "XY{:09d}FR",
    "mondial_relay": "{:08d}",
    "dhl": "{:010d}",
    "dpd": "{:014d}",
    "gls": "{:011d}",
}


@dataclass(frozen=True, slots=True)
class DemoParcel:
    """One parcel as a row of ``shipments``, and its units by line index."""

    row: dict[str, Any]
    units: dict[int, int]


def parcels(first_id: int, order_id: int, draft: Draft, life: Life) -> Iterator[DemoParcel]:
    """Return the parcels of an order, numbered from ``first_id``."""
    left = [move for move in life.moves if move.status in _LEFT or move.is_handover]
    for place, (move, units) in enumerate(zip(left, _contents(left, life), strict=False)):
        if units:
            yield DemoParcel(_row(first_id + place, order_id, draft, life, move), units)


def _contents(left: list[Move], life: Life) -> list[dict[int, int]]:
    """Return what each departure took: the first article alone where the order left in two parts."""
    shipped = {index: units for index, units in enumerate(life.units.shipped) if units}
    if not left or left[0].status is not OrderStatus.PARTLY_SHIPPED:
        return [shipped]
    return [{0: shipped.pop(0, 0)}, shipped]


def _row(parcel_id: int, order_id: int, draft: Draft, life: Life, move: Move) -> dict[str, Any]:
    carrier = None if draft.is_collected else _carrier(draft.carrier)
    number = _NUMBERS[carrier.code].format(parcel_id) if carrier and carrier.code in _NUMBERS else ""
    received = next((each for each in life.moves if each.status in _RECEIVED), None) if life.delivered_at else None
    return {
        "id": parcel_id,
        "order_id": order_id,
        "carrier": HANDED_OVER_AT_COUNTER if draft.is_collected else draft.carrier,
        "tracking_number": number,
        "tracking_url": carrier.tracking_url(number) if carrier else "",
        "shipped_at": move.at,
        "expected_on": business_day_after(local_day(move.at), carrier.delivery_days) if carrier else None,
        "delivered_at": life.delivered_at,
        "received_at": received.at if received else None,
        "received_by": received.actor.kind if received else None,
        "received_from": _SOME_ADDRESS if received and received.actor.kind is ActorKind.CUSTOMER else "",
    }


@lru_cache(maxsize=32)
def _carrier(name: str) -> Carrier | None:
    return carrier_named(DEFAULT_CARRIERS, name)


def moment_of(life: Life, status: OrderStatus) -> dt.datetime | None:
    """Return when an order first reached a status."""
    return next((move.at for move in life.moves if move.status is status), None)
