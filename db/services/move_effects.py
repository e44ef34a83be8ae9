"""Write what a move does beside the status, and take it back: articles, stock, parcels, refunds.

What ``apply`` did to an order stands in its history row (the *trace*), and ``revert`` reads it from there.
"""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.moves import Effects, Move, OrderFacts
from db.domain.orders import OrderStatus, PaymentKind, PaymentRecordState
from db.models import Order, OrderLine, Payment, Product, Shipment, ShipmentLine
from db.services.overtaken_mail import drop_mail_of_moves, hold_mail_again

#: What a move leaves in the history row for an undo: JSON keys are texts.
Trace = dict[str, Any]

_AT_ONCE = 500


def apply(
    session: Session, actor: Actor, move: Move, moves: Sequence[tuple[OrderFacts, Effects]], now: dt.datetime
) -> dict[int, Trace]:
    """Write the effects of one move on some orders; return order id → trace."""
    traces: dict[int, Trace] = {order.id: {} for order, _ in moves}
    set_status(session, [order.id for order, _ in moves], move.target, now)
    _cancel_articles(session, moves, traces)
    _ship(session, actor, move, moves, traces, now)
    _plan_refunds(session, moves, traces, now)
    if move.target is OrderStatus.CANCELLED:
        for order_id, outbox_ids in drop_mail_of_moves(session, list(traces)).items():
            traces[order_id] |= {"dropped_emails": outbox_ids, "emails_dropped": len(outbox_ids)}
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


def revert(session: Session, reversals: Sequence[Reversal], now: dt.datetime) -> None:
    """Take moves back: the orders are again at their statuses and what the traces name is as before."""
    _revert_statuses(session, reversals, now)
    cancelled, shipped = _units_back(reversals, "cancelled"), _units_back(reversals, "shipped")
    _add_to_lines(session, OrderLine.quantity_cancelled, cancelled)
    _add_to_lines(session, OrderLine.quantity_shipped, shipped)
    taken_again: Counter[int | None] = Counter()
    for line in (line for each in reversals for line in each.order.lines):
        taken_again[line.product_id] += cancelled.get(line.id, 0)  # Two lines may be of one product.
    _add_to_stock(session, taken_again)
    parcels = [each.trace["shipment_id"] for each in reversals if "shipment_id" in each.trace]
    if parcels:
        session.execute(sa.delete(Shipment).where(Shipment.id.in_(parcels)))
    refunds = [each.trace["refund_id"] for each in reversals if "refund_id" in each.trace]
    if refunds:
        given_up = sa.update(Payment).where(Payment.id.in_(refunds))
        session.execute(given_up.values(state=PaymentRecordState.CANCELLED))
    dropped = [outbox_id for each in reversals for outbox_id in each.trace.get("dropped_emails", ())]
    hold_mail_again(session, dropped, now)


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
) -> None:
    """Write a status and raise the versions; the orders are locked by the caller."""
    changes: dict[str, Any] = {
        "status": status,
        "status_before_error": status_before_error,
        "version": Order.version + 1,
        "updated_at": now,
        # Known only while it is true: an order that leaves « Livrée » by an undo was not delivered.
        "delivered_at": _delivered_at(status, now),
    }
    for start in range(0, len(order_ids), _AT_ONCE):
        some = Order.id.in_(order_ids[start : start + _AT_ONCE])
        session.execute(sa.update(Order).where(some).values(changes).execution_options(synchronize_session=False))


def _delivered_at(status: OrderStatus, now: dt.datetime) -> Any:  # noqa: ANN401  a value or a SQL expression
    if status is OrderStatus.DELIVERED:
        return sa.func.coalesce(Order.delivered_at, now)
    if status in {OrderStatus.RECEIVED, OrderStatus.COMPLETED, OrderStatus.ERROR}:
        return Order.delivered_at
    return None


