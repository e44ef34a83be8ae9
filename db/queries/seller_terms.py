"""The terms under which sellers sell: those of each day, what they were, and what they will be."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.business_days import HolidayZone
from db.domain.permissions import Permission
from db.domain.seller_terms import Terms
from db.domain.viewer import Viewer
from db.models import Seller, SellerTerms


@dataclass(frozen=True, slots=True)
class TermsRow:
    """Terms, and the day from which orders have them."""

    terms: Terms
    #: None: from the first order on.
    from_on: dt.date | None = None
    id: int | None = None
    note: str = ""
    #: Who decided on them, and when.
    person_name: str = ""
    created_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class TermsOfSeller:
    """The terms of one seller."""

    seller_id: int
    zone: HolidayZone
    #: Those of an order that is placed today.
    today: Terms
    #: All of them, the latest day first; those of days to come among them.
    history: tuple[TermsRow, ...]

    def on(self, day: dt.date) -> Terms:
        """Return those of an order of a day."""
        return _on(self.history, day)


def seller_terms(session: Session, viewer: Viewer, seller_id: int, today: dt.date) -> TermsOfSeller | None:
    """Return the terms of a seller; None where there is no such seller for this viewer.

    Raises:
        NotAllowedError: The person may not see what sellers are paid.
    """
    viewer.require(Permission.READ_PAYOUTS)
    if viewer.seller_id not in (None, seller_id):
        return None
    first = session.execute(
        sa.select(Seller.holiday_zone, Seller.fee_rate_bp, Seller.payout_delay_days).where(Seller.id == seller_id)
    ).one_or_none()
    if first is None:
        return None
    later = session.execute(
        sa.select(
            SellerTerms.id,
            SellerTerms.from_on,
            SellerTerms.fee_rate_bp,
            SellerTerms.payout_delay_days,
            SellerTerms.note,
            SellerTerms.person_name,
            SellerTerms.created_at,
        )
        .where(SellerTerms.seller_id == seller_id)
        .order_by(SellerTerms.from_on.desc())
    )
    history = [
        TermsRow(
            Terms(row.fee_rate_bp, row.payout_delay_days),
            row.from_on,
            row.id,
            row.note,
            row.person_name,
            row.created_at,
        )
        for row in later
    ]
    history.append(TermsRow(Terms(first.fee_rate_bp, first.payout_delay_days)))
    return TermsOfSeller(seller_id, first.holiday_zone, _on(history, today), tuple(history))


def _on(history: Sequence[TermsRow], day: dt.date) -> Terms:
    return next(row.terms for row in history if row.from_on is None or row.from_on <= day)


def terms_by_day(session: Session, seller_ids: Sequence[int]) -> dict[int, list[tuple[dt.date, Terms]]]:
    """Return the terms of sellers and the day from which each holds, oldest first; the first ones hold from ever."""
    base = session.execute(
        sa.select(Seller.id, Seller.fee_rate_bp, Seller.payout_delay_days).where(Seller.id.in_(seller_ids))
    )
    found = {row.id: [(dt.date.min, Terms(row.fee_rate_bp, row.payout_delay_days))] for row in base}
    later = session.execute(
        sa.select(SellerTerms.seller_id, SellerTerms.from_on, SellerTerms.fee_rate_bp, SellerTerms.payout_delay_days)
        .where(SellerTerms.seller_id.in_(seller_ids))
        .order_by(SellerTerms.from_on)
    )
    for row in later:
        found[row.seller_id].append((row.from_on, Terms(row.fee_rate_bp, row.payout_delay_days)))
    return found
