"""Invoices for sales that have none: orders that were imported, or paid before invoices were issued.

They are never invoiced by themselves, because their invoices may be elsewhere: somebody of finance asks for them.
"""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.documents import DocumentKind
from db.domain.jobs import JobName
from db.domain.permissions import Permission
from db.models import DueDocument, Order
from db.queries.document_gaps import MISSING_CAP, uninvoiced
from db.services.wake import wake


def owe_missing_invoices(
    session: Session, actor: Actor, since: dt.date | None, until: dt.date | None, now: dt.datetime
) -> int:
    """Have an invoice issued for each paid order of a period that has none; return how many that will be.

    They are issued by the worker, in the order in which the orders were placed, dated the day they are issued. Asking
    again adds nothing for orders that are owed one already.

    Args:
        session: The caller's transaction.
        actor: Who asks; a seller reaches their own orders only.
        since: The first day on which the orders were placed; None for any.
        until: The last.
        now: The instant.

    Raises:
        NotAllowedError: The actor may not issue documents.
    """
    actor.require(Permission.ISSUE_DOCUMENTS)
    own = [] if actor.seller_id is None else [Order.seller_id == actor.seller_id]
    kind, at = sa.literal(DocumentKind.INVOICE, DueDocument.kind.type), sa.literal(now, DueDocument.due_at.type)
    orders = (
        sa.select(Order.id, kind, at, at)
        .where(*uninvoiced(since, until), *own)
        .order_by(Order.placed_on, Order.id)
        .limit(MISSING_CAP)
    )
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    owed = insert(DueDocument).from_select(["order_id", "kind", "due_at", "created_at"], orders)
    counted = owed.on_conflict_do_nothing().execution_options(preserve_rowcount=True)
    count = session.connection().execute(counted).rowcount
    if count:
        wake(session, JobName.ISSUE_DOCUMENTS)
    return count
