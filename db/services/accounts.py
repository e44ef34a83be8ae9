"""Keep the sellers' ledger and the customers' points at what is true of an order, whatever has just happened to it.

Both are computed from the order and compared with what was booked: only the difference is written. So it may be called
after anything, by whoever does it, and calling it again writes nothing.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM, Actor
from db.domain.ledger import Booked, Happening, LedgerKind, to_book
from db.domain.loyalty import PointsKind, points_of
from db.domain.mail import EmailTemplate
from db.domain.order_facts import OrderFacts
from db.domain.orders import OrderStatus
from db.domain.time import local_day
from db.models import Customer, LedgerEntry, Marketplace, Order, PayoutEntry, PointsMovement
from db.services.ledger_rows import NewEntry, write_entries
from db.services.order_facts import load_facts
from db.services.outbox import Letter, address_book, letters_for, queue
from db.services.terms import order_terms

_AT_ONCE = 500
#: Why points stay that a refund would take back.
FORGIVEN = "Points déjà utilisés, non repris"
NOTHING_KNOWN: Mapping[int, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class PointsChange:
    """Points of an order that come or go, and the balance they leave."""

    customer_id: int
    points: int
    balance: int
    #: Points that were spent in the meantime and are not taken back.
    forgiven: int = 0


def reconcile(
    session: Session,
    actor: Actor,
    causes: Mapping[int, int],
    now: dt.datetime,
    *,
    earning: Collection[int] = (),
    selling: Collection[int] = (),
    claims_before: Mapping[int, int] = NOTHING_KNOWN,
    task_id: int | None = None,
) -> None:
    """Book what has changed of some orders for their sellers and customers.

    Args:
        session: The caller's transaction, in which the orders are locked.
        actor: Who did what changed them.
        causes: Order → the history row that tells what changed it.
        now: The instant.
        earning: The orders that have just been received: only then does an order give its first points, so that a
            programme that begins today owes nothing for what was sold before.
        selling: The orders that have just been paid: only then does a sale enter its seller's books, so that those of
            long ago, which were settled elsewhere, never do.
        claims_before: Order → what its sale asked for before; what was given back of one of long ago is booked.
        task_id: The bulk action it belongs to.
    """
    order_ids = sorted(causes)
    for start in range(0, len(order_ids), _AT_ONCE):
        some = {order_id: causes[order_id] for order_id in order_ids[start : start + _AT_ONCE]}
        orders = load_facts(session, SYSTEM, list(some))
        happenings = {order_id: Happening(order_id in selling, claims_before.get(order_id)) for order_id in orders}
        book_ledger(session, actor, orders, some, now, happenings)
        changes = points_changes(session, orders, earning=earning, locked=True)
        book_points(session, actor, changes, some, now)
        queue(session, actor, _letters(session, orders, changes, some), now, task_id=task_id)


def booked_of(session: Session, order_ids: Sequence[int]) -> dict[int, Booked]:
    """Return what the ledger holds of some orders; those of which it holds nothing have an empty one."""
    sums: dict[int, dict[LedgerKind, int]] = defaultdict(dict)
    rates: dict[int, int] = {}
    found = session.execute(
        sa.select(
            LedgerEntry.order_id,
            LedgerEntry.kind,
            sa.cast(sa.func.sum(LedgerEntry.amount_cents), sa.BigInteger),
            sa.func.min(LedgerEntry.fee_rate_bp),
        )
        .where(LedgerEntry.order_id.in_(order_ids))
        .group_by(LedgerEntry.order_id, LedgerEntry.kind)
    )
    for order_id, kind, cents, rate in found:
        if order_id is not None:
            sums[order_id][kind] = cents
            if rate is not None:
                rates[order_id] = rate
    return {order_id: Booked(sums.get(order_id, {}), rates.get(order_id)) for order_id in order_ids}


def book_ledger(
    session: Session,
    actor: Actor,
    orders: Mapping[int, OrderFacts],
    causes: Mapping[int, int],
    now: dt.datetime,
    happenings: Mapping[int, Happening],
) -> None:
    """Write the ledger entries that orders, as the caller read them, lack.

    What is booked once an order's day to be paid out has passed falls due at once; before it, on the day of its sale.
    """
    booked, terms = booked_of(session, list(orders)), order_terms(session, list(orders))
    days = _days_of_sales(session, list(orders))
    today = local_day(now)
    entries: list[NewEntry] = []
    for order in orders.values():
        held = booked[order.id]
        rate = terms[order.id].fee_rate_bp if held.fee_rate_bp is None else held.fee_rate_bp
        entries += [
            NewEntry(
                order.seller_id,
                order.currency,
                kind,
                cents,
                cause=f"{kind}:{order.id}:{causes[order.id]}",
                at=now,
                actor_name=actor.lasting_name,
                due_on=max(today, days.get(order.id, terms[order.id].due_on)),
                order_id=order.id,
                fee_rate_bp=rate if kind is LedgerKind.FEE else None,
            )
            for kind, cents in to_book(order, held, rate, happenings[order.id]).items()
        ]
    write_entries(session, entries)


def _days_of_sales(session: Session, order_ids: Sequence[int]) -> dict[int, dt.date]:
    """Return when the sales of orders that are in the books are paid out: whatever changed since, that day stays."""
    rows = session.execute(
        sa.select(LedgerEntry.order_id, sa.func.min(PayoutEntry.due_on))
        .join(PayoutEntry, PayoutEntry.entry_id == LedgerEntry.id)
        .where(LedgerEntry.order_id.in_(order_ids), LedgerEntry.kind == LedgerKind.SALE)
        .group_by(LedgerEntry.order_id)
    )
    return {order_id: day for order_id, day in rows if order_id is not None}


def points_changes(
    session: Session, orders: Mapping[int, OrderFacts], *, earning: Collection[int] = (), locked: bool = False
) -> dict[int, PointsChange]:
    """Return the points that orders, as the caller describes them, give or take, by order; nothing without programme.

    Points that the customer has spent in the meantime are not taken: nobody owes points. ``locked`` keeps others from
    changing the customers' balances until the transaction ends.
    """
    per_euro = session.scalar(sa.select(Marketplace.points_per_euro)) or 0
    if not per_euro:
        return {}
    given: dict[int | None, int] = {
        row[0]: row[1]
        for row in session.execute(
            sa.select(PointsMovement.order_id, sa.cast(sa.func.sum(PointsMovement.points), sa.BigInteger))
            .where(PointsMovement.order_id.in_(orders))
            .group_by(PointsMovement.order_id)
        )
    }
    found = session.execute(
        sa.select(Order.id, Order.customer_id, Order.received_at, Order.status)
        .where(Order.id.in_(orders), Order.customer_id.is_not(None))
        .order_by(Order.id)
    ).all()
    wanted = []
    for row in found:
        is_received = row.received_at is not None or row.status is OrderStatus.COMPLETED
        points = points_of(orders[row.id], per_euro, is_received=is_received) - given.get(row.id, 0)
        if points < 0 or (points and row.id in earning):  # Dearer points are not given for what was bought before.
            wanted.append((row.id, row.customer_id, points))
    balances = _balances(session, {customer_id for _, customer_id, _ in wanted}, locked=locked)
    changes = {}
    for order_id, customer_id, points in wanted:
        forgiven = max(0, -points - balances[customer_id])
        balances[customer_id] += points + forgiven
        changes[order_id] = PointsChange(customer_id, points, balances[customer_id], forgiven)
    return changes


def _balances(session: Session, customer_ids: set[int], *, locked: bool) -> dict[int, int]:
    """Return what customers have; they are locked in the order of their ids, though not against rows that name them."""
    if not customer_ids:
        return {}
    found = sa.select(Customer.id, Customer.loyalty_points).where(Customer.id.in_(customer_ids)).order_by(Customer.id)
    rows = session.execute(found.with_for_update(key_share=True) if locked else found)
    return {row.id: row.loyalty_points for row in rows}


def book_points(
    session: Session, actor: Actor, changes: Mapping[int, PointsChange], causes: Mapping[int, int], now: dt.datetime
) -> None:
    """Write points that come or go, by order."""
    rows: list[dict[str, Any]] = []
    for order_id in sorted(changes):
        change = changes[order_id]
        of_both = {"customer_id": change.customer_id, "actor_name": actor.lasting_name, "at": now}
        if change.forgiven:  # First, or the balance would be below nothing for a moment.
            gift = {"kind": PointsKind.CORRECTION, "points": change.forgiven, "note": FORGIVEN, "order_id": None}
            rows.append(of_both | gift | {"cause": f"forgiven:{order_id}:{causes[order_id]}"})
        kind = PointsKind.EARNED if change.points > 0 else PointsKind.TAKEN_BACK
        moved = {"kind": kind, "points": change.points, "note": "", "order_id": order_id}
        rows.append(of_both | moved | {"cause": f"order:{order_id}:{causes[order_id]}"})
    if rows:
        session.execute(sa.insert(PointsMovement), rows)


def _letters(
    session: Session, orders: Mapping[int, OrderFacts], changes: Mapping[int, PointsChange], causes: Mapping[int, int]
) -> list[Letter]:
    """Tell customers of points they earned; those that went with a refund are told with it."""
    earned = {order_id: change for order_id, change in changes.items() if change.points > 0}
    if not earned:
        return []
    book = address_book(session, sorted({orders[order_id].seller_id for order_id in earned}))
    return [
        replace(letter, event=f"points:{causes[order_id]}", history_id=causes[order_id])
        for order_id, change in earned.items()
        for letter in letters_for(
            orders[order_id],
            EmailTemplate.LOYALTY_POINTS,
            book,
            {"points": str(change.points), "points_balance": str(change.balance)},
        )
    ]
