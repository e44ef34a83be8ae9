"""Finances › Reversements: payouts page by page, the newest first, what they come to, and what waits for somebody."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from db.domain.files import FileKind
from db.domain.payout_acts import ShownPayout
from db.domain.payout_filter import OPEN_TABS, PayoutFilter, PayoutTab
from db.domain.payouts import CANCELLABLE_STATES, PayoutState
from db.domain.permissions import Permission
from db.domain.viewer import Viewer
from db.models import LedgerEntry, Payout, PayoutEntry, PayoutHold, Seller, TransferBatch
from db.queries.columns import columns, sum_of
from db.queries.payout_conditions import Condition, conditions
from db.queries.payout_rows import PayoutFacts
from db.queries.plans import literal_of, literally

PAGE_SIZE = 100
#: Sums of more payouts than that are for an export.
COUNT_CAP = 10_000
#: What was gathered again, but has not left the house.
_NOT_GONE = CANCELLABLE_STATES
_AMOUNTS = ("sale_cents", "refund_cents", "fee_cents", "other_cents", "net_cents")


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutRow(PayoutFacts):
    """One line of the list."""

    #: What a person put in the way of paying the seller, as long as it is there.
    hold_id: int | None
    hold_note: str | None
    #: Of what was rejected or carried over: the payout that took it up again, and where that one is.
    successor_id: int | None = None
    successor_state: PayoutState | None = None

    @property
    def shown(self) -> ShownPayout:
        """Return what an act on it says was seen."""
        return ShownPayout(self.id, self.version)


@dataclass(frozen=True, slots=True)
class PayoutPage:
    """One page of a list, newest first."""

    rows: tuple[PayoutRow, ...]
    has_newer: bool
    has_older: bool


@dataclass(frozen=True, slots=True)
class Worth:
    """How many payouts, and what they come to by currency."""

    count: int = 0
    cents: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CurrencySums:
    """What the payouts of one currency come to, column by column."""

    currency: str
    count: int
    sale_cents: int
    refund_cents: int
    fee_cents: int
    other_cents: int
    net_cents: int


@dataclass(frozen=True, slots=True)
class ListTotals:
    """What a list comes to. ``currencies`` is empty where it is longer than anybody waits for."""

    count: int
    currencies: tuple[CurrencySums, ...]

    @property
    def is_capped(self) -> bool:
        """Tell whether there are more than were counted."""
        return self.count > COUNT_CAP


def payout_page(
    session: Session, viewer: Viewer, wanted: PayoutFilter, *, before: int | None = None, after: int | None = None
) -> PayoutPage:
    """Return one page of the payouts that a filter asks for, newest first.

    Args:
        session: An open session.
        viewer: Who looks; a seller sees only their own.
        wanted: Which payouts.
        before: Only those older than this one (its id).
        after: The page that ends just above this one (its id); ``before`` is then not looked at.

    Raises:
        NotAllowedError: The person may not read payouts.
    """
    upwards = after is not None
    matching = conditions(session, viewer, wanted)
    if matching is None:
        return PayoutPage((), has_newer=False, has_older=False)
    found = _walk(session, matching, after if upwards else before, upwards=upwards, limit=PAGE_SIZE + 1)
    has_more, shown = len(found) > PAGE_SIZE, found[:PAGE_SIZE]
    return PayoutPage(
        _rows(session, shown[::-1] if upwards else shown),
        has_newer=has_more if upwards else before is not None,
        has_older=True if upwards else has_more,
    )


def payouts_with_ids(session: Session, viewer: Viewer, payout_ids: Collection[int]) -> tuple[PayoutRow, ...]:
    """Return some payouts, whatever their state, in the order of their references.

    Raises:
        NotAllowedError: The person may not read payouts.
    """
    viewer.require(Permission.READ_PAYOUTS)
    own = [] if viewer.seller_id is None else [Payout.seller_id == viewer.seller_id]
    return _rows(session, sorted(payout_ids), *own)


def open_worth(session: Session, viewer: Viewer) -> dict[PayoutTab, Worth]:
    """Return how many payouts wait for somebody and what they come to, by list.

    Of what the bank rejected, only what has not left the house again is counted; what is over is not.

    Raises:
        NotAllowedError: The person may not read payouts.
    """
    viewer.require(Permission.READ_PAYOUTS)
    tabs = {tab.state: tab for tab in OPEN_TABS if tab.state is not None}
    own = [] if viewer.seller_id is None else [Payout.seller_id == viewer.seller_id]
    here = sa.select(Payout.state, Payout.currency, sa.func.count(), sum_of(Payout.net_cents)).where(
        Payout.state.in_(literally(tabs)), *own
    )
    rejected = sa.select(Payout.state, Payout.currency, sa.func.count(), sum_of(Payout.net_cents)).where(
        Payout.state == literal_of(PayoutState.REJECTED), _is_still_owed(), *own
    )
    rows = [
        row
        for select in (here, rejected)
        for row in session.execute(select.group_by(Payout.state, Payout.currency).order_by(Payout.currency))
    ]
    return {
        tab: Worth(
            sum(count for of, _, count, _ in rows if of is state),
            {currency: cents for of, currency, _, cents in rows if of is state},
        )
        for state, tab in {**tabs, PayoutState.REJECTED: PayoutTab.REJECTED}.items()
    }


def list_totals(session: Session, viewer: Viewer, wanted: PayoutFilter) -> ListTotals:
    """Return what the payouts of a filter come to, unless they are more than ``COUNT_CAP``.

    Raises:
        NotAllowedError: The person may not read payouts.
    """
    matching = conditions(session, viewer, wanted)
    if matching is None:
        return ListTotals(0, ())
    few = _ids(matching).limit(COUNT_CAP + 1).subquery()
    count = session.scalar(sa.select(sa.func.count()).select_from(few)) or 0
    if count > COUNT_CAP:
        return ListTotals(count, ())
    sums = sa.select(
        Payout.currency,
        sa.func.count().label("count"),
        *(sum_of(getattr(Payout, name)).label(name) for name in _AMOUNTS),
    )
    by_currency = sums.join(few, few.c.id == Payout.id).group_by(Payout.currency).order_by(Payout.currency)
    return ListTotals(count, tuple(CurrencySums(**row._asdict()) for row in session.execute(by_currency)))


def file_of_batch(session: Session, viewer: Viewer, batch_id: int) -> int | None:
    """Return the file of a batch of transfers; whoever has it downloaded is asked again there.

    Raises:
        NotAllowedError: The person may not have such files.
    """
    viewer.require(FileKind.TRANSFERS.permission)
    return session.scalar(sa.select(TransferBatch.file_id).where(TransferBatch.id == batch_id))


def _is_still_owed() -> Condition:
    """Tell of a rejected payout whether its amount has not left the house again."""
    again = aliased(Payout)
    gone = (
        sa.select(PayoutEntry.entry_id)
        .join(LedgerEntry, LedgerEntry.id == PayoutEntry.entry_id)
        .outerjoin(again, again.id == PayoutEntry.payout_id)
        .where(
            LedgerEntry.payout_id == Payout.id,
            sa.or_(PayoutEntry.payout_id.is_(None), again.state.in_(sorted(_NOT_GONE))),
        )
    )
    return gone.exists()


def _ids(matching: Sequence[Condition]) -> sa.Select[int]:
    return sa.select(Payout.id).where(*matching)


def _walk(
    session: Session, matching: Sequence[Condition], edge: int | None, *, upwards: bool, limit: int
) -> Sequence[int]:
    ids = _ids(matching)
    if edge is not None:
        ids = ids.where(Payout.id > edge if upwards else Payout.id < edge)
    return session.scalars(ids.order_by(Payout.id if upwards else Payout.id.desc()).limit(limit)).all()


def _rows(session: Session, ids: Sequence[int], *own: Condition) -> tuple[PayoutRow, ...]:
    if not ids:
        return ()
    found = session.execute(
        sa.select(
            *columns(Payout, PayoutRow),
            Seller.name.label("seller_name"),
            PayoutHold.id.label("hold_id"),
            PayoutHold.note.label("hold_note"),
            TransferBatch.message_id,
        )
        .join(Seller, Seller.id == Payout.seller_id)
        .outerjoin(TransferBatch, TransferBatch.id == Payout.batch_id)
        .outerjoin(
            PayoutHold,
            sa.and_(
                PayoutHold.seller_id == Payout.seller_id,
                PayoutHold.order_id.is_(None),
                PayoutHold.released_at.is_(None),
            ),
        )
        .where(Payout.id.in_(ids), *own)
    )
    facts = {row.id: row._asdict() for row in found}
    later = _successors(session, facts)
    return tuple(PayoutRow(**facts[key], **later.get(key, {})) for key in ids if key in facts)


def _successors(session: Session, facts: Mapping[int, Mapping[str, Any]]) -> dict[int, dict[str, Any]]:
    """Return which payouts took up again what was rejected or carried over."""
    left = [key for key, row in facts.items() if row["state"] in (PayoutState.REJECTED, PayoutState.CARRIED)]
    if not left:
        return {}
    again = aliased(Payout)
    found = session.execute(
        sa.select(LedgerEntry.payout_id, again.id, again.state)
        .join(PayoutEntry, PayoutEntry.entry_id == LedgerEntry.id)
        .join(again, again.id == PayoutEntry.payout_id)
        .where(LedgerEntry.payout_id.in_(left))
    )
    return {
        key: {"successor_id": payout_id, "successor_state": state} for key, payout_id, state in found if key is not None
    }
