"""Write the history of orders: every service that acts records what it did, in its own transaction."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.orders import HistoryEvent
from db.models import OrderHistory


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
    return list(session.scalars(inserted, rows))
