"""Write what a move does beside the status, and take it back: articles, stock, parcels, refunds.

What ``apply`` did to an order stands in its history row (the *trace*), and ``revert`` reads it from there.
"""

import datetime as dt
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.moves import Effects, Move
from db.domain.order_facts import OrderFacts
from db.domain.orders import OrderStatus, PaymentRecordState
from db.domain.stock import StockKind
from db.domain.time import instant_of
from db.models import Order, OrderLine, Payment
from db.services import parcel_effects as parcels
from db.services.overtaken_mail import drop_overtaken, hold_mail_again
from db.services.refund_rows import promise_by_means
from db.services.stock import NewMovement, move_stock

#: What a move leaves in the history row for an undo: JSON keys are texts.
Trace = dict[str, Any]

_AT_ONCE = 500
#: Six digits: easy to say across a counter.
PICKUP_CODES = 10**6


def apply(
    session: Session, actor: Actor, move: Move, moves: Sequence[tuple[OrderFacts, Effects]], now: dt.datetime
) -> dict[int, Trace]:
    """Write the effects of one move on some orders; return order id → trace."""
    traces: dict[int, Trace] = {order.id: {} for order, _ in moves}
    at = instant_of(move.happened_on, now)
    for status in dict.fromkeys(effects.status for _, effects in moves):
        alike = [order.id for order, effects in moves if effects.status is status]
        set_status(session, alike, status, now, happened_at=at)
    _cancel_articles(session, actor, moves, traces, now)
    parcels.send(session, actor, move, moves, traces, now)
    parcels.arrive(session, actor, move, moves, traces, now)
    _hand_over(session, moves, traces)
    _give_pickup_codes(session, moves)
    _plan_refunds(session, moves, traces, now)
    left = {order.id: order.status for order, _ in moves}
    for order_id, ids in drop_overtaken(session, left, is_cancelled=move.target is OrderStatus.CANCELLED).items():
        traces[order_id] |= {"dropped_emails": ids, "emails_dropped": len(ids)}
    for order, effects in moves:
        if move.cancel_reason is not None and effects.status is OrderStatus.CANCELLED:
            traces[order.id]["reason"] = move.cancel_reason.value
        if effects.is_derogation:
            traces[order.id]["derogation"] = True
    return traces


@dataclass(frozen=True, slots=True)
class Reversal:
    """A move to take back: the order as it is, the status it had, and the move's trace."""

    order: OrderFacts
    status: OrderStatus
    trace: Mapping[str, Any]


def revert(session: Session, actor: Actor, reversals: Sequence[Reversal], now: dt.datetime) -> None:
    """Take moves back: the orders are again at their statuses and what the traces name is as before."""
    _revert_statuses(session, reversals, now)
    cancelled, shipped = _units_back(reversals, "cancelled"), _units_back(reversals, "shipped")
    parcels.add_to_lines(session, OrderLine.quantity_cancelled, cancelled)
    parcels.add_to_lines(session, OrderLine.quantity_shipped, shipped)
    parcels.add_to_lines(session, OrderLine.quantity_shipped, _units_back(reversals, "handed_units"))
    parcels.add_to_lines(session, OrderLine.settled_cents, _units_back(reversals, "settled"))
    taken_again = [move for each in reversals for move in _cancelled_units(each.order, cancelled)]
    move_stock(session, actor, taken_again, now)
    parcels.take_back(session, [(each.order.id, each.trace) for each in reversals])
    refunds = [refund_id for each in reversals for refund_id in _refunds_of(each.trace)]
    if refunds:
        given_up = sa.update(Payment).where(Payment.id.in_(refunds))
        session.execute(given_up.values(state=PaymentRecordState.CANCELLED))
    dropped = [outbox_id for each in reversals for outbox_id in each.trace.get("dropped_emails", ())]
    hold_mail_again(session, dropped, now)


def _refunds_of(trace: Mapping[str, Any]) -> list[int]:
    # Before there were several means, a trace named one.
    return [*trace.get("refund_ids", ()), *([trace["refund_id"]] if "refund_id" in trace else [])]


def _units_back(reversals: Sequence[Reversal], name: str) -> dict[int, int]:
    return {int(line): -units for each in reversals for line, units in each.trace.get(name, {}).items()}


def _revert_statuses(session: Session, reversals: Sequence[Reversal], now: dt.datetime) -> None:
    alike: dict[tuple[OrderStatus, OrderStatus | None], list[int]] = {}
    for each in reversals:
        # An order put back in error still knows where a repair leads.
        before_error = each.order.status if each.status is OrderStatus.ERROR else None
        alike.setdefault((each.status, before_error), []).append(each.order.id)
    for (status, before_error), order_ids in alike.items():
        set_status(session, order_ids, status, now, status_before_error=before_error)


def set_status(
    session: Session,
    order_ids: Sequence[int],
    status: OrderStatus,
    now: dt.datetime,
    *,
    status_before_error: OrderStatus | None = None,
    happened_at: dt.datetime | None = None,
) -> None:
    """Write a status and raise the versions; the orders are locked by the caller.

    ``happened_at`` is when it was reached, where that was before ``now``.
    """
    changes: dict[str, Any] = {
        "status": status,
        "status_before_error": status_before_error,
        "version": Order.version + 1,
        "updated_at": now,
    } | _instants(status, happened_at or now)
    for start in range(0, len(order_ids), _AT_ONCE):
        some = Order.id.in_(order_ids[start : start + _AT_ONCE])
        session.execute(sa.update(Order).where(some).values(changes).execution_options(synchronize_session=False))


