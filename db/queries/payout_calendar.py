"""Échéancier: what is due to sellers when, as it waits or as a payout holds it, and what is late or kept back.

What waits is told from ``ix_payout_entries_waiting`` alone, seller by seller: neither the ledger nor what was paid is
read.
Currencies are never added up: every figure here is of one currency.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.ledger import FEE_KINDS, LedgerKind
from db.domain.months import last_day, weeks_shown
from db.domain.payouts import HoldReason, PayoutState
from db.domain.permissions import Permission
from db.domain.text import fold
from db.domain.viewer import Viewer
from db.models import LedgerEntry, Payout, PayoutEntry, PayoutHold, Seller
from db.models.payouts import IS_WAITING
from db.queries.columns import columns, sum_of
from db.queries.plans import among, in_index_words, literal_of, not_indexed

Condition = sa.ColumnElement[bool]

#: A payout in one of these stands for what fell due; the others gave it back, and it is due again.
_STANDING = frozenset(
    {PayoutState.PREPARED, PayoutState.HELD, PayoutState.APPROVED, PayoutState.EXPORTED, PayoutState.PAID}
)


@dataclass(frozen=True, slots=True)
class Scope:
    """Of whom, and in which currency."""

    currency: str
    #: None for all that the viewer may see.
    seller_id: int | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """How many sellers, payouts or orders, and what they come to, in cents."""

    count: int = 0
    cents: int = 0


@dataclass(frozen=True, slots=True)
class MonthDue:
    """What falls due on each day of the weeks that show a month. Days without anything are absent from ``days``."""

    month: dt.date
    currency: str
    days: Mapping[dt.date, Due] = field(default_factory=dict)

    @property
    def total_cents(self) -> int:
        """Return what the month's own days come to."""
        return sum(due.cents for day, due in self.days.items() if self.month <= day <= last_day(self.month))


@dataclass(frozen=True, slots=True)
class DueRow:
    """What falls due to one seller, or what a payout of it holds. Amounts are cents; fees and refunds below zero."""

    seller_id: int
    seller_name: str
    sale_cents: int
    refund_cents: int
    fee_cents: int
    other_cents: int
    net_cents: int
    #: The payout that holds it; None: it waits for its day, or for the next preparation.
    payout_id: int | None = None
    state: PayoutState | None = None
    hold_reason: HoldReason | None = None


@dataclass(frozen=True, slots=True)
class DueNow:
    """What is due today or was before, and is in no payout; and what is kept back."""

    #: Sellers that the next preparation makes a payout for.
    ready: Due
    #: Sellers that owe more than they are owed: it is taken off what comes next.
    debts: Due
    #: Payouts that are held.
    held: Due
    #: Orders that somebody keeps out, whenever they are due.
    held_orders: Due


def month_due(session: Session, viewer: Viewer, month: dt.date, scope: Scope) -> MonthDue:
    """Return what falls due, or fell, on each day of the weeks that show a month.

    Args:
        session: An open session.
        viewer: Who looks; a seller sees only what is theirs.
        month: Its first day.
        scope: Of whom, in which currency.

    Raises:
        NotAllowedError: The person may not read payouts.
    """
    weeks = weeks_shown(month)
    first, last = weeks[0][0], weeks[-1][-1]
    waiting = (
        sa.select(PayoutEntry.due_on, PayoutEntry.seller_id, sum_of(PayoutEntry.amount_cents).label("cents"))
        .where(*_waiting(viewer, scope, PayoutEntry.due_on >= first, PayoutEntry.due_on <= last))
        .group_by(PayoutEntry.due_on, PayoutEntry.seller_id)
    )
    held = sa.select(Payout.due_on, Payout.seller_id, Payout.net_cents).where(*_standing(viewer, scope, first, last))
    both = sa.union_all(waiting, held).subquery()
    rows = session.execute(
        sa.select(both.c.due_on, sa.func.count(both.c.seller_id.distinct()), sum_of(both.c.cents)).group_by(
            both.c.due_on
        )
    )
    return MonthDue(month, scope.currency, {day: Due(sellers, cents) for day, sellers, cents in rows})


def due_rows(session: Session, viewer: Viewer, first: dt.date, last: dt.date, scope: Scope) -> tuple[DueRow, ...]:
    """Return what falls due, or fell, from one day to another, seller by seller in the order of their names.

    Raises:
        NotAllowedError: The person may not read payouts.
    """
    waiting = _by_seller(session, viewer, scope, PayoutEntry.due_on >= first, PayoutEntry.due_on <= last)
    # Looked up, not joined: the day is the reason to choose an index.
    name = sa.select(Seller.name).where(Seller.id == Payout.seller_id).scalar_subquery()
    held = session.execute(
        sa.select(*columns(Payout, DueRow), name.label("seller_name"), Payout.id.label("payout_id")).where(
            *_standing(viewer, scope, first, last)
        )
    )
    rows = [*waiting, *(DueRow(**row._asdict()) for row in held)]
    return tuple(sorted(rows, key=lambda row: (fold(row.seller_name), row.seller_id, row.payout_id or 0)))


