"""What decides whether a seller can be paid now: its account, what people put in the way, and the house's limits."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.bank_reasons import ACCOUNT_REFUSED
from db.domain.iban import is_iban, plain_iban
from db.domain.payouts import PayoutLimits, PayoutState, SellerStanding
from db.models import Payout, PayoutHold, PayoutSettings, Seller


def standing_of(session: Session, seller_id: int) -> SellerStanding:
    """Return whether a seller can be paid, as far as its account and people's holds are concerned."""
    was_refused = sa.exists().where(
        Payout.seller_id == Seller.id,
        Payout.state == PayoutState.REJECTED,
        Payout.iban == sa.func.upper(sa.func.replace(Seller.iban, " ", "")),  # As ``plain_iban`` has it.
        sa.or_(*(Payout.rejection.startswith(code) for code in ACCOUNT_REFUSED)),
        sa.or_(Seller.iban_changed_at.is_(None), Payout.closed_at > Seller.iban_changed_at),
    )
    seller = session.execute(
        sa.select(Seller.iban, Seller.iban_changed_at, was_refused.label("was_refused")).where(Seller.id == seller_id)
    ).one()
    holds = session.scalars(
        sa.select(PayoutHold.reason).where(
            PayoutHold.seller_id == seller_id, PayoutHold.order_id.is_(None), PayoutHold.released_at.is_(None)
        )
    )
    iban = plain_iban(seller.iban or "")
    return SellerStanding(iban, is_iban(iban), seller.iban_changed_at, seller.was_refused, frozenset(holds))


def limits_of(session: Session) -> PayoutLimits:
    """Return how much is paid without a second look."""
    kept = session.execute(
        sa.select(PayoutSettings.max_cents, PayoutSettings.unusual_times, PayoutSettings.iban_rest_hours)
    ).one_or_none()
    return PayoutLimits(**kept._asdict()) if kept else PayoutLimits()
