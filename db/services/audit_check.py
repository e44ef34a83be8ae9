"""Verify the whole chain of the audit log against what is there, and against what was kept beside it."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.audit_chain import (
    FAULTS_TOLD,
    SEALED_WITHIN,
    ChainAnchor,
    ChainFault,
    ChainReader,
    FaultKind,
    Faults,
    anchor_fault,
    unsealed_fault,
)
from db.domain.formats import date
from db.models import AuditAnchor, AuditCheck
from db.services.audit_chain import chain, hash_at, last_seal, unsealed_since

_TOLD_EVERY = 5_000


@dataclass(frozen=True, slots=True)
class Verified:
    """What a verification of the whole chain found."""

    entries: int
    faults: tuple[ChainFault, ...]

    @property
    def is_sound(self) -> bool:
        """Tell whether everything is as it was written."""
        return not self.faults


def verify(
    session: Session,
    now: dt.datetime,
    files: Iterable[ChainAnchor],
    progress: Callable[[int], None] = lambda _: None,
) -> Verified:
    """Follow the whole chain in flat memory, and compare it with its anchors.

    Args:
        session: Open for reading.
        now: The instant.
        files: The anchors that are kept outside of the database.
        progress: Called now and then with how many seals were read.
    """
    reader, faults = ChainReader(), Faults()
    for sealed in chain(session):
        faults.add(reader.read(sealed))
        if reader.count % _TOLD_EVERY == 0:
            progress(reader.count)
    faults.add(reader.close())
    faults.add(unsealed_fault(entry) for entry in unsealed_since(session, now - SEALED_WITHIN, FAULTS_TOLD))
    faults.add(_faults_of_anchors(session, files))
    return Verified(reader.count, faults.gravest_first)


def keep_verification(session: Session, found: Verified, now: dt.datetime, person_name: str = "") -> int:
    """Write down what a verification found; return its id."""
    row = AuditCheck(
        checked_at=now,
        person_name=person_name,
        entries=found.entries,
        is_sound=found.is_sound,
        faults=[{"sequence": fault.sequence, "entry_id": fault.entry_id, "text": fault.text} for fault in found.faults],
    )
    session.add(row)
    session.flush()
    return row.id


def anchors(session: Session) -> list[ChainAnchor]:
    """Return where the chain ended on each day, as the database keeps it."""
    rows = session.execute(sa.select(AuditAnchor.day, AuditAnchor.sequence, AuditAnchor.hash).order_by(AuditAnchor.day))
    return [ChainAnchor(*row) for row in rows]


def next_anchor(session: Session, day: dt.date) -> ChainAnchor | None:
    """Return the end of the chain as the anchor of a day; None where it has one, or there is no chain yet."""
    if session.get(AuditAnchor, day) is not None:
        return None
    end = last_seal(session)
    return ChainAnchor(day, end.sequence, end.hash) if end else None


def keep_anchor(session: Session, anchor: ChainAnchor, ref: str, now: dt.datetime) -> None:
    """Write down an anchor whose file is stored."""
    session.add(AuditAnchor(day=anchor.day, sequence=anchor.sequence, hash=anchor.hash, ref=ref, anchored_at=now))
    session.flush()


def _faults_of_anchors(session: Session, files: Iterable[ChainAnchor]) -> list[ChainFault]:
    stored = {anchor.day: anchor for anchor in files}
    known = {anchor.day: anchor for anchor in anchors(session)}
    faults = []
    # The file is what nobody reaches who has only the database: where the two differ, the chain answers to it.
    for day, anchor in sorted((known | stored).items()):
        if text := _difference(day, stored.get(day), known.get(day)):
            faults.append(ChainFault(text, anchor.sequence, kind=FaultKind.ANCHOR))
        if fault := anchor_fault(anchor, hash_at(session, anchor.sequence)):
            faults.append(fault)
    return faults


def _difference(day: dt.date, stored: ChainAnchor | None, known: ChainAnchor | None) -> str:
    if stored == known:
        return ""
    if stored is None:
        return f"Le fichier de l’ancre du {date(day)} manque dans le stockage."
    if known is None:
        return f"L’ancre du {date(day)} a été supprimée de la base\u00a0; son fichier est conservé."
    return f"L’ancre du {date(day)} n’est pas la même dans la base et dans son fichier."
