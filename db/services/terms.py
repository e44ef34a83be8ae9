"""The terms under which sellers sell: each order keeps those of its day, whatever they become."""

import datetime as dt
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.business_days import HolidayZone, add_business_days_to_all
from db.models import Order, Seller, SellerTerms


@dataclass(frozen=True, slots=True)
class Terms:
    """What a seller pays, and how many business days after an order it is paid."""

    fee_rate_bp: int
    payout_delay_days: int


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


def terms_by_day(session: Session, seller_ids: Sequence[int]) -> dict[int, list[tuple[dt.date, Terms]]]:
    """Return the terms of sellers and the day from which each holds, oldest first; the first ones hold from ever."""
    base = session.execute(
        sa.select(Seller.id, Seller.fee_rate_bp, Seller.payout_delay_days).where(Seller.id.in_(seller_ids))
    )
    found = {row.id: [(dt.date.min, Terms(row.fee_rate_bp, row.payout_delay_days))] for row in base}
    later = session.execute(
        sa.select(SellerTerms.seller_id, SellerTerms.from_on, SellerTerms.fee_rate_bp, SellerTerms.payout_delay_days)
        .where(SellerTerms.seller_id.in_(seller_ids))
        .order_by(SellerTerms.from_on)
    )
    for row in later:
        found[row.seller_id].append((row.from_on, Terms(row.fee_rate_bp, row.payout_delay_days)))
    return found


def terms_on(known: Sequence[tuple[dt.date, Terms]], day: dt.date) -> Terms:
    """Return the terms that hold on a day, of those of ``terms_by_day``."""
    return known[bisect_right(known, day, key=lambda each: each[0]) - 1][1]