def due_now(session: Session, viewer: Viewer, today: dt.date, scope: Scope) -> DueNow:
    """Return what a preparation would find now, and what is kept back.

    Args:
        session: An open session.
        viewer: Who looks; a seller sees only what is theirs.
        today: The Paris day; what is due on it is due.
        scope: Of whom, in which currency.

    Raises:
        NotAllowedError: The person may not read payouts.
    """
    kept_out, held_orders = _held_orders(session, viewer, today, scope)
    due = {
        row.seller_id: row.net_cents - kept_out.get(row.seller_id, 0)
        for row in _by_seller(session, viewer, scope, PayoutEntry.due_on <= today)
    }
    ready, debts = ([cents for cents in due.values() if sign * cents > 0] for sign in (1, -1))
    held = session.execute(
        sa.select(sa.func.count(), sum_of(Payout.net_cents)).where(
            Payout.state == literal_of(PayoutState.HELD), *_of_payouts(viewer, scope)
        )
    ).one()
    return DueNow(Due(len(ready), sum(ready)), Due(len(debts), sum(debts)), Due(held[0], held[1] or 0), held_orders)


def _held_orders(session: Session, viewer: Viewer, today: dt.date, scope: Scope) -> tuple[dict[int, int], Due]:
    """Return what of each seller's due is kept out order by order, and how much that is whenever it is due."""
    held = sa.select(PayoutHold.order_id, PayoutHold.seller_id).where(
        PayoutHold.released_at.is_(None), PayoutHold.order_id.is_not(None), *_own(PayoutHold.seller_id, viewer, scope)
    )
    seller_of = {row.order_id: row.seller_id for row in session.execute(held)}
    if not seller_of:
        return {}, Due()
    is_due = sa.case((PayoutEntry.due_on <= today, PayoutEntry.amount_cents), else_=0)
    rows = session.execute(
        sa.select(LedgerEntry.order_id, sum_of(PayoutEntry.amount_cents), sum_of(is_due))
        .join(PayoutEntry, PayoutEntry.entry_id == LedgerEntry.id)
        .where(
            LedgerEntry.order_id.in_(seller_of),
            not_indexed(PayoutEntry.payout_id.is_(None)),
            not_indexed(PayoutEntry.currency == scope.currency),
        )
        .group_by(LedgerEntry.order_id)
    ).all()
    kept_out: dict[int, int] = {}
    for order_id, _, cents in rows:
        kept_out[seller_of[order_id]] = kept_out.get(seller_of[order_id], 0) + cents
    return kept_out, Due(len(rows), sum(cents for _, cents, _ in rows))


def _by_seller(session: Session, viewer: Viewer, scope: Scope, *days: Condition) -> list[DueRow]:
    known = (LedgerKind.SALE, LedgerKind.REFUND, *FEE_KINDS)
    kinds = (
        (LedgerKind.SALE,),
        (LedgerKind.REFUND,),
        FEE_KINDS,
        tuple(kind for kind in LedgerKind if kind not in known),
        tuple(LedgerKind),
    )
    sums = [
        sum_of(sa.case((PayoutEntry.kind.in_(each), PayoutEntry.amount_cents), else_=0)).label(f"of_{place}")
        for place, each in enumerate(kinds)
    ]
    waiting = sa.select(PayoutEntry.seller_id, *sums).where(*_waiting(viewer, scope, *days))
    due = waiting.group_by(PayoutEntry.seller_id).subquery()
    amounts = [column for column in due.c if column is not due.c.seller_id]
    rows = session.execute(sa.select(Seller.id, Seller.name, *amounts).join(due, due.c.seller_id == Seller.id))
    return [DueRow(*row) for row in rows]


def _waiting(viewer: Viewer, scope: Scope, *days: Condition) -> list[Condition]:
    """Return the conditions of what waits: seller by seller, each is a short stretch of the index."""
    viewer.require(Permission.READ_PAYOUTS)
    own = _own(PayoutEntry.seller_id, viewer, scope)
    return [
        *in_index_words([IS_WAITING]),
        *(own or [among(PayoutEntry.seller_id, sa.select(Seller.id))]),
        PayoutEntry.currency == scope.currency,
        *days,
    ]


def _standing(viewer: Viewer, scope: Scope, first: dt.date, last: dt.date) -> list[Condition]:
    return [
        Payout.due_on >= first,
        Payout.due_on <= last,
        not_indexed(Payout.state.in_(sorted(_STANDING))),
        *_of_payouts(viewer, scope),
    ]


def _of_payouts(viewer: Viewer, scope: Scope) -> list[Condition]:
    viewer.require(Permission.READ_PAYOUTS)
    return [Payout.currency == scope.currency, *_own(Payout.seller_id, viewer, scope)]


def _own(column: sa.SQLColumnExpression[int], viewer: Viewer, scope: Scope) -> list[Condition]:
    return [column == seller_id for seller_id in (viewer.seller_id, scope.seller_id) if seller_id is not None]
