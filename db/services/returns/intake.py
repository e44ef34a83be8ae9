"""Take in the returns that the shop wrote: their history begins, their customers get the acknowledgement once."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM, Actor
from db.domain.incoming import NEW_WITHIN
from db.domain.mail import EmailTemplate
from db.domain.orders import ActorKind, HistoryEvent, ReturnStatus
from db.models import Return
from db.services.history import Entry, record
from db.services.order_facts import load_facts
from db.services.parcel_effects import as_json
from db.services.returns.facts import announced
from db.services.returns.letters import tell
from db.services.versions import raise_versions

_SHOP = Actor(ActorKind.SHOP, "Boutique")
_IS_NEW = Return.taken_in_at.is_(None)


def has_new_returns(session: Session) -> bool:
    """Tell whether ``take_in_new_returns`` would find something to do; a look into a small index."""
    return session.scalar(sa.select(Return.id).where(_IS_NEW).limit(1)) is not None


def take_in_new_returns(session: Session, now: dt.datetime, limit: int) -> int:
    """Take in the returns that were written since; return how many.

    What the rules have against one is shown to staff, who decide: the shop has already told its customer yes.
    """
    new = sa.select(Return.id, Return.order_id).where(_IS_NEW).order_by(Return.id).limit(limit)
    found = session.execute(new).all()
    orders = load_facts(session, SYSTEM, [row.order_id for row in found], locked=True)
    locked = sa.select(Return).where(Return.id.in_([row.id for row in found]), _IS_NEW).order_by(Return.id)
    rows = session.scalars(locked.with_for_update().execution_options(populate_existing=True)).all()
    for row in rows:
        row.taken_in_at = now
        units = announced(session, row.id)
        after = {"return_id": row.id, "units": as_json(units), "reason": row.reason.value}
        entry = Entry(row.order_id, HistoryEvent.RETURN_REQUESTED, after=after, at=row.requested_at)
        history_id = record(session, _SHOP, entry, now)
        if row.status is ReturnStatus.REQUESTED and row.requested_at > now - NEW_WITHIN:
            tell(session, SYSTEM, orders[row.order_id], row, EmailTemplate.RETURN_REQUESTED, history_id, now)
    session.flush()
    raise_versions(session, list(orders), now)
    return len(rows)
