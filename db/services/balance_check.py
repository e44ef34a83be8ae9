"""The night's check of what is counted by appending: every balance against its rows, every account against its orders.

Stock, points and vouchers against the sums of their movements; the sellers' ledger, the points that orders gave, and
what customers were given back, against what is true of each order (``money_check``: its payments and documents too).
What sellers are paid is checked in ``payout_check``. Nothing is written but what was found: to read takes no lock.
"""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from db.domain.actor import SYSTEM
from db.domain.balances import MAX_FINDINGS, Subject
from db.domain.formats import money, plural
from db.domain.ledger import Booked, to_book
from db.domain.loyalty import PointsKind
from db.domain.order_facts import OrderFacts
from db.domain.orders import PaymentKind
from db.models import (
    BalanceFinding,
    Customer,
    LedgerEntry,
    Order,
    Payment,
    PointsMovement,
    Product,
    Settlement,
    StockMovement,
    Voucher,
    VoucherUse,
)
from db.services.accounts import PointsChange, booked_of, points_changes
from db.services.money_check import money_findings
from db.services.order_facts import load_facts
from db.services.sale_check import invoiced_orders, sale_findings
from db.services.terms import order_terms

#: A row of ``balance_findings``.
Finding = dict[str, Any]


def stock_findings(session: Session) -> list[Finding]:
    """Compare each product's stock, and what its movements are noted to add up to, with its movements."""
    sums = _sums(StockMovement.product_id, StockMovement.units)
    there, moved = sa.func.coalesce(Product.stock, 0), sa.func.coalesce(sums.c.moved, 0)
    wrong = session.execute(
        sa.select(Product.id, Product.name, there, Product.stock_moved, moved)
        .outerjoin(sums, sums.c.owner == Product.id)
        .where(sa.or_(there != moved, Product.stock_moved != moved))
        .order_by(Product.id)
        .limit(MAX_FINDINGS)
    )
    return [
        {
            "subject": Subject.STOCK,
            "product_id": product_id,
            "expected": by_rows,
            "found": shown if shown != by_rows else noted,
            "sentence": f"« {name} »\u00a0: "
            + (f"le stock affiché est {shown}" if shown != by_rows else f"le total noté est {noted}")
            + f", ses mouvements font {by_rows}.",
        }
        for product_id, name, shown, noted, by_rows in wrong
    ]


