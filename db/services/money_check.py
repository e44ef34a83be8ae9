"""The night's check of sales in the sellers' books: against the money that was received, and against the documents."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.balances import Subject
from db.domain.formats import money
from db.domain.ledger import Booked, LedgerKind
from db.domain.order_facts import OrderFacts
from db.domain.orders import PaymentKind, PaymentRecordState
from db.models import Document, DueDocument, Payment, Settlement


@dataclass(frozen=True, slots=True)
class Received:
    """What the payment rows of an order come to, in cents."""

    paid_cents: int = 0
    refunded_cents: int = 0
    #: Whether a row waits to be taken into the order's sums.
    waits: bool = False


def money_findings(
    session: Session, orders: Mapping[int, OrderFacts], booked: Mapping[int, Booked]
) -> list[dict[str, Any]]:
    """Compare the sales that are in the books, as the caller read them, with their payments and documents."""
    sold = [order for order in orders.values() if LedgerKind.SALE in booked[order.id].sums]
    ids = [order.id for order in sold]
    received, invoiced, uncredited = _received(session, ids), _invoiced(session, ids), _uncredited(session, ids)
    found: list[dict[str, Any]] = []
    for order in sold:
        found += _of_payments(order, received.get(order.id, Received()))
        if order.id in invoiced:
            found += _of_documents(order, booked[order.id], uncredited.get(order.id, 0))
    return found


def _of_payments(order: OrderFacts, received: Received) -> Iterator[dict[str, Any]]:
    """Find an order whose sums are not those of its payments; what the worker is about to take in is no finding."""
    expected, found = received.paid_cents - received.refunded_cents, order.paid_cents - order.refunded_cents
    if received.waits or (received.paid_cents, received.refunded_cents) == (order.paid_cents, order.refunded_cents):
        return
    noted, by_rows = (
        f"{money(paid, order.currency)} reçus et {money(back, order.currency)} rendus"
        for paid, back in (
            (order.paid_cents, order.refunded_cents),
            (received.paid_cents, received.refunded_cents),
        )
    )
    yield {
        "subject": Subject.PAYMENTS,
        "order_id": order.id,
        "expected": expected,
        "found": found,
        "sentence": f"Commande {order.number}\u00a0: {noted} sont notés, ses règlements font {by_rows}.",
    }


def _of_documents(order: OrderFacts, held: Booked, uncredited_cents: int) -> Iterator[dict[str, Any]]:
    """Find a sale that the books and the documents do not tell alike.

    What was settled without a credit note, as staff may choose, is still invoiced: up to so much may be.
    """
    in_books = held.sums.get(LedgerKind.SALE, 0) + held.sums.get(LedgerKind.REFUND, 0)
    if 0 <= order.invoiced_cents - in_books <= uncredited_cents:
        return
    documented, sold = (money(cents, order.currency) for cents in (order.invoiced_cents, in_books))
    yield {
        "subject": Subject.DOCUMENTS,
        "order_id": order.id,
        "expected": in_books,
        "found": order.invoiced_cents,
        "sentence": f"Commande {order.number}\u00a0: factures moins avoirs font {documented}, le compte du vendeur "
        f"porte une vente de {sold}.",
    }


def _received(session: Session, order_ids: Sequence[int]) -> dict[int, Received]:
    def captured(kind: PaymentKind) -> sa.ColumnElement[int]:
        amount = sa.case((Payment.kind == kind, Payment.amount_cents), else_=0)
        return sa.cast(sa.func.sum(amount), sa.BigInteger)

    waiting = sa.func.sum(sa.case((Payment.booked_at.is_(None), 1), else_=0))
    rows = session.execute(
        sa.select(Payment.order_id, captured(PaymentKind.PAYMENT), captured(PaymentKind.REFUND), waiting)
        .where(Payment.order_id.in_(order_ids), Payment.state == PaymentRecordState.CAPTURED)
        .group_by(Payment.order_id)
    )
    return {order_id: Received(paid, refunded, bool(waits)) for order_id, paid, refunded, waits in rows}


def _invoiced(session: Session, order_ids: Sequence[int]) -> Collection[int]:
    """Return which orders have documents of ours and are owed no other one."""
    owed = sa.exists().where(DueDocument.order_id == Document.order_id)
    return set(session.scalars(sa.select(Document.order_id).where(Document.order_id.in_(order_ids), ~owed)))


def _uncredited(session: Session, order_ids: Sequence[int]) -> dict[int, int]:
    """Return what was settled of orders without a credit note."""
    without = (Settlement.order_id.in_(order_ids), Settlement.document_id.is_(None))
    total = sa.cast(sa.func.sum(Settlement.total_cents), sa.BigInteger)
    rows = session.execute(sa.select(Settlement.order_id, total).where(*without).group_by(Settlement.order_id))
    return {row[0]: row[1] for row in rows}
