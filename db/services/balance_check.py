"""The night's check of what is counted by appending: every balance against its rows, every account against its orders.

Stock and points against the sums of their movements; the sellers' ledger, and what customers were given back, against
what is true of each order. Nothing is written but what was found: to read takes no lock.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from db.domain.actor import SYSTEM
from db.domain.balances import Subject
from db.domain.formats import money, plural
from db.domain.ledger import to_book
from db.domain.moves import OrderFacts
from db.models import (
    BalanceFinding,
    Customer,
    LedgerEntry,
    PointsMovement,
    Product,
    Settlement,
    StockMovement,
    Voucher,
    VoucherUse,
)
from db.services.accounts import booked_of, fee_rates
from db.services.order_facts import load_facts

#: Findings of one subject that are kept: a database that was torn apart has them by the thousand.
MAX_FINDINGS = 500

#: A row of ``balance_findings``.
Finding = dict[str, Any]


def stock_findings(session: Session) -> list[Finding]:
    """Compare each product's stock with its movements."""
    sums = _sums(StockMovement.product_id, StockMovement.units)
    there, moved = sa.func.coalesce(Product.stock, 0), sa.func.coalesce(sums.c.moved, 0)
    wrong = session.execute(
        sa.select(Product.id, Product.name, there, moved)
        .outerjoin(sums, sums.c.owner == Product.id)
        .where(there != moved)
        .order_by(Product.id)
        .limit(MAX_FINDINGS)
    )
    return [
        {
            "subject": Subject.STOCK,
            "product_id": product_id,
            "expected": by_rows,
            "found": shown,
            "sentence": f"« {name} »\u00a0: le stock affiché est {shown}, ses mouvements font {by_rows}.",
        }
        for product_id, name, shown, by_rows in wrong
    ]


def points_findings(session: Session) -> list[Finding]:
    """Compare each customer's points with their movements."""
    sums = _sums(PointsMovement.customer_id, PointsMovement.points)
    moved = sa.func.coalesce(sums.c.moved, 0)
    wrong = session.execute(
        sa.select(Customer.id, Customer.name, Customer.loyalty_points, moved)
        .outerjoin(sums, sums.c.owner == Customer.id)
        .where(Customer.loyalty_points != moved)
        .order_by(Customer.id)
        .limit(MAX_FINDINGS)
    )
    return [
        {
            "subject": Subject.POINTS,
            "customer_id": customer_id,
            "expected": by_rows,
            "found": shown,
            "sentence": f"{name}\u00a0: {plural(shown, 'point affiché', 'points affichés')}, "
            f"ses mouvements en font {by_rows}.",
        }
        for customer_id, name, shown, by_rows in wrong
    ]


def voucher_findings(session: Session) -> list[Finding]:
    """Compare what was spent of each voucher with its uses."""
    sums = _sums(VoucherUse.voucher_id, VoucherUse.amount_cents)
    used = sa.func.coalesce(sums.c.moved, 0)
    wrong = session.execute(
        sa.select(Voucher.id, Voucher.currency, Voucher.order_id, Voucher.used_cents, used)
        .outerjoin(sums, sums.c.owner == Voucher.id)
        .where(Voucher.used_cents != used)
        .order_by(Voucher.id)
        .limit(MAX_FINDINGS)
    )
    return [
        {
            "subject": Subject.VOUCHERS,
            "order_id": order_id,
            "expected": by_rows,
            "found": shown,
            "sentence": f"Bon d’achat n° {voucher_id}\u00a0: {money(shown, currency)} sont notés comme utilisés, "
            f"ses utilisations font {money(by_rows, currency)}.",
        }
        for voucher_id, currency, order_id, shown, by_rows in wrong
    ]


def _sums(owner: InstrumentedAttribute[int], amount: InstrumentedAttribute[int]) -> sa.Subquery:
    total = sa.cast(sa.func.sum(amount), sa.BigInteger).label("moved")
    return sa.select(owner.label("owner"), total).group_by(owner).subquery()


def orders_to_check(session: Session, after: int, limit: int) -> list[int]:
    """Return the next orders, by id, that the ledger knows or of which something was given back."""
    booked = sa.select(LedgerEntry.order_id).where(LedgerEntry.order_id > after).order_by(LedgerEntry.order_id)
    settled = sa.select(Settlement.order_id).where(Settlement.order_id > after).order_by(Settlement.order_id)
    ids = {*session.scalars(booked.distinct().limit(limit)), *session.scalars(settled.distinct().limit(limit))}
    return sorted(order_id for order_id in ids if order_id is not None)[:limit]


def order_findings(session: Session, order_ids: Sequence[int]) -> list[Finding]:
    """Compare the ledger and the refunds of some orders with what is true of them."""
    orders = load_facts(session, SYSTEM, order_ids)
    booked = booked_of(session, list(orders))
    rates = fee_rates(session, sorted({order.seller_id for order in orders.values()}))
    found: list[Finding] = []
    for order in orders.values():
        held = booked[order.id]
        missing = to_book(order, held, rates[order.seller_id]) if held.sums else {}
        if missing:
            is_there = sum(held.sums.values())
            found.append(_of_ledger(order, is_there, is_there + sum(missing.values())))
        found += _of_refunds(order)
    return found


def replace_findings(session: Session, found: Sequence[Finding], now: dt.datetime) -> None:
    """Write what a check found in place of what the last one did."""
    session.execute(sa.delete(BalanceFinding).execution_options(synchronize_session=False))
    columns = {"product_id": None, "customer_id": None, "order_id": None, "found_at": now}
    if found:
        session.execute(sa.insert(BalanceFinding), [columns | row for row in found])


def _of_ledger(order: OrderFacts, found: int, expected: int) -> Finding:
    there, should = (money(cents, order.currency) for cents in (found, expected))
    sentence = f"Commande {order.number}\u00a0: le compte du vendeur porte {there}, il devrait porter {should}."
    return {
        "subject": Subject.LEDGER,
        "order_id": order.id,
        "expected": expected,
        "found": found,
        "sentence": sentence,
    }


def _of_refunds(order: OrderFacts) -> Iterator[Finding]:
    """Find what was given back, or promised, beyond what was paid and is not asked for any more."""
    held = order.paid_cents - order.refunded_cents - order.owed_back_cents
    if order.paid_cents < order.claim_cents or held >= order.claim_cents:
        return
    back, most = (
        money(cents, order.currency)
        for cents in (order.refunded_cents + order.owed_back_cents, order.paid_cents - order.claim_cents)
    )
    yield {
        "subject": Subject.REFUNDS,
        "order_id": order.id,
        "expected": order.claim_cents,
        "found": held,
        "sentence": f"Commande {order.number}\u00a0: {back} sont remboursés ou promis, {most} étaient à rendre.",
    }
