"""Finances › Comptes vendeurs: every account with what is owed on it.

What is owed is told from what waits and what was gathered, and has not left the house: the same as the sum of the
ledger, which the nightly check compares, without reading what was paid for years.
"""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.payouts import CANCELLABLE_STATES
from db.domain.permissions import Permission
from db.domain.text import fold
from db.domain.viewer import Viewer
from db.models import Marketplace, Payout, PayoutEntry, PayoutHold, Seller
from db.models.payouts import IS_WAITING
from db.queries.columns import sum_of
from db.queries.plans import in_index_words, literally


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One account. Amounts are cents; below zero, the seller owes."""

    seller_id: int
    code: str
    name: str
    currency: str
    #: In no payout yet.
    waiting_cents: int
    #: In a payout that has not left the house.
    gathered_cents: int
    #: The first day on which something falls due; None where nothing waits.
    due_on: dt.date | None
    #: Whether a person keeps the seller, or one order of it, from being paid.
    is_held: bool
    has_iban: bool

    @property
    def balance_cents(self) -> int:
        """Return what is owed."""
        return self.waiting_cents + self.gathered_cents


#: More are found by what is typed.
SHOWN = 200


def seller_accounts(session: Session, viewer: Viewer, wanted: str = "") -> list[AccountRow]:
    """Return the accounts of sellers whose name, code or address contains a text, by name; those that stopped too.

    Args:
        session: An open session.
        viewer: Who looks; a seller has its own.
        wanted: The text, whatever its accents and capitals; empty for all.

    Returns:
        A row for each currency of each seller; one more seller than ``SHOWN`` at most.

    Raises:
        NotAllowedError: The person may not read payouts.
    """
    viewer.require(Permission.READ_PAYOUTS)
    found = sa.select(Seller.id, Seller.code, Seller.name, (Seller.iban != "").label("has_iban"))
    if viewer.seller_id is not None:
        found = found.where(Seller.id == viewer.seller_id)
    if fold(wanted):
        found = found.where(Seller.search_text.contains(fold(wanted), autoescape=True))
    sellers = session.execute(found.order_by(Seller.name, Seller.id).limit(SHOWN + 1)).all()
    ids = [seller.id for seller in sellers]
    waiting, gathered, held = _waiting(session, ids), _gathered(session, ids), _held(session, ids)
    of_the_house = session.scalar(sa.select(Marketplace.currency)) or "EUR"
    return [
        AccountRow(
            seller_id=seller.id,
            code=seller.code,
            name=seller.name,
            currency=currency,
            waiting_cents=waiting.get((seller.id, currency), (0, None))[0],
            gathered_cents=gathered.get((seller.id, currency), 0),
            due_on=waiting.get((seller.id, currency), (0, None))[1],
            is_held=seller.id in held,
            has_iban=bool(seller.has_iban),
        )
        for seller in sellers
        for currency in _currencies(seller.id, of_the_house, [*waiting, *gathered])
    ]


_Account = tuple[int, str]


def _currencies(seller_id: int, of_the_house: str, known: list[_Account]) -> list[str]:
    """Return the currencies of a seller's accounts: those in which something is owed, or else the house's."""
    return sorted({currency for seller, currency in known if seller == seller_id}) or [of_the_house]


def _waiting(session: Session, ids: list[int]) -> dict[_Account, tuple[int, dt.date]]:
    found = session.execute(
        sa.select(
            PayoutEntry.seller_id,
            PayoutEntry.currency,
            sum_of(PayoutEntry.amount_cents).label("cents"),
            sa.func.min(PayoutEntry.due_on).label("due_on"),
        )
        .where(*in_index_words([IS_WAITING]), PayoutEntry.seller_id.in_(ids))
        .group_by(PayoutEntry.seller_id, PayoutEntry.currency)
    )
    return {(row.seller_id, row.currency): (row.cents, row.due_on) for row in found}


def _gathered(session: Session, ids: list[int]) -> dict[_Account, int]:
    found = session.execute(
        sa.select(Payout.seller_id, Payout.currency, sum_of(Payout.net_cents).label("cents"))
        .where(Payout.state.in_(literally(CANCELLABLE_STATES)), Payout.seller_id.in_(ids))
        .group_by(Payout.seller_id, Payout.currency)
    )
    return {(row.seller_id, row.currency): row.cents for row in found}


def _held(session: Session, ids: list[int]) -> set[int]:
    held = sa.select(PayoutHold.seller_id).where(PayoutHold.released_at.is_(None), PayoutHold.seller_id.in_(ids))
    return set(session.scalars(held))
