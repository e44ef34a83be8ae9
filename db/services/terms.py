"""The terms under which sellers sell: each order keeps those of its day, whatever they become."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.business_days import HolidayZone, add_business_days_to_all
from db.domain.seller_terms import terms_on
from db.models import Order, Seller
from db.queries.seller_terms import terms_by_day


@dataclass(frozen=True, slots=True)
class OrderTerms:
    """The fee of an order, and the first day on which it is paid out."""

    fee_rate_bp: int
    due_on: dt.date


def order_terms(session: Session, order_ids: Sequence[int]) -> dict[int, OrderTerms]:
    """Return the terms of some orders, by id: those that their sellers had on the day each was placed."""
    placed = session.execute(
        sa.select(Order.id, Order.seller_id, Order.placed_on, Seller.holiday_zone)
        .join(Seller, Seller.id == Order.seller_id)
        .where(Order.id.in_(order_ids))
    ).all()
    known = terms_by_day(session, sorted({row.seller_id for row in placed}))
    rates: dict[int, int] = {}
    alike: dict[tuple[int, HolidayZone], list[tuple[int, dt.date]]] = defaultdict(list)
    for row in placed:
        terms = terms_on(known[row.seller_id], row.placed_on)
        rates[row.id] = terms.fee_rate_bp
        alike[terms.payout_delay_days, row.holiday_zone].append((row.id, row.placed_on))
    found: dict[int, OrderTerms] = {}
    for (delay, zone), orders in alike.items():
        due = add_business_days_to_all([day for _, day in orders], delay, zone).astype(object)
        found |= {order_id: OrderTerms(rates[order_id], day) for (order_id, _), day in zip(orders, due, strict=True)}
    return found
