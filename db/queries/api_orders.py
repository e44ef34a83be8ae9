"""Where an order stands, for the shop that sent it."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.text import is_storable
from db.models import Order, Seller
from db.queries.order_details import OrderDetails, order_details


@dataclass(frozen=True, slots=True)
class OrderStanding:
    """An order with what only the shop asks for."""

    details: OrderDetails
    external_ref: str
    seller_code: str
    updated_at: dt.datetime


def order_standing(
    session: Session, seller_id: int | None, *, number: str | None = None, external_ref: str | None = None
) -> OrderStanding | None:
    """Return the order with this number, or this reference of the shop's, if the asker reaches it.

    Args:
        session: The caller's.
        seller_id: Whose orders alone the asker reaches; None for everybody's.
        number: The order's number.
        external_ref: The shop's own reference.
    """
    wanted = {Order.number: number, Order.external_ref: external_ref}
    asked = [column == value for column, value in wanted.items() if value is not None]
    if not asked or not all(is_storable(value) for value in wanted.values() if value is not None):
        return None
    if seller_id is not None:
        asked.append(Order.seller_id == seller_id)
    row = session.execute(
        sa.select(Order.id, Order.external_ref, Order.updated_at, Seller.code)
        .join(Seller, Seller.id == Order.seller_id)
        .where(*asked)
    ).one_or_none()
    if row is None:
        return None
    return OrderStanding(order_details(session, [row.id])[row.id], row.external_ref or "", row.code, row.updated_at)


def number_of(session: Session, order_id: int) -> str:
    """Return an order's number."""
    return session.execute(sa.select(Order.number).where(Order.id == order_id)).scalar_one()
