"""Take in the returns that the shop wrote: their history begins, their customers get the acknowledgement once."""

import datetime as dt
import logging
from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM, Actor
from db.domain.incoming import NEW_WITHIN
from db.domain.mail import EmailTemplate
from db.domain.order_facts import OrderFacts
from db.domain.orders import ActorKind, HistoryEvent, ReturnStatus
from db.models import Return
from db.services.history import Entry, record
from db.services.lost import DATABASE_LOST
from db.services.order_facts import load_facts
from db.services.parcel_effects import as_json
from db.services.returns.facts import announced
from db.services.returns.letters import tell
from db.services.versions import raise_versions

UNREADABLE = (
    "La demande de retour était illisible\u00a0: une de ses valeurs n’a pas la forme attendue. Sa date est celle de "
    "sa prise en charge\u00a0; vérifiez-la avec le client."
)

_SHOP = Actor(ActorKind.SHOP, "Boutique")
_IS_NEW = Return.taken_in_at.is_(None)

_log = logging.getLogger(__name__)


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
    # Another worker may have taken some of them in while we waited for the orders.
    still = sa.select(Return.id).where(Return.id.in_([row.id for row in found]), _IS_NEW).order_by(Return.id)
    return_ids = session.scalars(still.with_for_update()).all()
    for return_id in return_ids:
        try:
            with session.begin_nested():
                _take_in(session, orders, return_id, now)
        except DATABASE_LOST:
            raise
        except Exception:  # noqa: BLE001  whatever one return raises, the others go on
            _log.exception("return %d cannot be taken in", return_id)
            _put_aside(session, return_id, now)
    raise_versions(session, list(orders), now)
    return len(return_ids)


def _take_in(session: Session, orders: Mapping[int, OrderFacts], return_id: int, now: dt.datetime) -> None:
    row = session.get_one(Return, return_id, populate_existing=True)
    row.taken_in_at = now
    # A shop's clock that is ahead gives the house no more days to refund.
    row.requested_at = min(row.requested_at, now)
    session.flush()
    units = announced(session, row.id)
    after = {"return_id": row.id, "units": as_json(units), "reason": row.reason.value}
    entry = Entry(row.order_id, HistoryEvent.RETURN_REQUESTED, after=after, at=row.requested_at)
    history_id = record(session, _SHOP, entry, now)
    if row.status is ReturnStatus.REQUESTED and row.requested_at > now - NEW_WITHIN:
        tell(session, SYSTEM, orders[row.order_id], row, EmailTemplate.RETURN_REQUESTED, history_id, now)


def _put_aside(session: Session, return_id: int, now: dt.datetime) -> None:
    """Make a return readable that was not, and let staff see it; its customer is not written to."""
    mended = sa.update(Return).where(Return.id == return_id).values(taken_in_at=now, requested_at=now)
    session.execute(mended.execution_options(synchronize_session=False))
    order_id = session.scalars(sa.select(Return.order_id).where(Return.id == return_id)).one()
    entry = Entry(order_id, HistoryEvent.RETURN_REQUESTED, after={"return_id": return_id}, note=UNREADABLE)
    record(session, SYSTEM, entry, now)
