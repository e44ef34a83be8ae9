"""Words of staff's own on orders: made on the fly, put on and taken off, each told in the order's history."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.audit import AuditArea
from db.domain.bulk import Tagging
from db.domain.errors import InvalidInputError, MarketplaceError, NotFoundError, OrderNotFoundError
from db.domain.orders import HistoryEvent
from db.domain.permissions import Permission
from db.domain.text import fold, is_storable
from db.models import Order, OrderTag, Tag
from db.services.audit import Act, note_act
from db.services.history import Entry, record_all
from db.services.moves import Moved, Refused
from db.services.upsert import insert_for

MAX_NAME = 30
#: A menu of more than that is no help to anybody.
MAX_TAGS = 200
_AT_ONCE = 500


class AlreadyTaggedError(MarketplaceError):
    """The order bears the tag already."""

    def __init__(self, tag: str) -> None:
        super().__init__(f"Porte déjà le mot-clé « {tag} ».")


class NotTaggedError(MarketplaceError):
    """The order does not bear the tag that is to be taken off."""

    def __init__(self, tag: str) -> None:
        super().__init__(f"Ne porte pas le mot-clé « {tag} ».")


@dataclass(frozen=True, slots=True)
class TagPlan:
    """Which orders the tag is put on or taken off (id → version), and the refusals."""

    versions: Mapping[int, int]
    refused: tuple[Refused, ...]


def tag_named(session: Session, actor: Actor, name: str, now: dt.datetime) -> int:
    """Return the tag of that name, made if there is none; capitals and accents make no other tag.

    Raises:
        NotAllowedError: The actor may not act on orders.
        InvalidInputError: The name cannot be used, or there are too many tags.
    """
    actor.require(Permission.ACT_ON_ORDERS)
    name = " ".join(name.split())
    if not name or len(name) > MAX_NAME or not is_storable(name):
        raise InvalidInputError(f"Donnez au mot-clé un nom de 1 à {MAX_NAME} caractères.")
    known = {fold(tag.name): tag.id for tag in session.scalars(sa.select(Tag))}
    if fold(name) in known:
        return known[fold(name)]
    if len(known) >= MAX_TAGS:
        raise InvalidInputError(f"Il y a déjà {MAX_TAGS} mots-clés. Choisissez-en un.")
    made = Tag(name=name, created_at=now)
    session.add(made)
    session.flush()
    note_act(session, actor, Act(AuditArea.ORDERS, "tag_created", "tag", made.id, name), now)
    return made.id


def plan_tagging(session: Session, actor: Actor, order_ids: Sequence[int], tagging: Tagging) -> TagPlan:
    """Return which orders the tag would be put on or taken off; nothing is written.

    Raises:
        NotAllowedError: The actor may not act on orders.
    """
    return _plan(session, actor, order_ids, tagging, locked=False)


def tag_orders(session: Session, actor: Actor, order_ids: Sequence[int], tagging: Tagging, now: dt.datetime) -> Moved:
    """Put a tag on orders, or take it off; return order id → history row, and the refusals.

    Raises:
        NotAllowedError: The actor may not act on orders.
        NotFoundError: The tag is gone.
    """
    if session.get(Tag, tagging.tag_id) is None:
        raise NotFoundError("Ce mot-clé n’existe plus.")
    plan = _plan(session, actor, order_ids, tagging, locked=True)
    set_tag(session, list(plan.versions), tagging.tag_id, on=tagging.adds)
    bare = {"tag": None, "tag_id": tagging.tag_id}
    tagged = bare | {"tag": tagging.name}
    before, after = (bare, tagged) if tagging.adds else (tagged, bare)
    entries = [Entry(order_id, HistoryEvent.TAGGED, before, after) for order_id in plan.versions]
    ids = record_all(session, actor, entries, now)
    return Moved(dict(zip(plan.versions, ids, strict=True)), plan.refused)


def set_tag(session: Session, order_ids: Collection[int], tag_id: int, *, on: bool) -> None:
    """Have orders bear a tag or not, whether they did or not; they are locked by the caller."""
    if not order_ids:
        return
    if on:
        rows = [{"tag_id": tag_id, "order_id": order_id} for order_id in order_ids]
        session.execute(insert_for(session, OrderTag).on_conflict_do_nothing(), rows)
    else:
        off = sa.delete(OrderTag).where(OrderTag.tag_id == tag_id, OrderTag.order_id.in_(order_ids))
        session.execute(off.execution_options(synchronize_session=False))


def _plan(session: Session, actor: Actor, order_ids: Sequence[int], tagging: Tagging, *, locked: bool) -> TagPlan:
    actor.require(Permission.ACT_ON_ORDERS)
    ids = sorted(set(order_ids))
    versions: dict[int, int] = {}
    refused: list[Refused] = []
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        orders = _orders(session, actor, some, locked=locked)
        bearing = set(
            session.scalars(
                sa.select(OrderTag.order_id).where(OrderTag.tag_id == tagging.tag_id, OrderTag.order_id.in_(some))
            )
        )
        for order_id in some:
            if order_id not in orders:
                refused.append(Refused(order_id, "", OrderNotFoundError(str(order_id))))
            elif (order_id in bearing) is tagging.adds:
                error = AlreadyTaggedError if tagging.adds else NotTaggedError
                refused.append(Refused(order_id, orders[order_id].number, error(tagging.name)))
            else:
                versions[order_id] = orders[order_id].version
    return TagPlan(versions, tuple(refused))


def _orders(
    session: Session, actor: Actor, order_ids: Sequence[int], *, locked: bool
) -> dict[int, sa.Row[int, str, int]]:
    found = sa.select(Order.id, Order.number, Order.version).where(Order.id.in_(order_ids)).order_by(Order.id)
    if actor.seller_id is not None:
        found = found.where(Order.seller_id == actor.seller_id)
    return {order.id: order for order in session.execute(found.with_for_update() if locked else found)}
