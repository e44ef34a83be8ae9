"""A seller's account: what is owed, what falls due when, what was gathered to be paid, and what is in the way."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.errors import NotFoundError
from db.domain.ledger import FEE_KINDS, LedgerKind
from db.domain.payouts import CANCELLABLE_STATES, HoldReason, PayoutState, reference_of
from db.domain.permissions import Permission
from db.domain.viewer import Viewer
from db.models import LedgerEntry, Marketplace, Order, Payout, PayoutEntry, PayoutHold, Seller
from db.queries.columns import columns, sum_of
from db.queries.held_orders import entries_of_held_orders
from db.queries.plans import literally


class SellerAccountNotFoundError(NotFoundError):
    """No such seller, or not for this person."""

    def __init__(self) -> None:
        super().__init__("Ce compte n’existe pas ou ne vous est pas accessible.")


@dataclass(frozen=True, slots=True)
class Hold:
    """What a person put in the way of paying a seller, or one order of it, and did not take away yet."""

    id: int
    reason: HoldReason
    #: Empty for sellers, as who did it.
    note: str
    person_name: str
    held_at: dt.datetime
    #: Of one order.
    order_number: str | None = None
    #: What that order would bring, in cents of ``currency``.
    cents: int = 0
    currency: str = ""


@dataclass(frozen=True, slots=True)
class SellerAccount:
    """Whose account it is, and what is owed in each currency; the house's own is always there."""

    seller_id: int
    code: str
    name: str
    is_active: bool
    #: By currency, in cents; below zero: the seller owes.
    balances: dict[str, int]
    #: What keeps the seller from being paid at all.
    hold: Hold | None
    held_orders: tuple[Hold, ...]

    @property
    def currencies(self) -> list[str]:
        """Return the currencies, the house's own first."""
        return list(self.balances)


@dataclass(frozen=True, slots=True)
class DueDay:
    """What falls due on one day and is in no payout yet, in cents."""

    due_on: dt.date
    sale_count: int
    sale_cents: int
    refund_cents: int
    fee_cents: int
    other_cents: int
    net_cents: int


@dataclass(frozen=True, slots=True)
class OpenPayout:
    """What was gathered and has not left the house."""

    id: int
    state: PayoutState
    net_cents: int
    due_on: dt.date

    @property
    def reference(self) -> str:
        """Return how it is called."""
        return reference_of(self.id)


def seller_account(session: Session, viewer: Viewer, seller_id: int) -> SellerAccount:
    """Return a seller's account.

    Raises:
        NotAllowedError: The person may not read payouts.
        SellerAccountNotFoundError: There is no such seller, or it is another one's.
    """
    check_account(viewer, seller_id)
    row = session.execute(
        sa.select(Seller.code, Seller.name, Seller.is_active).where(Seller.id == seller_id)
    ).one_or_none()
    if row is None:
        raise SellerAccountNotFoundError
    holds = _holds(session, viewer, seller_id)
    return SellerAccount(
        seller_id,
        **row._asdict(),
        balances=_balances(session, seller_id),
        hold=next((hold for hold in holds if hold.order_number is None), None),
        held_orders=tuple(hold for hold in holds if hold.order_number is not None),
    )


def due_days(session: Session, viewer: Viewer, seller_id: int, currency: str) -> list[DueDay]:
    """Return what is in no payout yet, by the day on which it falls due; orders that are held are left out.

    Raises:
        NotAllowedError: The person may not read payouts.
        SellerAccountNotFoundError: The account is another seller's.
    """
    check_account(viewer, seller_id)
    found = session.execute(
        sa.select(
            PayoutEntry.due_on,
            PayoutEntry.kind,
            sa.func.count().label("entries"),
            sum_of(PayoutEntry.amount_cents).label("cents"),
        )
        .where(
            PayoutEntry.seller_id == seller_id,
            PayoutEntry.currency == currency,
            PayoutEntry.payout_id.is_(None),
            PayoutEntry.entry_id.not_in(entries_of_held_orders(seller_id)),
        )
        .group_by(PayoutEntry.due_on, PayoutEntry.kind)
        .order_by(PayoutEntry.due_on)
    ).all()
    return [
        _due_day(day, [row for row in found if row.due_on == day]) for day in dict.fromkeys(row.due_on for row in found)
    ]


