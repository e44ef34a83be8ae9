"""Write the history of orders: every service that acts records what it did, in its own transaction."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.audit_words import area_of
from db.domain.orders import HistoryEvent
from db.models import Order, OrderHistory
from db.services.audit import Act, note_acts

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened to one order. ``before`` and ``after`` hold JSON values only."""

    order_id: int
    event: HistoryEvent
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    note: str = ""
    undoes_id: int | None = None
    #: When it happened, where that was before it is written.
    at: dt.datetime | None = None


def record(session: Session, actor: Actor, entry: Entry, now: dt.datetime) -> int:
    """Write one entry; return its id."""
    return record_all(session, actor, [entry], now)[0]


def record_all(session: Session, actor: Actor, entries: Sequence[Entry], now: dt.datetime) -> list[int]:
    """Write entries in one statement; return their ids in the same order."""
    if not entries:
        return []
    rows = [
        {
            "order_id": entry.order_id,
            "at": entry.at or now,
            "actor_kind": actor.kind,
            "person_id": actor.person_id,
            "actor_name": actor.name,
            "event": entry.event,
            "before": dict(entry.before) if entry.before is not None else None,
            "after": dict(entry.after) if entry.after is not None else None,
            "note": entry.note,
            "undoes_id": entry.undoes_id,
        }
        for entry in entries
    ]
    inserted = sa.insert(OrderHistory).returning(OrderHistory.id, sort_by_parameter_order=True)
    ids = list(session.scalars(inserted, rows))
    numbers = _numbers(session, [entry.order_id for entry in entries])
    note_acts(session, actor, [_act(entry, numbers.get(entry.order_id, "")) for entry in entries], now)
    return ids


def _act(entry: Entry, number: str) -> Act:
    return Act(
        area_of(entry.event), entry.event, "order", entry.order_id, number, entry.before, entry.after, entry.note
    )


def _numbers(session: Session, order_ids: Sequence[int]) -> dict[int, str]:
    """Return how people call the orders, which the log still says when an order is gone."""
    wanted, numbers = sorted(set(order_ids)), dict[int, str]()
    for start in range(0, len(wanted), _AT_ONCE):
        some = Order.id.in_(wanted[start : start + _AT_ONCE])
        numbers.update((row.id, row.number) for row in session.execute(sa.select(Order.id, Order.number).where(some)))
    return numbers
