"""Finances › Virements: the files of transfers that were sent to the bank, and what became of their payouts."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.errors import NotFoundError
from db.domain.files import FileState
from db.domain.payouts import PayoutState, reference_of
from db.domain.permissions import Permission
from db.domain.viewer import Viewer
from db.models import Payout, Seller, StoredFile, TransferBatch
from db.queries.columns import columns

PAGE_SIZE = 50
#: A file of more transfers is looked through in Finances › Reversements.
TRANSFERS_SHOWN = 500


class BatchNotFoundError(NotFoundError):
    """No such file of transfers, or not for this person."""

    def __init__(self) -> None:
        super().__init__("Cette remise de virements n’existe pas. Choisissez-en une dans la liste.")


@dataclass(frozen=True, slots=True)
class BatchRow:
    """One file of transfers."""

    id: int
    message_id: str
    requested_on: dt.date
    debtor_name: str
    debtor_iban: str
    payout_count: int
    total_cents: int
    currency: str
    file_id: int | None
    person_name: str
    created_at: dt.datetime
    undone_at: dt.datetime | None
    #: Of its file; None where nobody keeps one.
    file_state: FileState | None
    #: How many of its payouts are where.
    states: Mapping[PayoutState, int] = field(default_factory=dict)

    @property
    def can_be_undone(self) -> bool:
        """Tell whether its payouts may be taken out again: there is no file, and there will be none."""
        return self.undone_at is None and self.file_state in {FileState.FAILED, FileState.CANCELLED}


@dataclass(frozen=True, slots=True)
class BatchPage:
    """One page of the list, newest first. ``has_newer``: there are rows above it; ``has_older``: below."""

    rows: tuple[BatchRow, ...]
    has_newer: bool
    has_older: bool


@dataclass(frozen=True, slots=True)
class BatchTransfer:
    """One transfer of a file, and what became of it."""

    payout_id: int
    seller_name: str
    iban: str
    net_cents: int
    currency: str
    state: PayoutState
    paid_on: dt.date | None
    rejection: str

    @property
    def reference(self) -> str:
        """Return how the bank calls it."""
        return reference_of(self.payout_id)


def batch_page(session: Session, viewer: Viewer, *, before: int | None = None, after: int | None = None) -> BatchPage:
    """Return one page of the files of transfers, newest first.

    Args:
        session: An open session.
        viewer: Who looks.
        before: Only those older than this one (its id).
        after: The page that ends just above this one (its id); ``before`` is then not looked at.

    Raises:
        NotAllowedError: The person may not read what concerns all sellers.
    """
    viewer.require(Permission.EXPORT)
    upwards = after is not None
    wanted = _batches().order_by(TransferBatch.id.asc() if upwards else TransferBatch.id.desc())
    if after is not None:
        wanted = wanted.where(TransferBatch.id > after)
    elif before is not None:
        wanted = wanted.where(TransferBatch.id < before)
    found = session.execute(wanted.limit(PAGE_SIZE + 1)).all()
    has_more, shown = len(found) > PAGE_SIZE, found[:PAGE_SIZE]
    return BatchPage(
        rows=_with_states(session, shown[::-1] if upwards else shown),
        has_newer=has_more if upwards else before is not None,
        has_older=True if upwards else has_more,
    )


def batch_row(session: Session, viewer: Viewer, batch_id: int) -> BatchRow:
    """Return one file of transfers.

    Raises:
        NotAllowedError: The person may not read what concerns all sellers.
        BatchNotFoundError: There is no such file.
    """
    viewer.require(Permission.EXPORT)
    found = session.execute(_batches().where(TransferBatch.id == batch_id)).all()
    if not found:
        raise BatchNotFoundError
    return _with_states(session, found)[0]


def batch_transfers(session: Session, viewer: Viewer, batch_id: int) -> list[BatchTransfer]:
    """Return the first transfers of a file, by reference; one more than ``TRANSFERS_SHOWN`` at most.

    Raises:
        NotAllowedError: The person may not read what concerns all sellers.
    """
    viewer.require(Permission.EXPORT)
    rows = session.execute(
        sa.select(
            Payout.id,
            Seller.name,
            Payout.iban,
            Payout.net_cents,
            Payout.currency,
            Payout.state,
            Payout.paid_on,
            Payout.rejection,
        )
        .join(Seller, Seller.id == Payout.seller_id)
        .where(Payout.batch_id == batch_id)
        .order_by(Payout.id)
        .limit(TRANSFERS_SHOWN + 1)
    )
    return [BatchTransfer(*row) for row in rows]


def _batches() -> sa.Select[*tuple[object, ...]]:
    return sa.select(*columns(TransferBatch, BatchRow), StoredFile.state.label("file_state")).outerjoin(
        StoredFile, StoredFile.id == TransferBatch.file_id
    )


def _with_states(session: Session, rows: Sequence[sa.Row[*tuple[object, ...]]]) -> tuple[BatchRow, ...]:
    counted = session.execute(
        sa.select(Payout.batch_id, Payout.state, sa.func.count())
        .where(Payout.batch_id.in_([row.id for row in rows]))
        .group_by(Payout.batch_id, Payout.state)
    )
    states: dict[int | None, dict[PayoutState, int]] = {}
    for batch_id, state, count in counted:
        states.setdefault(batch_id, {})[state] = count
    return tuple(BatchRow(**row._asdict(), states=states.get(row.id, {})) for row in rows)
