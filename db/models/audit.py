"""The log of everything that people and the system did, its chain of hashes, and how it was verified.

An entry is written in the transaction of the act, without waiting for anybody; the worker seals entries into the
chain within seconds, one after the other, because a chain has one end (decision 019).
"""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from db.domain.audit import AuditArea
from db.domain.orders import ActorKind
from db.models.base import Base, BigId, EnumText, not_negative, now_utc, one_of


class AuditEntry(Base):
    """One thing somebody did. The database refuses to change or delete it, but for the erasure of its details.

    ``details`` holds what may concern a customer's person; the chain holds only its digest, so that erasing it
    (RGPD, art. 17) breaks nothing.
    """

    __tablename__ = "audit_entries"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(server_default=now_utc())
    actor_kind: Mapped[ActorKind] = mapped_column(EnumText(ActorKind))
    #: No foreign key: noting something waits for nobody's row, and refuses nothing that was done.
    person_id: Mapped[int | None]
    actor_name: Mapped[str] = mapped_column(server_default="")
    area: Mapped[AuditArea] = mapped_column(EnumText(AuditArea))
    #: What was done, in the vocabulary of its area: « status_changed », « signed_in ».
    event: Mapped[str]
    #: What it was done to: a table's name in the singular, its key, and how people call it.
    subject: Mapped[str] = mapped_column(server_default="")
    subject_id: Mapped[int | None]
    label: Mapped[str] = mapped_column(server_default="")
    #: {"before": …, "after": …, "note": …}; NULL where there is nothing more to say, or once it was erased.
    details: Mapped[dict[str, Any] | None] = mapped_column(
        sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
    )
    #: SHA-256 of the details as they were written; empty where there were none.
    details_hash: Mapped[str] = mapped_column(server_default="")
    erased_at: Mapped[dt.datetime | None]

    __table_args__ = (
        one_of("actor_kind", ActorKind),
        one_of("area", AuditArea),
        sa.CheckConstraint("event <> ''", name="event_not_empty"),
        sa.Index("ix_audit_entries_at", "at", "id"),
        sa.Index("ix_audit_entries_area", "area", "at", "id"),
        sa.Index("ix_audit_entries_event", "area", "event", "at", "id"),
        # Of those who are no persons, it finds a kind: their ``person_id`` is NULL.
        sa.Index("ix_audit_entries_actor", "actor_kind", "person_id", "at", "id"),
        sa.Index("ix_audit_entries_subject", "subject", "subject_id", "id"),
    )


class AuditSeal(Base):
    """The place of an entry in the chain. The database refuses to change or delete it."""

    __tablename__ = "audit_seals"

    #: From 1, without a gap.
    sequence: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    #: No foreign key: a seal outlives an entry that somebody tore out, and names it.
    entry_id: Mapped[int] = mapped_column(unique=True)
    #: Of the hash before it, and of the entry.
    hash: Mapped[str]
    sealed_at: Mapped[dt.datetime]


class AuditCheck(Base):
    """One verification of the whole chain, and what it found."""

    __tablename__ = "audit_checks"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    checked_at: Mapped[dt.datetime]
    #: Who asked for it; empty for the night's own.
    person_name: Mapped[str] = mapped_column(server_default="")
    entries: Mapped[int]
    is_sound: Mapped[bool]
    #: [{"sequence": …, "entry_id": …, "text": …}], the first faults.
    faults: Mapped[list[dict[str, Any]]] = mapped_column(server_default=sa.text("'[]'"))

    __table_args__ = (*not_negative("entries"),)


class AuditAnchor(Base):
    """The end of the chain on one day, also kept as a file outside of the database."""

    __tablename__ = "audit_anchors"

    day: Mapped[dt.date] = mapped_column(primary_key=True)
    sequence: Mapped[int]
    hash: Mapped[str]
    #: Its path below ``FILES_URL``.
    ref: Mapped[str]
    anchored_at: Mapped[dt.datetime]
