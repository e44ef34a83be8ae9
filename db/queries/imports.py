"""Imported files of orders: whose they can be, and what became of each of their orders."""

from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.permissions import Permission
from db.domain.tasks import ImportItemState
from db.domain.viewer import Viewer
from db.models import ImportItem, Order, Seller


@dataclass(frozen=True, slots=True)
class ImportCounts:
    """How many orders of a file there are in each state."""

    created: int = 0
    #: Of those created: stored otherwise than the file says it.
    corrected: int = 0
    #: Of those created: in error, for somebody to mend.
    faulty: int = 0
    known: int = 0
    #: Of those known: the file says something else.
    differing: int = 0
    refused: int = 0
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class ImportLine:
    """What became of one order of a file."""

    place: str
    reference: str
    state: ImportItemState
    reason: str
    corrections: str
    #: The number of the order that it is now; None where it is none.
    number: str | None


def seller_codes(session: Session, viewer: Viewer) -> dict[str, str]:
    """Return the active sellers whose orders a file can hold: code → name, by name.

    Raises:
        NotAllowedError: The viewer may not bring in orders.
    """
    viewer.require(Permission.ACT_ON_ORDERS)
    active = sa.select(Seller.code, Seller.name).where(Seller.is_active).order_by(sa.func.lower(Seller.name), Seller.id)
    return {row.code: row.name for row in session.execute(active)}


def import_counts(session: Session, task_id: int) -> ImportCounts:
    """Return what became of a file's orders, in figures."""
    is_corrected, has_reason = ImportItem.corrections != "", ImportItem.reason != ""
    rows = session.execute(
        sa.select(
            ImportItem.state,
            sa.func.count().label("orders"),
            sa.func.count().filter(is_corrected).label("corrected"),
            sa.func.count().filter(has_reason).label("with_reason"),
        )
        .where(ImportItem.task_id == task_id)
        .group_by(ImportItem.state)
    ).all()
    orders = {row.state: row.orders for row in rows}
    with_reason = {row.state: row.with_reason for row in rows}
    created = next((row for row in rows if row.state is ImportItemState.CREATED), None)
    return ImportCounts(
        created=orders.get(ImportItemState.CREATED, 0),
        corrected=created.corrected if created else 0,
        faulty=with_reason.get(ImportItemState.CREATED, 0),
        known=orders.get(ImportItemState.KNOWN, 0),
        differing=with_reason.get(ImportItemState.KNOWN, 0),
        refused=orders.get(ImportItemState.REFUSED, 0),
        waiting=orders.get(ImportItemState.WAITING, 0),
    )


def import_lines(session: Session, task_id: int, *, first: int | None = None, only: str = "") -> Iterator[ImportLine]:
    """Yield what became of the orders of a file, in their order there.

    Args:
        session: The caller's.
        task_id: The import; the caller has checked whose it is.
        first: At most so many; None for all.
        only: A state's value, ``CORRECTED`` for those created that are, ``DIFFERING`` for those known that do; empty
            for all.
    """
    lines = (
        sa.select(
            ImportItem.place,
            ImportItem.reference,
            ImportItem.state,
            ImportItem.reason,
            ImportItem.corrections,
            Order.number,
        )
        .outerjoin(Order, Order.id == ImportItem.order_id)
        .where(ImportItem.task_id == task_id)
        .order_by(ImportItem.position)
        .limit(first)
    )
    if only == CORRECTED:
        lines = lines.where(ImportItem.state == ImportItemState.CREATED, ImportItem.corrections != "")
    elif only == DIFFERING:
        lines = lines.where(ImportItem.state == ImportItemState.KNOWN, ImportItem.reason != "")
    elif only == ImportItemState.KNOWN.value:
        lines = lines.where(ImportItem.state == ImportItemState.KNOWN, ImportItem.reason == "")
    elif only:
        lines = lines.where(ImportItem.state == ImportItemState(only))
    return (ImportLine(*row) for row in session.execute(lines))


#: Beside the states: those created that are stored otherwise than the file says it.
CORRECTED = "corrected"
#: Beside the states: those that are there already, of which the file says something else.
DIFFERING = "differing"
