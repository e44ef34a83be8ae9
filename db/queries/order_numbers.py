"""Orders by their numbers, as a carrier's file or a list in a dialog names them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.orders import OrderStatus
from db.domain.text import is_storable
from db.domain.viewer import Viewer
from db.models import Order

_AT_ONCE = 500
_HAVE_LEFT = (OrderStatus.SHIPPED, OrderStatus.DELIVERED, OrderStatus.RECEIVED, OrderStatus.COMPLETED)


@dataclass(frozen=True, slots=True)
class NamedOrder:
    """An order as a person recognises it."""

    id: int
    number: str
    customer_name: str


def ids_of_numbers(session: Session, viewer: Viewer, numbers: Iterable[str]) -> dict[str, int]:
    """Return the id of each order that the viewer reaches, by its exact number; unknown numbers are left out."""
    wanted = sorted({number for number in numbers if number and is_storable(number)})
    found: dict[str, int] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        some = sa.select(Order.number, Order.id).where(Order.number.in_(wanted[start : start + _AT_ONCE]))
        found |= {row.number: row.id for row in session.execute(_own(viewer, some))}
    return found


def shipped_among(session: Session, viewer: Viewer, ids: Collection[int]) -> frozenset[int]:
    """Return which of some orders have left whole."""
    known = sorted(ids)
    shipped: set[int] = set()
    for start in range(0, len(known), _AT_ONCE):
        some = sa.select(Order.id).where(Order.id.in_(known[start : start + _AT_ONCE]), Order.status.in_(_HAVE_LEFT))
        shipped |= set(session.scalars(_own(viewer, some)))
    return frozenset(shipped)


def named_orders(session: Session, viewer: Viewer, ids: Collection[int]) -> list[NamedOrder]:
    """Return some hundred orders as a person recognises them, by number."""
    found = sa.select(Order.id, Order.number, Order.customer_name).where(Order.id.in_(ids)).order_by(Order.number)
    return [NamedOrder(*row) for row in session.execute(_own(viewer, found))]


def _own(viewer: Viewer, found: sa.Select[*tuple[Any, ...]]) -> sa.Select[*tuple[Any, ...]]:
    return found if viewer.seller_id is None else found.where(Order.seller_id == viewer.seller_id)
