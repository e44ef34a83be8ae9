"""Note what somebody did in the log that is never changed; every service that acts calls it in its own transaction."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.audit import AuditArea, changes, details_hash, plain
from db.models import AuditEntry


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that was done. No password, token or key is in ``before`` and ``after``.

    Both are mappings or frozen rows; they are kept as JSON has them, accounts masked.
    """

    area: AuditArea
    #: What was done, in the vocabulary of its area: « status_changed », « signed_in ».
    event: str
    #: What it was done to: a table's name in the singular, its key, and how people call it.
    subject: str = ""
    subject_id: int | None = None
    label: str = ""
    before: object = None
    after: object = None
    note: str = ""


def note_act(session: Session, actor: Actor, act: Act, now: dt.datetime | None = None) -> None:
    """Note one act; where its service is told no instant, that of the database."""
    note_acts(session, actor, [act], now)


def note_edit(session: Session, actor: Actor, act: Act, now: dt.datetime | None = None) -> None:
    """Note a change by what is not the same ``before`` and ``after``; nothing where nothing changed.

    Args:
        session: The transaction of the change.
        actor: Who made it.
        act: The change; ``before`` and ``after`` are frozen rows or mappings, whole.
        now: The instant; None for the database's.
    """
    before, after = changes(act.before, act.after)
    if before or after:
        note_act(session, actor, replace(act, before=before, after=after), now)


def note_acts(session: Session, actor: Actor, acts: Sequence[Act], now: dt.datetime | None = None) -> None:
    """Note several acts in one statement.

    Args:
        session: The transaction of the acts.
        actor: Who did them.
        acts: What was done, in the order in which it was.
        now: The instant; None for the database's.
    """
    if not acts:
        return
    session.execute(sa.insert(AuditEntry), [_row(actor, act, now) for act in acts])


def _row(actor: Actor, act: Act, now: dt.datetime | None) -> dict[str, Any]:
    details = {
        key: plain(value)
        for key, value in (("before", act.before), ("after", act.after), ("note", act.note))
        if value is not None and value != ""
    }
    return {
        **({"at": now} if now is not None else {}),
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
