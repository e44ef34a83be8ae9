"""Files that leave the house: asked for by a click, made by the worker, kept for a while.

Who makes a file holds it by a *claim* that lapses: a worker that is killed loses it, and another one makes the file
again under a new ref. Nothing is made inside a transaction.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.audit import AuditArea
from db.domain.files import (
    ENCLOSED_KINDS,
    NUMBERED_KINDS,
    UNDER_WAY_STATES,
    DocumentStaysError,
    FileKind,
    FileOverError,
    FileState,
    FileUnavailableError,
)
from db.domain.formats import instant
from db.domain.jobs import JobName
from db.domain.permissions import Permission
from db.domain.text import fold
from db.models import StoredFile
from db.queries.plans import literally, not_indexed
from db.services.audit import Act, note_act
from db.services.wake import wake

#: A worker that has said nothing of a file for so long is gone; makers tell their progress far more often.
CLAIM = dt.timedelta(minutes=1)
MAX_TRIES = 3
WAIT_AFTER_FAILURE = dt.timedelta(seconds=10)
#: Invoices and credit notes are kept as the law says, and with them the checks that their numbers are whole, and what
#: the bank was told to pay.
KEPT_FOR_EVER = NUMBERED_KINDS | {FileKind.CONTINUITY, FileKind.TRANSFERS}
#: How long files are kept that anybody may ask for again.
KEPT_FOR: Mapping[FileKind, dt.timedelta] = {
    FileKind.LABELS: dt.timedelta(days=30),
    FileKind.CARRIER_CSV: dt.timedelta(days=30),
    FileKind.PAPERS: dt.timedelta(days=30),
    FileKind.DOCUMENT_LIST: dt.timedelta(days=30),
    FileKind.RETURN_SLIP: dt.timedelta(days=30),
    FileKind.VOUCHER: dt.timedelta(days=30),
    FileKind.REFUND_LIST: dt.timedelta(days=30),  # Names and IBANs.
    FileKind.PAYOUT_LIST: dt.timedelta(days=30),
    FileKind.PAYOUT_STATEMENT: dt.timedelta(days=30),
    FileKind.EXPORT: dt.timedelta(days=30),
    FileKind.ACCOUNTING: dt.timedelta(days=30),
    FileKind.SUMMARY_CHART: dt.timedelta(days=30),  # The e-mail that shows it says the same in words.
    FileKind.DAC7: dt.timedelta(days=30),  # Births and tax numbers.
    # All that is known of somebody: it is handed over and gone.
    FileKind.CUSTOMER_DATA: dt.timedelta(days=7),
}

GAVE_UP = (
    "Ce fichier n’a pas pu être préparé. Demandez-le de nouveau\u00a0; si cela échoue encore, signalez-le à un "
    "administrateur."
)
CAME_OUT_OTHERWISE = (
    "Le fichier conservé est perdu ou altéré, et celui qui est refait d’après le document enregistré n’a pas la même "
    "empreinte. Restaurez-le depuis une sauvegarde\u00a0: il sera reconnu au prochain contrôle."
)

#: What tells where a file may be stored.
_PLACED = (StoredFile.id, StoredFile.kind, StoredFile.asked_at, StoredFile.attempts)
_IS_UNDER_WAY = StoredFile.state.in_(literally(UNDER_WAY_STATES))


@dataclass(frozen=True, slots=True)
class Claim:
    """A file that one worker is making."""

    file_id: int
    kind: FileKind
    arguments: Mapping[str, Any]
    worker: str
    #: Of all that ever were: one that was given up and is wanted again goes on from where it was.
    attempt: int
    #: Of those since it was wanted, or wanted again.
    current_try: int
    asked_at: dt.datetime
    #: Of one that was lost or altered: where it was stored, and the hash that it must have again.
    replaces: str = ""
    sha256: str = ""

    @property
    def ref(self) -> str:
        """Return where this attempt's file is stored: no two attempts write to the same place."""
        return self._ref_of(self.attempt)

    @property
    def earlier_refs(self) -> tuple[str, ...]:
        """Return where attempts before this one may have left a file, killed before they could say so."""
        return tuple(self._ref_of(attempt) for attempt in range(1, self.attempt))

    def _ref_of(self, attempt: int) -> str:
        if self.replaces:
            return f"{self.replaces}-{attempt}"
        return _ref(self.kind, self.asked_at, self.file_id, attempt)


