"""Invoices for sales that have none: orders that were imported, or paid before invoices were issued.

They are never invoiced by themselves, because their invoices may be elsewhere: somebody of finance asks for them.
"""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.audit import AuditArea
from db.domain.documents import DocumentKind
from db.domain.jobs import JobName
from db.domain.permissions import Permission
from db.models import DueDocument, Order
from db.models.orders import UNINVOICED
from db.queries.document_gaps import MISSING_CAP, uninvoiced
from db.queries.plans import in_index_words, materialized, not_indexed
from db.services.audit import Act, note_act
from db.services.upsert import insert_for
from db.services.wake import wake

#: Asked again of an order that was waited for; it is found by its id.
_STILL_UNINVOICED = not_indexed(sa.and_(*in_index_words(UNINVOICED)))


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
    kind, at = sa.literal(DocumentKind.INVOICE, DueDocument.kind.type), sa.literal(now, DueDocument.due_at.type)
    locked = _locked_orders(actor, since, until)
    orders = sa.select(locked.c.id, kind, at, at).order_by(locked.c.placed_on, locked.c.id)
    owed = insert_for(session, DueDocument).from_select(["order_id", "kind", "due_at", "created_at"], orders)
    written = owed.on_conflict_do_nothing().returning(DueDocument.id)
    count = len(session.connection().execute(written).all())  # SQLite counts no rows of a statement WITH.
    if count:
        said = {"documents": count, "since": since, "until": until}
        note_act(session, actor, Act(AuditArea.DOCUMENTS, "missing_invoices_owed", after=said), now)
        wake(session, JobName.ISSUE_DOCUMENTS)
    return count


def _locked_orders(actor: Actor, since: dt.date | None, until: dt.date | None) -> sa.CTE:
    """Return the orders to invoice, the oldest of them where they are too many.

    They are locked in the order of their ids, as everybody does, before a row that points to them locks them in the
    order of their sale; who waited for one looks at it again, as it is by then.
    """
    own = [] if actor.seller_id is None else [Order.seller_id == actor.seller_id]
    is_missing = [*uninvoiced(since, until), *own]
    oldest = sa.select(Order.id).where(*is_missing).order_by(Order.placed_on, Order.id).limit(MISSING_CAP)
    chosen = materialized(oldest, "chosen")
    found = sa.select(Order.id, Order.placed_on).where(Order.id.in_(sa.select(chosen.c.id)), _STILL_UNINVOICED)
    return materialized(found.order_by(Order.id).with_for_update(read=True, key_share=True), "locked")
