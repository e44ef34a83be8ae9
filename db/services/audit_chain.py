"""Give the entries of the audit log their place in the chain of hashes, one after the other: a chain has one end.

On PostgreSQL an entry with a lower id may commit after one with a higher id was sealed; it is sealed when it appears.
The places count without a gap, the ids need not.
"""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.audit_chain import GENESIS, EntryFacts, Seal, Sealed, chained_hash
from db.domain.privacy import PrivacyAct
from db.models import AuditEntry, AuditSeal, PrivacyEntry

#: Any constant: PostgreSQL's advisory lock on the end of the chain.
_END_LOCK = 5_027_731_964_210_388
#: How far behind the newest sealed entry a late one is looked for every few seconds; the night looks everywhere.
_LOOK_BACK = 5_000
_READ_AT_ONCE = 5_000
#: What entries are about whose details may be erased (``db/services/erasure.py``).
_ERASABLE = ("customer", "order")

ENTRY_COLUMNS = (
    AuditEntry.id,
    AuditEntry.at,
    AuditEntry.actor_kind,
    AuditEntry.person_id,
    AuditEntry.actor_name,
    AuditEntry.area,
    AuditEntry.event,
    AuditEntry.subject,
    AuditEntry.subject_id,
    AuditEntry.label,
    AuditEntry.details_hash,
)


def has_unsealed(session: Session) -> bool:
    """Tell whether there is something to seal; a look that takes no lock."""
    return session.scalar(_unsealed(session).with_only_columns(AuditEntry.id).limit(1)) is not None


def seal(session: Session, now: dt.datetime, limit: int, *, everywhere: bool = False) -> int:
    """Seal those entries without a seal that have the lowest ids, in the order of their instants; return how many.

    Args:
        session: The caller's transaction; it holds the end of the chain until it ends.
        now: The instant of the seals.
        limit: How many at most.
        everywhere: Whether to look for late ones among all entries, not only among the newest.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(_END_LOCK)))
    last = last_seal(session)
    sequence, previous = (last.sequence, last.hash) if last else (0, GENESIS)
    rows = []
    waiting = session.execute(_unsealed(session, everywhere=everywhere).order_by(AuditEntry.id).limit(limit)).all()
    for row in sorted(waiting, key=lambda each: (each.at, each.id)):
        sequence += 1
        previous = chained_hash(previous, sequence, EntryFacts(*row), now)
        rows.append({"sequence": sequence, "entry_id": row.id, "hash": previous, "sealed_at": now})
    if rows:
        session.execute(sa.insert(AuditSeal), rows)
    return len(rows)


def last_seal(session: Session) -> Seal | None:
    """Return the end of the chain."""
    row = session.execute(_seals().order_by(AuditSeal.sequence.desc()).limit(1)).one_or_none()
    return Seal(*row) if row else None


def hash_at(session: Session, sequence: int) -> str | None:
    """Return what the seal of a place says; None where there is none."""
    return session.scalar(sa.select(AuditSeal.hash).where(AuditSeal.sequence == sequence))


def chain(session: Session) -> Iterator[Sealed]:
    """Return all seals with what is there of their entries, in their order, some thousands in memory at once."""
    known = _was_erased_rightly().label("is_erased")
    found = (
        sa.select(AuditSeal.sequence, AuditSeal.entry_id, AuditSeal.hash, AuditSeal.sealed_at)
        .add_columns(*ENTRY_COLUMNS, AuditEntry.details, known)
        .outerjoin(AuditEntry, AuditEntry.id == AuditSeal.entry_id)
        .order_by(AuditSeal.sequence)
        .limit(_READ_AT_ONCE)
    )
    after = None
    while True:
        some = found if after is None else found.where(AuditSeal.sequence > after)
        rows = session.execute(some).all()
        for row in rows:
            entry = EntryFacts(*row[4:15]) if row[4] is not None else None
            yield Sealed(Seal(*row[:4]), entry, row.details, bool(row.is_erased))
        if len(rows) < _READ_AT_ONCE:
            return
        after = rows[-1].sequence


def _was_erased_rightly() -> sa.ColumnElement[bool]:
    """Tell whether details went with a customer's data, at the instant of which the register of erasures knows."""
    erasure = sa.exists().where(PrivacyEntry.act == PrivacyAct.ERASURE, PrivacyEntry.at == AuditEntry.erased_at)
    return sa.and_(AuditEntry.erased_at.is_not(None), AuditEntry.subject.in_(_ERASABLE), erasure)


def unsealed_since(session: Session, before: dt.datetime, limit: int) -> list[EntryFacts]:
    """Return entries of before an instant that nobody sealed, wherever they are."""
    found = _unsealed(session, everywhere=True).where(AuditEntry.at < before).order_by(AuditEntry.id).limit(limit)
    return [EntryFacts(*row) for row in session.execute(found)]


def _seals() -> sa.Select[int, int, str, dt.datetime]:
    return sa.select(AuditSeal.sequence, AuditSeal.entry_id, AuditSeal.hash, AuditSeal.sealed_at)


def _unsealed(session: Session, *, everywhere: bool = False) -> sa.Select[*tuple[Any, ...]]:
    is_sealed = sa.exists().where(AuditSeal.entry_id == AuditEntry.id)
    found = sa.select(*ENTRY_COLUMNS).where(~is_sealed)
    newest = None if everywhere else session.scalar(sa.select(sa.func.max(AuditSeal.entry_id)))
    return found if newest is None else found.where(AuditEntry.id > newest - _LOOK_BACK)
