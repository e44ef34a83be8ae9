"""Refunds as rows of ``payments``: what is held by which means, and what is promised by which."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.means import means_of_refund
from db.domain.order_facts import OrderFacts
from db.domain.orders import OWED_REFUND_STATES, PaymentKind, PaymentMethod, PaymentRecordState
from db.models import Payment


@dataclass(frozen=True, slots=True)
class NewRefund:
    """Money that is to be given back."""

    order_id: int
    method: PaymentMethod
    amount_cents: int
    currency: str
    settlement_id: int | None = None
    iban: str = ""


def held_by_means(session: Session, order_ids: Sequence[int]) -> Mapping[int, dict[PaymentMethod, int]]:
    """Return what is held of each order by each means: received, neither given back nor promised."""
    is_refund = Payment.kind == PaymentKind.REFUND
    counts = sa.or_(
        Payment.state == PaymentRecordState.CAPTURED, sa.and_(is_refund, Payment.state.in_(sorted(OWED_REFUND_STATES)))
    )
    signed = sa.case((is_refund, -Payment.amount_cents), else_=Payment.amount_cents)
    found = session.execute(
        sa.select(Payment.order_id, Payment.method, sa.cast(sa.func.sum(signed), sa.BigInteger))
        .where(Payment.order_id.in_(order_ids), counts)
        .group_by(Payment.order_id, Payment.method)
    )
    held: dict[int, dict[PaymentMethod, int]] = {order_id: {} for order_id in order_ids}
    for order_id, method, cents in found:
        held[order_id][method] = cents
    return held


def promise_refunds(session: Session, refunds: Sequence[NewRefund], now: dt.datetime) -> list[int]:
    """Write refunds that are to do; return their ids in the same order."""
    if not refunds:
        return []
    rows = [
        {
            "order_id": each.order_id,
            "kind": PaymentKind.REFUND,
            "method": each.method,
            "state": PaymentRecordState.PENDING,
            "amount_cents": each.amount_cents,
            "currency": each.currency,
            "settlement_id": each.settlement_id,
            "iban": each.iban,
            "created_at": now,
        }
        for each in refunds
    ]
    inserted = sa.insert(Payment).returning(Payment.id, sort_by_parameter_order=True)
    return list(session.scalars(inserted, rows))


def promise_by_means(
    session: Session, owed: Sequence[tuple[OrderFacts, int]], now: dt.datetime
) -> Mapping[int, list[int]]:
    """Write what is to be given back of some orders, by the means it came by.

    Args:
        session: The caller's.
        owed: Orders, each once, with the cents to give back.
        now: When it is promised.

    Returns:
        Order id → the refunds' ids; orders that nothing is given back of are left out.
    """
    if not owed:
        return {}
    held = held_by_means(session, [order.id for order, _ in owed])
    refunds = [
        NewRefund(order.id, method, share, order.currency)
        for order, cents in owed
        for method, share in means_of_refund(cents, held[order.id], order.payment_method)
    ]
    ids: dict[int, list[int]] = {}
    for refund, refund_id in zip(refunds, promise_refunds(session, refunds, now), strict=True):
        ids.setdefault(refund.order_id, []).append(refund_id)
    return ids


def payer_iban(session: Session, order_id: int) -> str:
    """Return the account that the order was paid from, where it is known."""
    found = (
        sa.select(Payment.iban)
        .where(Payment.order_id == order_id, Payment.kind == PaymentKind.PAYMENT, Payment.iban != "")
        .order_by(Payment.id.desc())
        .limit(1)
    )
    return session.scalar(found) or ""
