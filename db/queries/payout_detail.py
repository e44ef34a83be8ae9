"""One payout as its page and its statement show it: what it adds up from, order by order, and what became of it."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.documents import DocumentKind
from db.domain.ledger import FEE_KINDS, LedgerKind
from db.domain.payouts import PayoutNotFoundError
from db.domain.permissions import Permission
from db.domain.viewer import Viewer
from db.models import (
    Document,
    FeeDocument,
    LedgerEntry,
    Order,
    Payout,
    PayoutEntry,
    PayoutHistory,
    PayoutRun,
    Seller,
    TransferBatch,
)
from db.queries.columns import columns, sum_of
from db.queries.payout_rows import CreditNoteRef, PayoutDetail, PayoutLine, PayoutStep

#: Lines on one screen of the page.
PAGE_SIZE = 50
#: Lines that are read at once where all are.
_READ_AT_ONCE = 1_000
#: Who of the house did what is not theirs to know.
_NOT_FOR_SELLERS = {"prepared_by_name": "", "approved_by_name": ""}
#: An order's entries share it; of those that are of no order, each has its own, which is below 0.
_LINE_KEY = sa.func.coalesce(LedgerEntry.order_id, -LedgerEntry.id).label("key")
#: Of an order; whatever else there is comes of people, payouts and the bank.
_COLUMN_KINDS = (LedgerKind.SALE, LedgerKind.REFUND, *FEE_KINDS)


def payout_detail(session: Session, viewer: Viewer, payout_id: int) -> PayoutDetail:
    """Return one payout.

    Raises:
        NotAllowedError: The person may not read payouts.
        PayoutNotFoundError: There is none, or it is another seller's.
    """
    found = session.execute(
        sa.select(
            *columns(Payout, PayoutDetail),
            Seller.code.label("seller_code"),
            Seller.name.label("seller_name"),
            sa.func.coalesce(Seller.iban, "").label("seller_iban"),
            PayoutRun.run_on,
            TransferBatch.message_id,
            TransferBatch.requested_on,
            TransferBatch.file_id.label("batch_file_id"),
            FeeDocument.number.label("fee_document_number"),
            FeeDocument.file_id.label("fee_file_id"),
        )
        .join(Seller, Seller.id == Payout.seller_id)
        .join(PayoutRun, PayoutRun.id == Payout.run_id)
        .outerjoin(TransferBatch, TransferBatch.id == Payout.batch_id)
        .outerjoin(FeeDocument, FeeDocument.id == Payout.fee_document_id)
        .where(Payout.id == payout_id, *_own(viewer))
    ).one_or_none()
    if found is None:
        raise PayoutNotFoundError
    hidden = _NOT_FOR_SELLERS if viewer.seller_id is not None else {}
    return PayoutDetail(
        **found._asdict() | hidden,
        sale_count=_sale_count(session, payout_id),
        by_kind=_by_kind(session, payout_id, found.fee_cents),
        successor_id=_successor(session, payout_id),
        history=_history(session, viewer, payout_id),
    )


def payout_lines(
    session: Session,
    viewer: Viewer,
    payout_id: int,
    following: int | None = None,
    limit: int = PAGE_SIZE,
    *,
    skipping: int = 0,
) -> list[PayoutLine]:
    """Return lines of a payout: first what is of no order, then order by order, the oldest first.

    Args:
        session: An open session.
        viewer: Who looks; of another seller's payout there are no lines.
        payout_id: Which payout.
        following: The ``key`` of the last line that was read; None for the first ones.
        limit: How many at most.
        skipping: How many are left out before them: those of the pages above.
    """
    wanted = _lines(viewer, payout_id).subquery("lines")
    after = [] if following is None else [wanted.c.key > following]
    rows = session.execute(_named(wanted).where(*after).limit(limit).offset(skipping)).all()
    return _with_credit_notes(session, rows)


def line_count(session: Session, viewer: Viewer, payout_id: int) -> int:
    """Return how many lines a payout has; those of one that was cancelled are in others since."""
    keys = _lines(viewer, payout_id).with_only_columns(_LINE_KEY)
    return session.scalar(sa.select(sa.func.count()).select_from(keys.subquery())) or 0


def all_payout_lines(session: Session, viewer: Viewer, payout_id: int) -> Iterator[PayoutLine]:
    """Return every line of a payout in the order of ``payout_lines``, read piece by piece: memory stays flat."""
    found = session.execute(
        _named(_lines(viewer, payout_id).subquery("lines")), execution_options={"yield_per": _READ_AT_ONCE}
    )
    for rows in found.partitions():
        yield from _with_credit_notes(session, rows)


def _own(viewer: Viewer) -> list[sa.ColumnElement[bool]]:
    viewer.require(Permission.READ_PAYOUTS)
    return [] if viewer.seller_id is None else [Payout.seller_id == viewer.seller_id]


def _sale_count(session: Session, payout_id: int) -> int:
    sales = sa.select(sa.func.count()).where(PayoutEntry.payout_id == payout_id, PayoutEntry.kind == LedgerKind.SALE)
    return session.scalar(sales) or 0


def _by_kind(session: Session, payout_id: int, fee_cents: int) -> dict[LedgerKind, int]:
    """Return what fees and the rest are made of; fees are many, so that they are told from the sum that is kept."""
    few = [kind for kind in LedgerKind if kind not in (LedgerKind.SALE, LedgerKind.REFUND, LedgerKind.FEE)]
    found = session.execute(
        sa.select(PayoutEntry.kind, sum_of(PayoutEntry.amount_cents).label("cents"))
        .where(PayoutEntry.payout_id == payout_id, PayoutEntry.kind.in_(few))
        .group_by(PayoutEntry.kind)
    )
    sums = {row.kind: row.cents for row in found}
    fees = fee_cents - sums.get(LedgerKind.FEE_BACK, 0)
    return sums | ({LedgerKind.FEE: fees} if fees else {})


def _successor(session: Session, payout_id: int) -> int | None:
    """Return the payout that holds what this one left: a debt, or the amount of a transfer that came back."""
    held_in = (
        sa.select(PayoutEntry.payout_id)
        .join(LedgerEntry, LedgerEntry.id == PayoutEntry.entry_id)
        .where(LedgerEntry.payout_id == payout_id)
    )
    return session.scalar(held_in.order_by(LedgerEntry.id.desc()).limit(1))


def _history(session: Session, viewer: Viewer, payout_id: int) -> tuple[PayoutStep, ...]:
    found = session.execute(
        sa.select(*columns(PayoutHistory, PayoutStep))
        .where(PayoutHistory.payout_id == payout_id)
        .order_by(PayoutHistory.id)
    )
    hidden = {"note": "", "actor_name": ""} if viewer.seller_id is not None else {}
    return tuple(PayoutStep(**row._asdict() | hidden) for row in found)


def _lines(viewer: Viewer, payout_id: int) -> sa.Select[*tuple[Any, ...]]:
    """Return the entries of a payout summed up by order; what is of no order has a line each."""

    def of(*kinds: LedgerKind) -> sa.ColumnElement[int]:
        return sum_of(sa.case((LedgerEntry.kind.in_(kinds), LedgerEntry.amount_cents), else_=0))

    other = sa.case((LedgerEntry.kind.in_(_COLUMN_KINDS), 0), else_=LedgerEntry.amount_cents)
    return (
        sa.select(
            _LINE_KEY,
            sa.func.min(LedgerEntry.order_id).label("order_id"),
            of(LedgerKind.SALE).label("sale_cents"),
            of(LedgerKind.REFUND).label("refund_cents"),
            of(*FEE_KINDS).label("fee_cents"),
            sum_of(other).label("other_cents"),
            sum_of(LedgerEntry.amount_cents).label("net_cents"),
            sa.func.min(LedgerEntry.kind, type_=LedgerEntry.kind.type).label("kind"),
            sa.func.min(LedgerEntry.note).label("note"),
            sa.func.min(LedgerEntry.payout_id).label("from_payout_id"),
        )
        .join(PayoutEntry, PayoutEntry.entry_id == LedgerEntry.id)
        .join(Payout, Payout.id == PayoutEntry.payout_id)
        .where(PayoutEntry.payout_id == payout_id, *_own(viewer))
        .group_by(_LINE_KEY)
    )


def _named(lines: sa.Subquery) -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(*lines.c, Order.number.label("order_number"), Order.placed_on)
        .outerjoin(Order, Order.id == lines.c.order_id)
        .order_by(lines.c.key)
    )


def _with_credit_notes(session: Session, rows: Sequence[sa.Row[*tuple[Any, ...]]]) -> list[PayoutLine]:
    given_back = [row.order_id for row in rows if row.order_id is not None and row.refund_cents]
    notes = credit_notes_of(session, given_back) if given_back else {}
    return [
        PayoutLine(
            **row._asdict() | {"kind": row.kind if row.order_id is None else None},
            credit_notes=tuple(notes.get(row.order_id, ())),
        )
        for row in rows
    ]


def credit_notes_of(session: Session, order_ids: Sequence[int]) -> dict[int, list[CreditNoteRef]]:
    """Return the credit notes of some orders, by order; orders without one are left out."""
    found = session.execute(
        sa.select(Document.order_id, Document.id, Document.number)
        .where(Document.order_id.in_(order_ids), Document.kind == DocumentKind.CREDIT_NOTE)
        .order_by(Document.id)
    )
    notes: dict[int, list[CreditNoteRef]] = defaultdict(list)
    for row in found:
        notes[row.order_id].append(CreditNoteRef(row.id, row.number))
    return notes