def open_payouts(session: Session, viewer: Viewer, seller_id: int, currency: str) -> list[OpenPayout]:
    """Return what was gathered for a seller and has not left the house, the oldest first.

    Raises:
        NotAllowedError: The person may not read payouts.
        SellerAccountNotFoundError: The account is another seller's.
    """
    check_account(viewer, seller_id)
    found = session.execute(
        sa.select(*columns(Payout, OpenPayout))
        .where(
            Payout.seller_id == seller_id,
            Payout.currency == currency,
            Payout.state.in_(literally(CANCELLABLE_STATES)),
        )
        .order_by(Payout.id)
    )
    return [OpenPayout(**row._asdict()) for row in found]


def check_account(viewer: Viewer, seller_id: int) -> None:
    """Refuse who may not read payouts, and sellers what is another one's."""
    viewer.require(Permission.READ_PAYOUTS)
    if viewer.seller_id not in (None, seller_id):
        raise SellerAccountNotFoundError


def _balances(session: Session, seller_id: int) -> dict[str, int]:
    found = session.execute(
        sa.select(LedgerEntry.currency, sum_of(LedgerEntry.amount_cents).label("cents"))
        .where(LedgerEntry.seller_id == seller_id)
        .group_by(LedgerEntry.currency)
        .order_by(LedgerEntry.currency)
    )
    of_the_house = session.scalar(sa.select(Marketplace.currency)) or "EUR"
    return {of_the_house: 0} | {row.currency: row.cents for row in found}


def _holds(session: Session, viewer: Viewer, seller_id: int) -> list[Hold]:
    held = (
        sa.select(
            *columns(PayoutHold, Hold),
            Order.number.label("order_number"),
            sa.func.coalesce(_waiting_of_order(), 0).label("cents"),
            sa.func.coalesce(Order.currency, "").label("currency"),
        )
        .outerjoin(Order, Order.id == PayoutHold.order_id)
        .where(PayoutHold.seller_id == seller_id, PayoutHold.released_at.is_(None))
        .order_by(PayoutHold.held_at, PayoutHold.id)
    )
    hidden = {"note": "", "person_name": ""} if viewer.seller_id is not None else {}
    return [Hold(**row._asdict() | hidden) for row in session.execute(held)]


def _waiting_of_order() -> sa.ScalarSelect[int]:
    return (
        sa.select(sum_of(PayoutEntry.amount_cents))
        .join(LedgerEntry, LedgerEntry.id == PayoutEntry.entry_id)
        .where(LedgerEntry.order_id == PayoutHold.order_id, PayoutEntry.payout_id.is_(None))
        .correlate(PayoutHold)
        .scalar_subquery()
    )


def _due_day(day: dt.date, rows: Sequence[sa.Row[*tuple[Any, ...]]]) -> DueDay:
    cents = {row.kind: row.cents for row in rows}
    fee_cents = sum(cents.get(kind, 0) for kind in FEE_KINDS)
    sale_cents, refund_cents = cents.get(LedgerKind.SALE, 0), cents.get(LedgerKind.REFUND, 0)
    net_cents = sum(cents.values())
    return DueDay(
        due_on=day,
        sale_count=next((row.entries for row in rows if row.kind is LedgerKind.SALE), 0),
        sale_cents=sale_cents,
        refund_cents=refund_cents,
        fee_cents=fee_cents,
        other_cents=net_cents - sale_cents - refund_cents - fee_cents,
        net_cents=net_cents,
    )