#: What an order has reached, from the status that says so to the last that still knows of it.
_KNOWN_SINCE: Mapping[str, tuple[OrderStatus, ...]] = {
    "paid_at": tuple(each for each in OrderStatus if each is not OrderStatus.AWAITING_PAYMENT),
    "ready_at": (
        OrderStatus.READY,
        OrderStatus.PARTLY_SHIPPED,
        OrderStatus.SHIPPED,
        OrderStatus.DELIVERED,
        OrderStatus.RECEIVED,
        OrderStatus.COMPLETED,
        OrderStatus.ERROR,
    ),
    "delivered_at": (OrderStatus.DELIVERED, OrderStatus.RECEIVED, OrderStatus.COMPLETED, OrderStatus.ERROR),
    "received_at": (OrderStatus.RECEIVED, OrderStatus.COMPLETED, OrderStatus.ERROR),
}
_BEGINS = {
    OrderStatus.PAID: "paid_at",
    OrderStatus.READY: "ready_at",
    OrderStatus.DELIVERED: "delivered_at",
    OrderStatus.RECEIVED: "received_at",
}


def _instants(status: OrderStatus, at: dt.datetime) -> dict[str, Any]:
    """Return when what was reached: known only while it is true, so that an undo forgets it."""
    values: dict[str, Any] = {name: None for name, statuses in _KNOWN_SINCE.items() if status not in statuses}
    if status in _BEGINS:
        name = _BEGINS[status]
        values[name] = sa.func.coalesce(getattr(Order, name), at)
    if status is OrderStatus.RECEIVED:  # What is received was delivered, whoever noted it or did not.
        values["delivered_at"] = sa.func.coalesce(Order.delivered_at, at)
    return values


def _cancel_articles(
    session: Session,
    actor: Actor,
    moves: Sequence[tuple[OrderFacts, Effects]],
    traces: Mapping[int, Trace],
    now: dt.datetime,
) -> None:
    back: list[NewMovement] = []
    cancelled: dict[int, int] = {}
    settled: dict[int, int] = {}
    for order, effects in moves:
        if not effects.cancelled:
            continue
        cancelled |= effects.cancelled
        traces[order.id]["cancelled"] = parcels.as_json(effects.cancelled)
        back += _cancelled_units(order, effects.cancelled)
        changed = {
            line.id: line.settling_for(effects.cancelled[line.id])
            for line in order.lines
            if line.id in effects.cancelled_cents
        }
        if any(changed.values()):
            settled |= changed
            traces[order.id]["settled"] = parcels.as_json(changed)
    parcels.add_to_lines(session, OrderLine.quantity_cancelled, cancelled)
    parcels.add_to_lines(session, OrderLine.settled_cents, settled)
    move_stock(session, actor, back, now)


def _cancelled_units(order: OrderFacts, units: Mapping[int, int]) -> Iterator[NewMovement]:
    """Put cancelled units back in stock, or take them again where their number is negative.

    Every act raises the order's version: with it, a line that is cancelled, put back and cancelled again has three
    causes.
    """
    for line in order.lines:
        if line.product_id is not None and units.get(line.id):
            cause = f"cancel:{line.id}:{order.version}"
            yield NewMovement(line.product_id, StockKind.CANCELLATION, cause, units[line.id], line.id)


def _hand_over(session: Session, moves: Sequence[tuple[OrderFacts, Effects]], traces: Mapping[int, Trace]) -> None:
    """Note that the customer has what never left in a parcel of ours: the order is over, and it may come back."""
    handed: dict[int, int] = {}
    for order, effects in moves:
        if effects.status is OrderStatus.COMPLETED and not effects.shipped:
            units = {line.id: line.quantity_left for line in order.lines if line.quantity_left}
            if units:
                handed |= units
                traces[order.id]["handed_units"] = parcels.as_json(units)
    parcels.add_to_lines(session, OrderLine.quantity_shipped, handed)


def _give_pickup_codes(session: Session, moves: Sequence[tuple[OrderFacts, Effects]]) -> None:
    """Give each order that is ready to be collected the code that the customer will say."""
    rows = [
        {"order_id": order.id, "code": f"{secrets.randbelow(PICKUP_CODES):06d}"}
        for order, effects in moves
        if effects.status is OrderStatus.READY and order.is_collected and not order.pickup_code
    ]
    if rows:
        given = sa.update(Order).where(Order.id == sa.bindparam("order_id")).values(pickup_code=sa.bindparam("code"))
        session.connection().execute(given, rows)


def _plan_refunds(
    session: Session, moves: Sequence[tuple[OrderFacts, Effects]], traces: Mapping[int, Trace], now: dt.datetime
) -> None:
    """Promise what a move gives back, by the means it came by."""
    owed = [(order, effects.refund_cents) for order, effects in moves if effects.refund_cents]
    promised = promise_by_means(session, owed, now)
    for order, cents in owed:
        traces[order.id] |= {"refund_ids": promised[order.id], "refund_cents": cents}
