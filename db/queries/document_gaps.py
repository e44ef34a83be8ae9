"""« À établir »: documents that are owed and cannot be issued yet, and sales that have no invoice at all."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.documents import DocumentKind
from db.domain.permissions import Permission
from db.domain.viewer import Viewer
from db.models import DueDocument, Order, Seller
from db.models.orders import UNINVOICED
from db.queries.document_conditions import Condition
from db.queries.plans import in_index_words, literal_of, materialized

#: The screen says « plus de 10 000 », and as many invoices are asked for in one go.
MISSING_CAP = 10_000
#: A tab says « plus de 1 000 »: its page counts on.
MISSING_COUNTED = 1_000
#: The orders that are shown of a list.
SHOWN = 50


@dataclass(frozen=True, slots=True)
class BlockedGroup:
    """Documents of one seller that one cause holds up."""

    seller_id: int
    seller_name: str
    error: str
    documents: int
    #: One of the orders, to look at.
    order_number: str


@dataclass(frozen=True, slots=True)
class UninvoicedOrder:
    """A sale without an invoice."""

    number: str
    placed_on: dt.date
    customer_name: str
    seller_name: str
    total_cents: int
    currency: str


@dataclass(frozen=True, slots=True)
class MissingInvoices:
    """How many sales of a period have no invoice, in how many sellers' series they would go, and the oldest of them."""

    orders: int
    is_capped: bool
    sellers: int
    oldest: tuple[UninvoicedOrder, ...]


def blocked_documents(session: Session, viewer: Viewer) -> list[BlockedGroup]:
    """Return what is owed and cannot be issued, by cause, the most frequent first.

    Raises:
        NotAllowedError: The person may not read documents.
    """
    viewer.require(Permission.READ_DOCUMENTS)
    found = session.execute(
        sa.select(
            Order.seller_id,
            Seller.name.label("seller_name"),
            DueDocument.error,
            sa.func.count().label("documents"),
            sa.func.min(Order.number).label("order_number"),
        )
        .join(Order, Order.id == DueDocument.order_id)
        .join(Seller, Seller.id == Order.seller_id)
        .where(*_is_blocked(), *_own(viewer))
        .group_by(Order.seller_id, Seller.name, DueDocument.error)
        .order_by(sa.desc("documents"), Seller.name)
    )
    return [BlockedGroup(**row._asdict()) for row in found]


def blocked_count(session: Session, viewer: Viewer) -> int:
    """Return how many documents are owed and cannot be issued."""
    found = sa.select(sa.func.count()).select_from(DueDocument).where(*_is_blocked())
    if viewer.seller_id is not None:
        found = found.join(Order, Order.id == DueDocument.order_id).where(*_own(viewer))
    return session.scalar(found) or 0


def documents_to_come(session: Session, viewer: Viewer) -> int:
    """Return how many documents are owed and will be issued by themselves, at most ``MISSING_CAP`` and one."""
    waiting = sa.select(DueDocument.id).where(DueDocument.error == "")
    if viewer.seller_id is not None:
        waiting = waiting.join(Order, Order.id == DueDocument.order_id).where(*_own(viewer))
    few = waiting.limit(MISSING_CAP + 1).subquery()
    return session.scalar(sa.select(sa.func.count()).select_from(few)) or 0


def _is_blocked() -> list[Condition]:
    return [DueDocument.error != sa.literal_column("''")]  # In the very words of its partial index.


def missing_invoices(
    session: Session, viewer: Viewer, first_day: dt.date | None, last_day: dt.date | None
) -> MissingInvoices:
    """Return the paid sales of a period that have no invoice and are owed none.

    Args:
        session: An open session.
        viewer: Who looks; a seller sees only their own.
        first_day: The first day on which they were placed; None for any.
        last_day: The last.

    Raises:
        NotAllowedError: The person may not read documents.
    """
    viewer.require(Permission.READ_DOCUMENTS)
    found = sa.select(Order.id, Order.seller_id).where(*uninvoiced(first_day, last_day), *_own(viewer))
    few = materialized(found.order_by(Order.placed_on, Order.id).limit(MISSING_CAP + 1), "few")
    count, sellers = session.execute(
        sa.select(sa.func.count(), sa.func.count(sa.distinct(few.c.seller_id))).select_from(few)
    ).one()
    oldest = session.execute(
        sa.select(
            Order.number,
            Order.placed_on,
            Order.customer_name,
            Seller.name.label("seller_name"),
            Order.total_cents,
            Order.currency,
        )
        .select_from(few)
        .join(Order, Order.id == few.c.id)
        .join(Seller, Seller.id == Order.seller_id)
        .order_by(Order.placed_on, Order.id)
        .limit(SHOWN)
    )
    rows = tuple(UninvoicedOrder(**row._asdict()) for row in oldest)
    return MissingInvoices(min(count, MISSING_CAP), count > MISSING_CAP, sellers, rows)


def missing_count(session: Session, viewer: Viewer, first_day: dt.date | None, last_day: dt.date | None) -> int:
    """Return how many paid sales of a period have no invoice, at most ``MISSING_COUNTED`` and one."""
    few = sa.select(Order.id).where(*uninvoiced(first_day, last_day), *_own(viewer)).limit(MISSING_COUNTED + 1)
    return session.scalar(sa.select(sa.func.count()).select_from(few.subquery())) or 0


def uninvoiced(first_day: dt.date | None, last_day: dt.date | None) -> list[Condition]:
    """Return what an order meets that was paid, placed in a period, and has no invoice nor is owed one."""
    owed = sa.exists().where(DueDocument.order_id == Order.id, DueDocument.kind == literal_of(DocumentKind.INVOICE))
    conditions: list[Condition] = [*in_index_words(UNINVOICED), ~owed.correlate(Order)]
    if first_day:
        conditions.append(Order.placed_on >= first_day)
    if last_day:
        conditions.append(Order.placed_on <= last_day)
    return conditions


def _own(viewer: Viewer) -> list[Condition]:
    return [] if viewer.seller_id is None else [Order.seller_id == viewer.seller_id]
