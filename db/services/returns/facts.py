"""Find a return and lock it behind its order: whoever changes one holds both."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.errors import MarketplaceError
from db.domain.order_facts import OrderFacts
from db.domain.returns import ReturnNotFoundError
from db.domain.time import PARIS
from db.models import OrderHistory, Return, ReturnLine
from db.services.order_facts import load_facts


class ReturnChangedError(MarketplaceError):
    """Somebody else changed the return after it was shown; nothing was done."""

    def __init__(self, return_id: int, by: str, at: dt.datetime | None) -> None:
        self.return_id = return_id
        who = f" par {by} le {at.astimezone(PARIS):%d/%m à %H:%M}" if by and at else ""
        super().__init__(f"Retour modifié entre-temps{who}. Relisez-le, puis recommencez si besoin.")


def locked_return(session: Session, actor: Actor, return_id: int) -> tuple[OrderFacts, Return]:
    """Return a return and its order, both locked.

    Raises:
        ReturnNotFoundError: There is no such return for this actor.
    """
    order_id = session.scalar(sa.select(Return.order_id).where(Return.id == return_id))
    order = None if order_id is None else load_facts(session, actor, [order_id], locked=True).get(order_id)
    found = sa.select(Return).where(Return.id == return_id).with_for_update()
    row = session.scalars(found.execution_options(populate_existing=True)).one_or_none()
    if order is None or row is None:
        raise ReturnNotFoundError
    return order, row


def seen_return(session: Session, actor: Actor, return_id: int, version: int) -> tuple[OrderFacts, Return]:
    """Return a return and its order, both locked, as the actor saw the return.

    Raises:
        ReturnNotFoundError: There is no such return for this actor.
        ReturnChangedError: It is not at ``version`` any more.
    """
    order, row = locked_return(session, actor, return_id)
    if row.version != version:
        last = session.execute(
            sa.select(OrderHistory.actor_name, OrderHistory.at)
            .where(OrderHistory.order_id == order.id)
            .order_by(OrderHistory.id.desc())
            .limit(1)
        ).one_or_none()
        raise ReturnChangedError(return_id, last.actor_name if last else "", last.at if last else None)
    return order, row


def announced(session: Session, return_id: int) -> dict[int, int]:
    """Return the units that a customer said they send back: line id → units."""
    found = sa.select(ReturnLine.order_line_id, ReturnLine.quantity).where(
        ReturnLine.return_id == return_id, ReturnLine.quantity > 0
    )
    return {row.order_line_id: row.quantity for row in session.execute(found)}
