"""The entries of a seller's account page by page, newest first, each with what caused it and what it left."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.ledger import LedgerKind
from db.domain.viewer import Viewer
from db.models import LedgerEntry, Order, PayoutEntry
from db.queries.columns import columns, sum_of
from db.queries.seller_account import check_account

#: Entries on one screen.
PAGE_SIZE = 50

_place = sa.tuple_(LedgerEntry.at, LedgerEntry.id)
_Theirs = Sequence[sa.ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One entry of the account, what it left, and where it leads."""

    id: int
    at: dt.datetime
    kind: LedgerKind
    amount_cents: int
    balance_cents: int
    order_number: str | None
    #: Of a fee: the rate of the sale's day.
    fee_rate_bp: int | None
    note: str
    #: Empty for sellers.
    actor_name: str
    #: The payout that caused it: paid, carried over, or rejected.
    payout_id: int | None
    #: When it falls due, and the payout that holds it; None for what settles one.
    due_on: dt.date | None
    held_by_id: int | None


@dataclass(frozen=True, slots=True)
class EntryPage:
    """One page of an account, newest first."""

    rows: tuple[EntryRow, ...]
    has_newer: bool
    has_older: bool


def entry_page(
    session: Session,
    viewer: Viewer,
    seller_id: int,
    currency: str,
    *,
    before: int | None = None,
    after: int | None = None,
) -> EntryPage:
    """Return one page of the entries of an account, newest first, each with what it left.

    Args:
        session: An open session.
        viewer: Who looks.
        seller_id: Whose account.
        currency: Of which of its accounts.
        before: Only those older than this entry (its id).
        after: The page that ends just above this entry; ``before`` is then not looked at.

    Raises:
        NotAllowedError: The person may not read payouts.
        SellerAccountNotFoundError: The account is another seller's.
    """
    check_account(viewer, seller_id)
    theirs = (LedgerEntry.seller_id == seller_id, LedgerEntry.currency == currency)
    upwards = after is not None
    found = _walk(session, theirs, after if upwards else before, upwards=upwards)
    has_more, shown = len(found) > PAGE_SIZE, found[:PAGE_SIZE]
    return EntryPage(
        _entries(session, viewer, theirs, shown[::-1] if upwards else shown),
        has_newer=has_more if upwards else before is not None,
        has_older=True if upwards else has_more,
    )


def _walk(session: Session, theirs: _Theirs, edge: int | None, *, upwards: bool) -> Sequence[int]:
    ids = sa.select(LedgerEntry.id).where(*theirs)
    if edge is not None:
        at = session.scalar(sa.select(LedgerEntry.at).where(LedgerEntry.id == edge, *theirs))
        if at is None:
            return ()  # Somebody wrote the URL by hand.
        here = sa.tuple_(sa.literal(at, LedgerEntry.at.type), sa.literal(edge))
        ids = ids.where(_place > here if upwards else _place < here)
    order = (LedgerEntry.at, LedgerEntry.id) if upwards else (LedgerEntry.at.desc(), LedgerEntry.id.desc())
    return session.scalars(ids.order_by(*order).limit(PAGE_SIZE + 1)).all()


def _entries(session: Session, viewer: Viewer, theirs: _Theirs, ids: Sequence[int]) -> tuple[EntryRow, ...]:
    """Return entries by their ids, newest first, with what each left."""
    if not ids:
        return ()
    found = session.execute(
        sa.select(
            *columns(LedgerEntry, EntryRow),
            Order.number.label("order_number"),
            PayoutEntry.due_on,
            PayoutEntry.payout_id.label("held_by_id"),
        )
        .outerjoin(Order, Order.id == LedgerEntry.order_id)
        .outerjoin(PayoutEntry, PayoutEntry.entry_id == LedgerEntry.id)
        .where(LedgerEntry.id.in_(ids))
    )
    by_id = {row.id: row for row in found}
    rows = [by_id[key] for key in ids]
    hidden = {"actor_name": ""} if viewer.seller_id is not None else {}
    balances = accumulate((-row.amount_cents for row in rows), initial=_balance_at(session, theirs, rows[0]))
    return tuple(
        EntryRow(**row._asdict() | hidden, balance_cents=cents) for row, cents in zip(rows, balances, strict=False)
    )


def _balance_at(session: Session, theirs: _Theirs, newest: sa.Row[*tuple[Any, ...]]) -> int:
    """Return what was owed once an entry was written: the sum of it and all before."""
    here = sa.tuple_(sa.literal(newest.at, LedgerEntry.at.type), sa.literal(newest.id))
    return session.scalar(sa.select(sum_of(LedgerEntry.amount_cents)).where(*theirs, _place <= here)) or 0
