"""Read what the rules need to know of orders, locked where the caller is about to write."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.errors import MarketplaceError, OrderNotFoundError
from db.domain.order_facts import LineFacts, OrderFacts
from db.domain.orders import OWED_REFUND_STATES, PaymentKind
from db.domain.time import PARIS
from db.models import Document, Order, OrderHistory, OrderLine, Payment
from db.queries.columns import columns

_AT_ONCE = 500

_COLUMNS = (
    Order.id,
    Order.number,
    Order.version,
    Order.status,
    Order.status_before_error,
    Order.seller_id,
    Order.customer_name,
    Order.customer_email,
    Order.payment_method,
    Order.payment_state,
    Order.currency,
    Order.total_cents,
    Order.paid_cents,
    Order.refunded_cents,
    Order.shipping_cents,
    Order.shipping_settled_cents,
    Order.delivery_mode,
    Order.carrier,
    Order.expected_delivery_on,
    Order.pickup_code,
    Order.invoice_number,
)


class ChangedMeanwhileError(MarketplaceError):
    """Somebody else changed the order after it was shown; nothing was done."""

    def __init__(self, order: OrderFacts, by: str, at: dt.datetime | None) -> None:
        self.order = order
        self.by = by
        self.at = at
        when = f" le {at.astimezone(PARIS):%d/%m à %H:%M}" if at else ""
        who = f" par {by}{when}" if by else ""
        super().__init__(f"Modifiée entre-temps{who}. Relisez la commande, puis recommencez si besoin.")


def load_facts(
    session: Session, actor: Actor, order_ids: Sequence[int], *, locked: bool = False
) -> dict[int, OrderFacts]:
    """Return the facts of the orders the actor reaches, by id; those they do not reach are left out.

    Args:
        session: The caller's.
        actor: Who asks; a seller reaches their own orders only.
        order_ids: Any number of ids.
        locked: Whether to keep others from changing the orders until the transaction ends. Rows are locked in the
            order of their ids, so that two bulk actions never wait for each other in a circle.
    """
    ids = sorted(set(order_ids))
    facts: dict[int, OrderFacts] = {}
    for start in range(0, len(ids), _AT_ONCE):
        facts |= _load(session, actor, ids[start : start + _AT_ONCE], locked=locked)
    return facts


def _load(session: Session, actor: Actor, ids: Sequence[int], *, locked: bool) -> dict[int, OrderFacts]:
    found = sa.select(*_COLUMNS).where(Order.id.in_(ids)).order_by(Order.id)
    if actor.seller_id is not None:
        found = found.where(Order.seller_id == actor.seller_id)
    orders = session.execute(found.with_for_update() if locked else found).all()
    found_ids = [order.id for order in orders]
    lines, owed_back, invoiced = (
        _lines(session, found_ids),
        _owed_back(session, found_ids),
        _invoiced(session, found_ids),
    )
    return {facts["id"]: _facts(facts, owed_back, invoiced, lines) for facts in (order._asdict() for order in orders)}


def _facts(
    facts: dict[str, Any],
    owed_back: Mapping[int, int],
    invoiced: Mapping[int, int],
    lines: Mapping[int, list[LineFacts]],
) -> OrderFacts:
    order_id, number = facts["id"], facts.pop("invoice_number")
    return OrderFacts(
        **facts,
        owed_back_cents=owed_back.get(order_id, 0),
        invoiced_cents=invoiced.get(order_id, 0),
        foreign_invoice="" if order_id in invoiced else number or "",
        lines=tuple(lines[order_id]),
    )


def _owed_back(session: Session, order_ids: Sequence[int]) -> dict[int, int]:
    """Return the refunds that are under way, by order; most orders have none."""
    to_do = (Payment.kind == PaymentKind.REFUND, Payment.state.in_(sorted(OWED_REFUND_STATES)))
    found = (
        sa.select(Payment.order_id, sa.cast(sa.func.sum(Payment.amount_cents), sa.BigInteger))
        .where(Payment.order_id.in_(order_ids), *to_do)
        .group_by(Payment.order_id)
    )
    return {row[0]: row[1] for row in session.execute(found)}


def _invoiced(session: Session, order_ids: Sequence[int]) -> dict[int, int]:
    """Return what the invoices less the credit notes of orders come to, by order."""
    found = (
        sa.select(Document.order_id, sa.cast(sa.func.sum(Document.gross_cents), sa.BigInteger))
        .where(Document.order_id.in_(order_ids))
        .group_by(Document.order_id)
    )
    return {row[0]: row[1] for row in session.execute(found)}


def _lines(session: Session, order_ids: Sequence[int]) -> Mapping[int, list[LineFacts]]:
    found = session.execute(
        sa.select(OrderLine.order_id, *columns(OrderLine, LineFacts))
        .where(OrderLine.order_id.in_(order_ids))
        .order_by(OrderLine.order_id, OrderLine.position)
    )
    lines: dict[int, list[LineFacts]] = defaultdict(list)
    for order_id, *facts in found:
        lines[order_id].append(LineFacts(*facts))
    return lines


def locked_order(session: Session, actor: Actor, order_id: int, version: int) -> OrderFacts:
    """Return one order, locked, as the actor saw it.

    Raises:
        OrderNotFoundError: There is no such order for this actor.
        ChangedMeanwhileError: It is not at ``version`` any more.
    """
    order = load_facts(session, actor, [order_id], locked=True).get(order_id)
    if order is None:
        raise OrderNotFoundError(str(order_id))
    if order.version != version:
        raise changed_meanwhile(session, [order])[order_id]
    return order


def changed_meanwhile(session: Session, orders: Sequence[OrderFacts]) -> dict[int, ChangedMeanwhileError]:
    """Return the refusal of each order that changed, naming who did so last."""
    newest = (
        sa.select(sa.func.max(OrderHistory.id))
        .where(OrderHistory.order_id.in_([order.id for order in orders]))
        .group_by(OrderHistory.order_id)
    )
    last = {
        row.order_id: row
        for row in session.execute(
            sa.select(OrderHistory.order_id, OrderHistory.actor_name, OrderHistory.at).where(
                OrderHistory.id.in_(newest)
            )
        )
    }
    return {
        order.id: ChangedMeanwhileError(order, last[order.id].actor_name, last[order.id].at)
        if order.id in last
        else ChangedMeanwhileError(order, "", None)
        for order in orders
    }
