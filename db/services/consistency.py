"""Read orders as the shop wrote them, and say what to mend of those that do not hold together."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.consistency import WrittenLine, WrittenOrder, explained, inconsistencies
from db.domain.orders import PaymentKind, PaymentRecordState
from db.models import Order, OrderLine, Payment, Product, Seller


def what_to_mend(session: Session, order_ids: Sequence[int]) -> dict[int, str]:
    """Return what to mend, by order, of those that do not hold together; in five statements whatever their number."""
    lines = _written_lines(session, order_ids)
    captured, currencies = _written_payments(session, order_ids)
    found = session.execute(
        sa.select(
            Order.id,
            Order.status,
            Seller.name.label("seller_name"),
            Order.currency,
            Order.items_cents,
            Order.shipping_cents,
            Order.discount_cents,
            Order.total_cents,
        )
        .join(Seller, Seller.id == Order.seller_id)
        .where(Order.id.in_(order_ids))
        .order_by(Order.id)
    )
    faulty = {}
    for row in found:
        facts = row._asdict()
        order_id = facts.pop("id")
        written = WrittenOrder(
            **facts,
            lines=tuple(lines[order_id]),
            captured_cents=captured.get(order_id, 0),
            foreign_currencies=tuple(sorted(currencies[order_id] - {row.currency})),
        )
        sentences = inconsistencies(written)
        if sentences:
            faulty[order_id] = explained(sentences)
    return faulty


def _written_lines(session: Session, order_ids: Sequence[int]) -> Mapping[int, list[WrittenLine]]:
    is_known = sa.case(
        (sa.and_(OrderLine.product_id.is_(None), OrderLine.sku == ""), sa.null()),
        else_=sa.func.coalesce(Product.seller_id == Order.seller_id, sa.false()),
    )
    found = session.execute(
        sa.select(
            OrderLine.order_id,
            OrderLine.name,
            OrderLine.sku,
            OrderLine.quantity,
            OrderLine.unit_price_cents,
            OrderLine.discount_cents,
            OrderLine.total_cents,
            is_known.label("is_known"),
        )
        .join(Order, Order.id == OrderLine.order_id)
        .outerjoin(Product, Product.id == OrderLine.product_id)
        .where(OrderLine.order_id.in_(order_ids))
        .order_by(OrderLine.order_id, OrderLine.position)
    )
    lines: dict[int, list[WrittenLine]] = defaultdict(list)
    for row in found:
        facts = row._asdict()
        known = facts.pop("is_known")
        lines[facts.pop("order_id")].append(WrittenLine(**facts, is_known=None if known is None else bool(known)))
    return lines


def _written_payments(session: Session, order_ids: Sequence[int]) -> tuple[Mapping[int, int], Mapping[int, set[str]]]:
    captured: dict[int, int] = defaultdict(int)
    currencies: dict[int, set[str]] = defaultdict(set)
    found = sa.select(Payment.order_id, Payment.kind, Payment.state, Payment.amount_cents, Payment.currency)
    for row in session.execute(found.where(Payment.order_id.in_(order_ids))):
        currencies[row.order_id].add(row.currency)
        if row.state is PaymentRecordState.CAPTURED and row.kind is PaymentKind.PAYMENT:
            captured[row.order_id] += row.amount_cents
    return captured, currencies