def points_findings(session: Session) -> list[Finding]:
    """Compare each customer's points, and what their movements are noted to add up to, with their movements.

    Sentences name no customer: who asked to be forgotten is not to be named by what the night wrote.
    """
    sums = _sums(PointsMovement.customer_id, PointsMovement.points)
    moved = sa.func.coalesce(sums.c.moved, 0)
    wrong = session.execute(
        sa.select(Customer.id, Customer.loyalty_points, Customer.points_moved, moved)
        .outerjoin(sums, sums.c.owner == Customer.id)
        .where(sa.or_(Customer.loyalty_points != moved, Customer.points_moved != moved))
        .order_by(Customer.id)
        .limit(MAX_FINDINGS)
    )
    return [
        {
            "subject": Subject.POINTS,
            "customer_id": customer_id,
            "expected": by_rows,
            "found": shown if shown != by_rows else noted,
            "sentence": f"Client n°\u00a0{customer_id}\u00a0: "
            + (
                plural(shown, "point affiché", "points affichés")
                if shown != by_rows
                else f"{plural(noted, 'point')} au total noté"
            )
            + f", ses mouvements en font {by_rows}.",
        }
        for customer_id, shown, noted, by_rows in wrong
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


def last_order(session: Session) -> int:
    """Return the highest id of an order; 0 where there is none."""
    return session.scalar(sa.select(sa.func.max(Order.id))) or 0


def orders_to_check(session: Session, after: int, up_to: int) -> list[int]:
    """Return the orders, by id, that the ledger knows or should know, that gave points or gave something back."""

    def within(column: InstrumentedAttribute[int] | InstrumentedAttribute[int | None]) -> sa.Select[int | None]:
        return sa.select(column).where(column > after, column <= up_to)

    refunded = within(Payment.order_id).where(Payment.kind == PaymentKind.REFUND)
    others = [within(table.order_id) for table in (LedgerEntry, PointsMovement, Settlement)]
    invoiced = invoiced_orders(after, up_to)
    return sorted(
        order_id for order_id in session.scalars(sa.union(refunded, *others, invoiced)) if order_id is not None
    )


def order_findings(session: Session, order_ids: Sequence[int]) -> list[Finding]:
    """Compare the ledger, the payments, documents, points and refunds of some orders with what is true of them."""
    orders = load_facts(session, SYSTEM, order_ids)
    booked = booked_of(session, list(orders))
    terms = order_terms(session, list(orders))
    settled = set(session.scalars(sa.select(Settlement.order_id).where(Settlement.order_id.in_(orders))))
    found: list[Finding] = []
    for order in orders.values():
        held = booked[order.id]
        found += _of_ledger(order, held, terms[order.id].fee_rate_bp)
        found += _of_refunds(order, is_ours=bool(held.sums) or order.id in settled)
    found += sale_findings(session, orders, booked, terms)
    return [*found, *money_findings(session, orders, booked), *_of_points(session, orders)]


def replace_findings(
    session: Session, subjects: Collection[Subject], found: Sequence[Finding], now: dt.datetime
) -> None:
    """Write what a check of some subjects found in place of what the last one did."""
    known = sa.delete(BalanceFinding).where(BalanceFinding.subject.in_(sorted(subjects)))
    session.execute(known.execution_options(synchronize_session=False))
    columns = {"product_id": None, "customer_id": None, "order_id": None, "payout_id": None, "found_at": now}
    if found:
        session.execute(sa.insert(BalanceFinding), [columns | row for row in found])


def _of_ledger(order: OrderFacts, held: Booked, rate_bp: int) -> Iterator[Finding]:
    missing = to_book(order, held, rate_bp) if held.sums else {}
    if not missing:
        return
    found = sum(held.sums.values())
    expected = found + sum(missing.values())
    there, should = (money(cents, order.currency) for cents in (found, expected))
    yield {
        "subject": Subject.LEDGER,
        "order_id": order.id,
        "expected": expected,
        "found": found,
        "sentence": f"Commande {order.number}\u00a0: le compte du vendeur porte {there}, il devrait porter {should}.",
    }


def _of_refunds(order: OrderFacts, *, is_ours: bool) -> Iterator[Finding]:
    """Find what was given back, or promised, beyond what was paid and is not asked for any more.

    Of an order that is in no books of ours, what a shop gave back beyond that was its gift.
    """
    least_cents = order.claim_cents if is_ours or order.owed_back_cents else 0
    held = order.paid_cents - order.refunded_cents - order.owed_back_cents
    if order.paid_cents < least_cents or held >= least_cents:
        return
    back, most = (
        money(cents, order.currency)
        for cents in (order.refunded_cents + order.owed_back_cents, order.paid_cents - least_cents)
    )
    yield {
        "subject": Subject.REFUNDS,
        "order_id": order.id,
        "expected": least_cents,
        "found": held,
        "sentence": f"Commande {order.number}\u00a0: {back} sont remboursés ou promis, {most} étaient à rendre.",
    }


def _of_points(session: Session, orders: Mapping[int, OrderFacts]) -> Iterator[Finding]:
    """Find orders whose points are not those that the next thing to happen to them would leave."""
    given = _points_given(session, orders)
    for order_id, change in points_changes(session, orders).items():
        points, gifts = given[order_id]
        if _is_of_another_rate(orders[order_id], points, gifts):
            continue
        yield _of_points_given(orders[order_id], change, points)


def _of_points_given(order: OrderFacts, change: PointsChange, points: int) -> Finding:
    should = points + change.points
    return {
        "subject": Subject.POINTS,
        "order_id": order.id,
        "customer_id": change.customer_id,
        "expected": should,
        "found": points,
        "sentence": f"Commande {order.number}\u00a0: elle a donné {plural(points, 'point')}, elle en vaut {should}.",
    }


def _points_given(session: Session, orders: Mapping[int, OrderFacts]) -> dict[int, tuple[int, int]]:
    """Return the points of orders, and how often each gave some."""
    is_gift = sa.case((PointsMovement.kind == PointsKind.EARNED, 1), else_=0)
    rows = session.execute(
        sa.select(
            PointsMovement.order_id,
            sa.cast(sa.func.sum(PointsMovement.points), sa.BigInteger),
            sa.cast(sa.func.sum(is_gift), sa.BigInteger),
        )
        .where(PointsMovement.order_id.in_(orders))
        .group_by(PointsMovement.order_id)
    )
    return {order_id: (points, gifts) for order_id, points, gifts in rows if order_id is not None}


def _is_of_another_rate(order: OrderFacts, points: int, gifts: int) -> bool:
    """Tell whether an order's points are so many for each euro, as the programme was when it gave them, once."""
    euros = min(order.claim_cents, order.paid_cents) // 100
    return gifts == 1 and euros > 0 and points > 0 and points % euros == 0
