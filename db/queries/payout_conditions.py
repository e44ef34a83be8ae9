"""Which payouts a filter asks for, as conditions of which one alone is a reason to choose an index.

Payouts are some hundreds of thousands at most, and most are over. What narrows a list most, by the nature of it, leads:
one payout, a file of transfers, a preparation, a seller's own, what is still here, a period.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.payout_filter import OPEN_TABS, PayoutFilter, PayoutTab
from db.domain.payouts import payout_id_of
from db.domain.permissions import Permission
from db.domain.text import fold, is_storable
from db.domain.viewer import Viewer
from db.models import Payout, Seller
from db.queries.plans import holds, literal_of, not_indexed

Condition = sa.ColumnElement[bool]

#: A text that names more sellers than that is checked on each payout: they are a large part of all.
_FEW_SELLERS = 50


def conditions(session: Session, viewer: Viewer, wanted: PayoutFilter) -> list[Condition] | None:
    """Return what a payout must fulfil to be in a list; None where there can be none.

    Args:
        session: An open session.
        viewer: Who looks; a seller sees only their own.
        wanted: Which payouts.

    Raises:
        NotAllowedError: The person may not read payouts.
    """
    viewer.require(Permission.READ_PAYOUTS)
    if not is_storable(wanted.text):
        return None
    few, many = _by_text(session, wanted.text)
    leading = [*few, *_of_ids(wanted, viewer), *_of_state(wanted), *_of_period(wanted)]
    if wanted.tab not in OPEN_TABS:  # What is over is found by its day sooner than by its state.
        leading = [*few, *_of_ids(wanted, viewer), *_of_period(wanted), *_of_state(wanted)]
    checked = [*leading[1:], *many, *_of_amount(wanted)]
    return [*leading[:1], *map(not_indexed, checked)]


def _by_text(session: Session, text: str) -> tuple[list[Condition], list[Condition]]:
    """Return what a text asks for: a reason to choose an index where it names few, or else a check."""
    if not text:
        return [], []
    payout_id = payout_id_of(text if text.upper().startswith("REV") else f"REV-{text}")
    if payout_id is not None:
        return [Payout.id == payout_id], []
    named = sa.select(Seller.id).where(holds(Seller.search_text, fold(text)))
    seller_ids = session.scalars(named.limit(_FEW_SELLERS + 1)).all()
    if len(seller_ids) > _FEW_SELLERS:
        return [], [Payout.seller_id.in_(named)]
    return [Payout.seller_id.in_(seller_ids)], []


def _of_ids(wanted: PayoutFilter, viewer: Viewer) -> Sequence[Condition]:
    asked = (
        (Payout.batch_id, wanted.batch_id),
        (Payout.run_id, wanted.run_id),
        (Payout.seller_id, viewer.seller_id),
        (Payout.seller_id, wanted.seller_id),
    )
    return [column == value for column, value in asked if value is not None]


def _of_state(wanted: PayoutFilter) -> Sequence[Condition]:
    state = wanted.tab.state
    return [] if state is None else [Payout.state == literal_of(state)]


def _of_period(wanted: PayoutFilter) -> Sequence[Condition]:
    if not wanted.has_period:
        return []
    day = Payout.paid_on if wanted.tab is PayoutTab.PAID else Payout.due_on
    return [
        sa.and_(
            *([day >= wanted.first_day] if wanted.first_day else []),
            *([day <= wanted.last_day] if wanted.last_day else []),
        )
    ]


def _of_amount(wanted: PayoutFilter) -> Sequence[Condition]:
    return [
        *([Payout.net_cents >= wanted.min_cents] if wanted.min_cents is not None else []),
        *([Payout.net_cents <= wanted.max_cents] if wanted.max_cents is not None else []),
    ]