def _cancel_articles(
    session: Session, moves: Sequence[tuple[OrderFacts, Effects]], traces: Mapping[int, Trace]
) -> None:
    units_back: Counter[int | None] = Counter()
    cancelled: dict[int, int] = {}
    for order, effects in moves:
        if not effects.cancelled:
            continue
        cancelled |= effects.cancelled
        traces[order.id]["cancelled"] = _as_json(effects.cancelled)
        for line in order.lines:
            units_back[line.product_id] += effects.cancelled.get(line.id, 0)
    _add_to_lines(session, OrderLine.quantity_cancelled, cancelled)
    _add_to_stock(session, units_back)


def _ship(
    session: Session,
    actor: Actor,
    move: Move,
    moves: Sequence[tuple[OrderFacts, Effects]],
    traces: Mapping[int, Trace],
    now: dt.datetime,
) -> None:
    shipped = [(order, effects) for order, effects in moves if effects.shipped]
    if not shipped:
        return
    parcels = [
        {
            "order_id": order.id,
            "carrier": move.carrier.strip(),
            "tracking_number": move.tracking_number.strip(),
            "tracking_url": move.tracking_url.strip(),
            "message": move.message.strip(),
            "shipped_at": now,
            "person_id": actor.person_id,
        }
        for order, _ in shipped
    ]
    inserted = sa.insert(Shipment).returning(Shipment.id, sort_by_parameter_order=True)
    ids = session.scalars(inserted, parcels).all()
    units: dict[int, int] = {}
    contents = []
    for shipment_id, (order, effects) in zip(ids, shipped, strict=True):
        traces[order.id] |= {"shipped": _as_json(effects.shipped), "shipment_id": shipment_id}
        units |= effects.shipped
        contents += [
            {"shipment_id": shipment_id, "order_line_id": line_id, "quantity": quantity}
            for line_id, quantity in effects.shipped.items()
        ]
    session.execute(sa.insert(ShipmentLine), contents)
    _add_to_lines(session, OrderLine.quantity_shipped, units)


def _plan_refunds(
    session: Session, moves: Sequence[tuple[OrderFacts, Effects]], traces: Mapping[int, Trace], now: dt.datetime
) -> None:
    owed = [(order, effects.refund_cents) for order, effects in moves if effects.refund_cents]
    if not owed:
        return
    rows = [
        {
            "order_id": order.id,
            "kind": PaymentKind.REFUND,
            "method": order.payment_method,
            "state": PaymentRecordState.PENDING,
            "amount_cents": cents,
            "currency": order.currency,
            "created_at": now,
        }
        for order, cents in owed
    ]
    ids = session.scalars(sa.insert(Payment).returning(Payment.id, sort_by_parameter_order=True), rows).all()
    for refund_id, (order, cents) in zip(ids, owed, strict=True):
        traces[order.id] |= {"refund_id": refund_id, "refund_cents": cents}


def _add_to_lines(session: Session, column: sa.orm.InstrumentedAttribute[int], units: Mapping[int, int]) -> None:
    if not units:
        return
    changed = (
        sa.update(OrderLine)
        .where(OrderLine.id == sa.bindparam("line_id"))
        .values({column.key: column + sa.bindparam("units")})
    )
    # The connection, not the session: the session's own bulk update takes absolute values only.
    session.connection().execute(
        changed, [{"line_id": line_id, "units": count} for line_id, count in sorted(units.items())]
    )


def _add_to_stock(session: Session, units: Mapping[int | None, int]) -> None:
    counted = {product_id: count for product_id, count in units.items() if product_id is not None and count}
    if not counted:
        return
    changed = (
        sa.update(Product)
        .where(Product.id == sa.bindparam("product_id"), Product.stock.is_not(None))
        .values(stock=Product.stock + sa.bindparam("units"))
    )
    session.connection().execute(
        changed, [{"product_id": key, "units": count} for key, count in sorted(counted.items())]
    )


def _as_json(units: Mapping[int, int]) -> dict[str, int]:
    return {str(line_id): count for line_id, count in units.items()}