@dataclass(frozen=True, slots=True)
class Finished:
    """A file that is made and stored."""

    name: str
    media_type: str
    rows: int
    sha256: str
    size: int
    #: What an official check found wrong in it, and what could not be drawn as it is written; as JSON values.
    faults: tuple[Mapping[str, str], ...] = ()
    warnings: tuple[Mapping[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class OldFile:
    """A file that is kept no longer, and every place where a try may have left it."""

    id: int
    refs: tuple[str, ...]


def ask_for_file(
    session: Session,
    actor: Actor,
    kind: FileKind,
    title: str,
    arguments: Mapping[str, Any],
    total: int,
    now: dt.datetime,
    *,
    noted: Mapping[str, Any] | None = None,
) -> int:
    """Write down that a file is wanted and wake the worker; return its id.

    Args:
        session: The caller's transaction.
        actor: Who wants it.
        kind: What it is.
        title: What it is, in words for the list of files.
        arguments: What its maker reads, as JSON values.
        total: How many pieces there are to do.
        now: The instant.
        noted: What of it the audit log keeps beside its kind; nothing that somebody typed.

    Raises:
        NotAllowedError: The actor may not ask for such a file.
    """
    actor.require(kind.permission)
    wanted = StoredFile(
        kind=kind,
        title=title,
        search_text=fold(title),
        arguments=dict(arguments),
        total=total,
        person_id=actor.person_id,
        person_name=actor.name,
        seller_id=actor.seller_id,
        asked_at=now,
    )
    session.add(wanted)
    session.flush()
    said = {"kind": kind, "rows": total, **(noted or {})}
    note_act(session, actor, Act(AuditArea.EXPORTS, "file_asked", "file", wanted.id, title, after=said), now)
    wake(session, kind.job)
    return wanted.id


def is_any_file_wanted(session: Session, now: dt.datetime, kinds: Iterable[FileKind] = FileKind) -> bool:
    """Tell whether there is a file of some kinds to make; a look that takes no lock."""
    return session.scalar(sa.select(StoredFile.id).where(*_claimable(now, kinds)).limit(1)) is not None


def claim_file(session: Session, worker: str, now: dt.datetime, kinds: Iterable[FileKind] = FileKind) -> Claim | None:
    """Take the file that has been wanted for longest; None where none is. One that was tried too often fails."""
    while True:
        found = sa.select(StoredFile).where(*_claimable(now, kinds)).order_by(StoredFile.id).limit(1)
        row = session.scalars(found.with_for_update(skip_locked=True)).one_or_none()
        if row is None:
            return None
        if row.tries < MAX_TRIES:
            break
        row.state, row.error = FileState.FAILED, GAVE_UP
        row.claimed_by = row.claimed_until = None
        session.flush()
    row.state, row.attempts, row.tries, row.done = FileState.MAKING, row.attempts + 1, row.tries + 1, 0
    row.claimed_by, row.claimed_until, row.started_at = worker, now + CLAIM, now
    session.flush()
    return Claim(row.id, row.kind, row.arguments, worker, row.attempts, row.tries, row.asked_at, row.ref, row.sha256)


def note_progress(session: Session, claim: Claim, done: int, now: dt.datetime) -> bool:
    """Write how far a file is, which renews the claim; return whether it still is this worker's."""
    return _settle(session, claim, done=done, claimed_until=now + CLAIM)


def finish_file(session: Session, claim: Claim, made: Finished, now: dt.datetime) -> bool:
    """Write that a file is stored and may be had; return whether it is what is kept.

    It is not where another worker has taken the file over, or where a file that was lost has not come out as it was.
    """
    if claim.sha256 and claim.sha256 != made.sha256:
        _settle(session, claim, state=FileState.DAMAGED, error=CAME_OUT_OTHERWISE, claimed_by=None, claimed_until=None)
        return False
    is_kept = _settle(
        session,
        claim,
        state=FileState.READY,
        done=made.rows,
        name=made.name,
        media_type=made.media_type,
        ref=claim.ref,
        sha256=made.sha256,
        size_bytes=made.size,
        is_flagged=bool(made.faults),
        faults=list(made.faults),
        warnings=list(made.warnings),
        ready_at=now,
        checked_at=now,
        claimed_by=None,
        claimed_until=None,
    )
    if is_kept and claim.kind in ENCLOSED_KINDS:
        wake(session, JobName.DELIVER_EMAILS)  # Its e-mail waits for it.
    return is_kept


def fail_file(session: Session, claim: Claim, reason: str) -> None:
    """Write that a file cannot be made, and why."""
    _settle(session, claim, state=FileState.FAILED, error=reason, claimed_by=None, claimed_until=None)


def give_back_file(session: Session, claim: Claim, now: dt.datetime, *, failed: bool) -> None:
    """Leave a file to the next try: after a failure in a while, else at once and as if there had been no try."""
    if failed and claim.current_try >= MAX_TRIES:
        fail_file(session, claim, GAVE_UP)
        return
    due = now + WAIT_AFTER_FAILURE if failed else None
    tries = claim.current_try if failed else claim.current_try - 1
    _settle(session, claim, state=FileState.QUEUED, done=0, tries=tries, claimed_by=None, claimed_until=due)
    wake(session, claim.kind.job, at=due)


def cancel_file(session: Session, actor: Actor, file_id: int, now: dt.datetime) -> None:
    """Give up a file that is not ready; who makes it notices at its next progress, and nothing of it is kept.

    Args:
        session: The caller's transaction.
        actor: Who asked for it, or an administrator.
        file_id: The file.
        now: The instant, for the record.

    Raises:
        FileUnavailableError: There is no such file for this actor.
        FileOverError: It is ready, failed or given up already.
        DocumentStaysError: It is a numbered document, which is always made.
    """
    found = sa.select(StoredFile).where(StoredFile.id == file_id).with_for_update()
    row = session.scalars(found.execution_options(populate_existing=True)).one_or_none()
    if row is None or not (_is_own(actor, row) or actor.may(Permission.REPAIR_ORDERS)):
        raise FileUnavailableError
    if row.kind in NUMBERED_KINDS:
        raise DocumentStaysError
    if row.state.is_over:
        raise FileOverError(row.state)
    row.state, row.claimed_by, row.claimed_until = FileState.CANCELLED, None, None
    row.error = f"Abandonné par {actor.name} le {instant(now)}."
    session.flush()
    note_act(session, actor, Act(AuditArea.EXPORTS, "file_cancelled", "file", file_id, row.title), now)


def note_download(session: Session, actor: Actor, file_id: int, title: str, now: dt.datetime) -> None:
    """Note that somebody takes a file out of the house; before its first byte leaves."""
    note_act(session, actor, Act(AuditArea.EXPORTS, "file_downloaded", "file", file_id, title), now)


def old_files(session: Session, now: dt.datetime, limit: int) -> list[OldFile]:
    """Return some files that are kept no longer, whatever became of them."""
    too_old = [sa.and_(StoredFile.kind == kind, StoredFile.asked_at < now - kept) for kind, kept in KEPT_FOR.items()]
    # No document among them: the condition spares the walk over a million of these.
    found = sa.select(*_PLACED).where(StoredFile.document_id.is_(None), not_indexed(sa.or_(*too_old)))
    return [_placed(row) for row in session.execute(found.order_by(StoredFile.id).limit(limit))]


def files_to_forget(session: Session, ids: Collection[int]) -> list[OldFile]:
    """Return files that are to be kept no longer although it is not their time; numbered documents stay."""
    found = sa.select(*_PLACED).where(StoredFile.id.in_(ids), StoredFile.document_id.is_(None))
    return [_placed(row) for row in session.execute(found)]


def _placed(row: sa.Row[*tuple[Any, ...]]) -> OldFile:
    return OldFile(row.id, tuple(_ref(row.kind, row.asked_at, row.id, each + 1) for each in range(row.attempts)))


def forget_files(session: Session, ids: Collection[int]) -> None:
    """Forget files whose content is deleted."""
    session.execute(sa.delete(StoredFile).where(StoredFile.id.in_(ids)))


def _is_own(actor: Actor, row: StoredFile) -> bool:
    """Tell whether who asked for a file gives it up, on the side for which they asked."""
    asked_for_it = row.person_id is not None and row.person_id == actor.person_id
    return asked_for_it and actor.seller_id in {None, row.seller_id}


def _ref(kind: FileKind, asked_at: dt.datetime, file_id: int, attempt: int) -> str:
    return f"{kind}/{asked_at:%Y/%m}/{file_id}-{attempt}"


def _claimable(now: dt.datetime, kinds: Iterable[FileKind]) -> list[sa.ColumnElement[bool]]:
    is_wanted = [_IS_UNDER_WAY, StoredFile.kind.in_(list(kinds))]
    # Of one that is queued, the same column says until when it is left alone after a failure.
    return [*is_wanted, sa.or_(StoredFile.claimed_until.is_(None), StoredFile.claimed_until < now)]


def _settle(session: Session, claim: Claim, **values: object) -> bool:
    is_ours = [
        StoredFile.id == claim.file_id,
        StoredFile.state == FileState.MAKING,
        StoredFile.claimed_by == claim.worker,
        StoredFile.attempts == claim.attempt,
    ]
    changed = sa.update(StoredFile).where(*is_ours).values(**values).returning(StoredFile.id)
    return session.scalar(changed.execution_options(synchronize_session=False)) is not None
