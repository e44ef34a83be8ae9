"""The night's check of sales that never entered their seller's books, though they were paid and invoiced since."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.balances import Subject
from db.domain.formats import money
from db.domain.incoming import NEW_WITHIN
from db.domain.ledger import Booked, Happening, LedgerKind, to_book
from db.domain.order_facts import OrderFacts
from db.domain.orders import OrderStatus, PaymentKind, PaymentRecordState
from db.models import Document, LedgerEntry, Order, Payment
from db.services.terms import OrderTerms

#: When the books began: what was sold before was settled elsewhere. NULL, and so nothing to find, while they are empty.
_BOOKS_BEGAN = sa.select(LedgerEntry.at).order_by(LedgerEntry.id).limit(1).scalar_subquery()
#: Not by its kind: SQLite would read all invoices there are rather than those of some orders.
_IS_NEW_INVOICE = (Document.original_id.is_(None), Document.issued_at >= _BOOKS_BEGAN)


def invoiced_orders(after: int, up_to: int) -> sa.Select[int]:
    """Return the query of the orders, by id, of which an invoice was issued since the books began."""
    return sa.select(Document.order_id).where(Document.order_id > after, Document.order_id <= up_to, *_IS_NEW_INVOICE)


def sale_findings(
    session: Session, orders: Mapping[int, OrderFacts], booked: Mapping[int, Booked], terms: Mapping[int, OrderTerms]
) -> list[dict[str, Any]]:
    """Find the sales that the books lack, of orders as the caller read them.

    An order that is in error waits for somebody to mend it: it is no sale yet.
    """
    missing = {
        order.id: to_book(order, booked[order.id], terms[order.id].fee_rate_bp, Happening(sells=True))
        for order in orders.values()
        if LedgerKind.SALE not in booked[order.id].sums and order.status is not OrderStatus.ERROR
    }
    lacking = [order_id for order_id, entries in missing.items() if entries.get(LedgerKind.SALE)]
    sold_here = _sold_here(session, lacking)
    return [
        _finding(orders[order_id], sum(booked[order_id].sums.values()), sum(missing[order_id].values()))
        for order_id in lacking
        if order_id in sold_here
    ]


def _finding(order: OrderFacts, found_cents: int, missing_cents: int) -> dict[str, Any]:
    expected = found_cents + missing_cents
    return {
        "subject": Subject.LEDGER,
        "order_id": order.id,
        "expected": expected,
        "found": found_cents,
        "sentence": f"Commande {order.number}\u00a0: elle est payée et facturée, mais sa vente manque au compte du "
        f"vendeur, qui devrait porter {money(expected, order.currency)}.",
    }


def _sold_here(session: Session, order_ids: Sequence[int]) -> Collection[int]:
    """Return the orders that were paid and invoiced since the books began: each such payment books its sale.

    What was long placed when it came here was settled by whoever sold then, as the intake has it.
    """
    if not order_ids:
        return ()
    invoiced = sa.exists().where(Document.order_id == Order.id, *_IS_NEW_INVOICE)
    paid = sa.exists().where(
        Payment.order_id == Order.id,
        Payment.kind == PaymentKind.PAYMENT,
        Payment.state == PaymentRecordState.CAPTURED,
        Payment.booked_at >= _BOOKS_BEGAN,
    )
    found = session.execute(
        sa.select(Order.id, Order.placed_at, Order.intake_at).where(
            Order.id.in_(order_ids), invoiced, sa.or_(Order.placed_at >= _BOOKS_BEGAN, paid)
        )
    )
    return {row.id for row in found if row.intake_at is not None and _came_new(row.placed_at, row.intake_at)}


def _came_new(placed_at: dt.datetime, intake_at: dt.datetime) -> bool:
    return placed_at > intake_at - NEW_WITHIN
