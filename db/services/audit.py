"""Note what somebody did in the log that is never changed; every service that acts calls it in its own transaction."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.audit import AuditArea, details_hash
from db.models import AuditEntry


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that was done. ``before`` and ``after`` hold JSON values only; no password, token or key is in them."""

    area: AuditArea
    #: What was done, in the vocabulary of its area: « status_changed », « signed_in ».
    event: str
    #: What it was done to: a table's name in the singular, its key, and how people call it.
    subject: str = ""
    subject_id: int | None = None
    label: str = ""
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    note: str = ""


def note_act(session: Session, actor: Actor, act: Act, now: dt.datetime) -> None:
    """Note one act."""
    note_acts(session, actor, [act], now)


def note_acts(session: Session, actor: Actor, acts: Sequence[Act], now: dt.datetime) -> None:
    """Note several acts in one statement.

    Args:
        session: The transaction of the acts.
        actor: Who did them.
        acts: What was done, in the order in which it was.
        now: The instant.
    """
    if not acts:
        return
    session.execute(sa.insert(AuditEntry), [_row(actor, act, now) for act in acts])


def _row(actor: Actor, act: Act, now: dt.datetime) -> dict[str, Any]:
    details = {
        key: value
        for key, value in (("before", act.before), ("after", act.after), ("note", act.note))
        if value is not None and value != ""
    }
    return {
        "at": now,
        "actor_kind": actor.kind,
        "person_id": actor.person_id,
        "actor_name": actor.lasting_name,
        "area": act.area,
        "event": act.event,
        "subject": act.subject,
        "subject_id": act.subject_id,
        "label": act.label,
        "details": details or None,
        "details_hash": details_hash(details) if details else "",
    }
