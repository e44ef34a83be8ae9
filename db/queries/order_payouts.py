"""What became of an order's sale in its seller's account: the payouts that hold it, when the rest is due, holds."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.payouts import HoldReason, PayoutState
from db.domain.permissions import Permission
from db.domain.viewer import Viewer
from db.models import LedgerEntry, Payout, PayoutEntry, PayoutHold
from db.queries.columns import sum_of


@dataclass(frozen=True, slots=True)
class OrderShare:
    """What an order comes to in one payout, or what is in none yet; in cents."""

    #: None: it waits for its day, or for the next preparation.
    payout_id: int | None
    state: PayoutState | None
    paid_on: dt.date | None
    #: The last day on which a part of it falls due.
    due_on: dt.date
    net_cents: int


@dataclass(frozen=True, slots=True)
class OrderPayouts:
    """All that is to be paid to a seller for one order."""

    currency: str
    shares: tuple[OrderShare, ...]
    #: What a person put in the way of paying it, and did not take away yet.
    hold_id: int | None = None
    hold_reason: HoldReason | None = None
    #: Empty for sellers, as who did it.
    hold_note: str = ""
    held_by: str = ""
    held_at: dt.datetime | None = None

    @property
    def is_waiting(self) -> bool:
        """Tell whether a part of it is in no payout, or in one that has not left the house: it can be held."""
        return any(share.state is None or share.state.is_open for share in self.shares)


def order_payouts(session: Session, viewer: Viewer, order_id: int) -> OrderPayouts | None:
    """Return what is paid to the seller for an order; None where nothing is in the books, or not for this viewer."""
    if not viewer.may(Permission.READ_PAYOUTS):
        return None
    own = [] if viewer.seller_id is None else [LedgerEntry.seller_id == viewer.seller_id]
    found = session.execute(
        sa.select(
            LedgerEntry.currency,
            PayoutEntry.payout_id,
            Payout.state,
            Payout.paid_on,
            sa.func.max(PayoutEntry.due_on).label("due_on"),
            sum_of(PayoutEntry.amount_cents).label("net_cents"),
        )
        .join(PayoutEntry, PayoutEntry.entry_id == LedgerEntry.id)
        .outerjoin(Payout, Payout.id == PayoutEntry.payout_id)
        .where(LedgerEntry.order_id == order_id, *own)
        .group_by(LedgerEntry.currency, PayoutEntry.payout_id, Payout.state, Payout.paid_on)
        .order_by(PayoutEntry.payout_id.is_(None), PayoutEntry.payout_id)
    ).all()
    if not found:
        return None
    shares = tuple(OrderShare(row.payout_id, row.state, row.paid_on, row.due_on, row.net_cents) for row in found)
    return _with_hold(session, viewer, order_id, OrderPayouts(found[0].currency, shares))


def _with_hold(session: Session, viewer: Viewer, order_id: int, payouts: OrderPayouts) -> OrderPayouts:
    hold = session.execute(
        sa.select(PayoutHold.id, PayoutHold.reason, PayoutHold.note, PayoutHold.person_name, PayoutHold.held_at).where(
            PayoutHold.order_id == order_id, PayoutHold.released_at.is_(None)
        )
    ).one_or_none()
    if hold is None:
        return payouts
    note, person_name = (hold.note, hold.person_name) if viewer.seller_id is None else ("", "")
    return OrderPayouts(
        payouts.currency, payouts.shares, hold.id, hold.reason, note, held_by=person_name, held_at=hold.held_at
    )
