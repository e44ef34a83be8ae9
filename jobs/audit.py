"""The audit log: seal what was noted, and each night verify the chain and anchor its end in a file."""

import datetime as dt
import io
import json
import logging
from collections.abc import Iterator

from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM
from db.domain.audit import AuditArea
from db.domain.audit_chain import ChainAnchor
from db.domain.time import local_day, utc_now
from db.engine import reading, transaction
from db.services.audit import Act, note_act
from db.services.audit_chain import has_unsealed, seal
from db.services.audit_check import Verified, keep_anchor, keep_verification, next_anchor, verify
from db.storage import FileMissingError, Storage, storage
from jobs.run import Run, Step, in_steps

_log = logging.getLogger(__name__)

#: Entries sealed in one transaction: some 50 ms, during which SQLite's other writers wait.
SEALED_AT_ONCE = 1_000
#: Below ``FILES_URL``; kept for ever.
ANCHORS = "audit"


def _seal_some(session: Session, now: dt.datetime) -> Step:
    sealed = seal(session, now, SEALED_AT_ONCE)
    return Step(sealed, more=sealed == SEALED_AT_ONCE)


def _seal_late_ones(session: Session, now: dt.datetime) -> Step:
    sealed = seal(session, now, SEALED_AT_ONCE, everywhere=True)
    return Step(sealed, more=sealed == SEALED_AT_ONCE)


seal_audit = in_steps(_seal_some, is_due=has_unsealed)
_seal_all = in_steps(_seal_late_ones)


def check_audit(run: Run, *, place: Storage | None = None) -> int:
    """Verify the chain, seal what came late, and anchor the end; return how many faults there are.

    Raises:
        StorageError: The place of files does not answer: the anchors cannot be compared.
    """
    where, now = place or storage(), utc_now()
    with reading(run.engine) as session:
        found = verify(session, now, stored_anchors(where))
    with transaction(run.engine) as session:
        keep_verification(session, found, now)
        if not found.is_sound:
            note_act(session, SYSTEM, _act_of(found), now)
    for fault in found.faults:
        _log.error("journal d’audit : %s", fault.text)
    _seal_all(run)
    _anchor(run, where, now)
    return len(found.faults)


def stored_anchors(place: Storage) -> Iterator[ChainAnchor]:
    """Return the anchors that are kept as files; one that cannot be read any more counts as missing."""
    for ref in place.refs(ANCHORS):
        if anchor := _read(place, ref):
            yield anchor


def anchor_ref(day: dt.date) -> str:
    """Return where the anchor of a day is kept."""
    return f"{ANCHORS}/{day:%Y/%m}/{day.isoformat()}.json"


def _anchor(run: Run, place: Storage, now: dt.datetime) -> None:
    """Keep the end of the chain, in the file first: what a killed worker stored is what the next one writes down."""
    day = local_day(now)
    with reading(run.engine) as session:
        wanted = next_anchor(session, day)
    if wanted is None:
        return
    ref = anchor_ref(day)
    anchor = _read(place, ref) or wanted
    if anchor is wanted:
        place.put(ref, io.BytesIO(_written(anchor, now)))
    with transaction(run.engine) as session:
        keep_anchor(session, anchor, ref, now)


def _written(anchor: ChainAnchor, now: dt.datetime) -> bytes:
    said = {
        "day": anchor.day.isoformat(),
        "sequence": anchor.sequence,
        "hash": anchor.hash,
        "anchored_at": now.isoformat(),
    }
    return json.dumps(said, indent=2).encode()


def _read(place: Storage, ref: str) -> ChainAnchor | None:
    try:
        with place.open(ref) as content:
            said = json.loads(content.read())
        return ChainAnchor(dt.date.fromisoformat(said["day"]), int(said["sequence"]), str(said["hash"]))
    except (FileMissingError, ValueError, KeyError, TypeError):
        return None


def _act_of(found: Verified) -> Act:
    first = found.faults[0].text
    return Act(AuditArea.SYSTEM, "chain_broken", after={"faults": len(found.faults)}, note=first)
