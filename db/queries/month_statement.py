"""A seller's account in one month and one currency: what was owed before, what was booked, what is owed after."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.ledger import FEE_KINDS, LedgerKind
from db.domain.months import add_months
from db.domain.payout_statements import OfMonth
from db.domain.time import PARIS, local_day
from db.domain.viewer import Viewer
from db.models import LedgerEntry, Order
from db.queries.columns import columns, sum_of
from db.queries.payout_detail import credit_notes_of
from db.queries.payout_rows import CreditNoteRef
from db.queries.seller_account import check_account

_LOOKED_UP_AT_ONCE = 1_000
_COLUMN_KINDS = (LedgerKind.SALE, LedgerKind.REFUND, *FEE_KINDS)
#: A debt that is carried over closes one payout and weighs on the next: it moves nothing in the account.
_MOVES_NOTHING = LedgerKind.CARRIED


@dataclass(frozen=True, slots=True)
class MonthSums:
    """What the account was before, and what each kind of entry came to, in cents."""

    opening_cents: int
    by_kind: Mapping[LedgerKind, int]

    @property
    def closing_cents(self) -> int:
        """Return what was owed at the end; below zero: what the seller owed."""
        return self.opening_cents + sum(self.by_kind.values())

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing was booked."""
        return not self.by_kind


@dataclass(frozen=True, slots=True)
class MonthOrder:
    """What was booked of one order in the month, in cents: fees and refunds are below zero."""

    order_id: int
    order_number: str
    placed_on: dt.date
    sale_cents: int
    refund_cents: int
    fee_cents: int
    other_cents: int
    net_cents: int
    #: Of an order of which something was given back in the month: all that it has.
    credit_notes: tuple[CreditNoteRef, ...] = ()


@dataclass(frozen=True, slots=True)
class MonthEntry:
    """One entry that is of no order: a payout, a transfer that came back, a correction."""

    at: dt.datetime
    kind: LedgerKind
    amount_cents: int
    note: str
    #: Of what a payout caused.
    payout_id: int | None

    @property
    def day(self) -> dt.date:
        """Return the day on which it was booked."""
        return local_day(self.at)


def month_sums(session: Session, viewer: Viewer, wanted: OfMonth) -> MonthSums:
    """Return what the month adds up from.

    Raises:
        NotAllowedError: The person may not read payouts.
        SellerAccountNotFoundError: The account is another seller's.
    """
    check_account(viewer, wanted.seller_id)
    theirs, since, _ = _within(wanted)
    before = sa.select(sum_of(LedgerEntry.amount_cents)).where(*theirs, LedgerEntry.at < since)
    booked = session.execute(
        sa.select(LedgerEntry.kind, sum_of(LedgerEntry.amount_cents).label("cents"))
        .where(*_booked(wanted))
        .group_by(LedgerEntry.kind)
    )
    return MonthSums(session.scalar(before) or 0, {row.kind: row.cents for row in booked})


def month_orders(session: Session, viewer: Viewer, wanted: OfMonth) -> list[MonthOrder]:
    """Return what was booked of each order, the oldest order first.

    Raises:
        NotAllowedError: The person may not read payouts.
        SellerAccountNotFoundError: The account is another seller's.
    """
    check_account(viewer, wanted.seller_id)

    def of(*kinds: LedgerKind) -> sa.ColumnElement[int]:
        return sum_of(sa.case((LedgerEntry.kind.in_(kinds), LedgerEntry.amount_cents), else_=0))

    other = sa.case((LedgerEntry.kind.in_(_COLUMN_KINDS), 0), else_=LedgerEntry.amount_cents)
    booked = (
        sa.select(
            LedgerEntry.order_id,
            of(LedgerKind.SALE).label("sale_cents"),
            of(LedgerKind.REFUND).label("refund_cents"),
            of(*FEE_KINDS).label("fee_cents"),
            sum_of(other).label("other_cents"),
            sum_of(LedgerEntry.amount_cents).label("net_cents"),
        )
        .where(*_booked(wanted), LedgerEntry.order_id.is_not(None))
        .group_by(LedgerEntry.order_id)
        .subquery()
    )
    found = session.execute(
        sa.select(*booked.c, Order.number.label("order_number"), Order.placed_on)
        .join(Order, Order.id == booked.c.order_id)
        .order_by(booked.c.order_id)
    ).all()
    given_back = [row.order_id for row in found if row.refund_cents]
    notes: dict[int, list[CreditNoteRef]] = {}
    for start in range(0, len(given_back), _LOOKED_UP_AT_ONCE):
        notes |= credit_notes_of(session, given_back[start : start + _LOOKED_UP_AT_ONCE])
    return [MonthOrder(**row._asdict(), credit_notes=tuple(notes.get(row.order_id, ()))) for row in found]


def month_entries(session: Session, viewer: Viewer, wanted: OfMonth) -> list[MonthEntry]:
    """Return the entries that are of no order, in the order in which they were booked.

    Raises:
        NotAllowedError: The person may not read payouts.
        SellerAccountNotFoundError: The account is another seller's.
    """
    check_account(viewer, wanted.seller_id)
    found = session.execute(
        sa.select(*columns(LedgerEntry, MonthEntry))
        .where(*_booked(wanted), LedgerEntry.order_id.is_(None), LedgerEntry.kind != _MOVES_NOTHING)
        .order_by(LedgerEntry.at, LedgerEntry.id)
    )
    return [MonthEntry(**row._asdict()) for row in found]


def _booked(wanted: OfMonth) -> tuple[sa.ColumnElement[bool], ...]:
    theirs, since, until = _within(wanted)
    return (*theirs, LedgerEntry.at >= since, LedgerEntry.at < until)


def _within(wanted: OfMonth) -> tuple[tuple[sa.ColumnElement[bool], ...], dt.datetime, dt.datetime]:
    """Return the conditions of the account, and when its month begins and ends."""
    theirs = (LedgerEntry.seller_id == wanted.seller_id, LedgerEntry.currency == wanted.currency)
    since, until = (dt.datetime.combine(day, dt.time(), PARIS) for day in (wanted.month, add_months(wanted.month, 1)))
    return theirs, since, until
