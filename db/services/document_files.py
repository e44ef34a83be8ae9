"""The files of numbered documents, of sales and of fees: made once, compared with their hash, made again when lost."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM, Actor
from db.domain.audit import AuditArea
from db.domain.files import NUMBERED_KINDS, TROUBLED_STATES, FileState
from db.domain.jobs import JobName
from db.domain.permissions import Permission
from db.models import FeeDocument, StoredFile
from db.queries.plans import not_indexed
from db.services.audit import Act, note_act
from db.services.wake import wake

#: Stored once; of one that is damaged, what is stored may have been put back from a backup.
_STORED_STATES = (FileState.READY, FileState.DAMAGED)


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """What is stored of a document, to be compared with its hash."""

    file_id: int
    ref: str
    sha256: str


def documents_to_check(session: Session, before: dt.datetime, limit: int) -> list[StoredDocument]:
    """Return some documents' files that were not compared since an instant, those first that never were."""
    never = _to_check(session, StoredFile.checked_at.is_(None), limit)
    return [*never, *_to_check(session, StoredFile.checked_at < before, limit - len(never))]


def fees_to_check(session: Session, before: dt.datetime, limit: int) -> list[StoredDocument]:
    """Return some fee invoices' files that were not compared since an instant; few enough to read all each night."""
    is_due = sa.or_(StoredFile.checked_at.is_(None), StoredFile.checked_at < before)
    found = (
        sa.select(StoredFile.id, StoredFile.ref, StoredFile.sha256)
        .join(FeeDocument, FeeDocument.file_id == StoredFile.id)
        .where(is_due, not_indexed(_is_stored()))
        .order_by(FeeDocument.id)
        .limit(limit)
    )
    return [StoredDocument(*row) for row in session.execute(found)]


def count_of_documents(session: Session) -> int:
    """Return how many documents have a file or are to have one."""
    return session.scalars(sa.select(sa.func.count()).where(StoredFile.document_id.is_not(None))).one()


def note_sound(session: Session, file_ids: Collection[int], now: dt.datetime) -> None:
    """Write that documents' files are stored as they were made; one that was damaged is whole again."""
    sound = sa.update(StoredFile).where(StoredFile.id.in_(file_ids), not_indexed(_is_stored()))
    values = {"state": FileState.READY, "error": "", "checked_at": now}
    session.execute(sound.values(values).execution_options(synchronize_session=False))


def report_damage(session: Session, document: StoredDocument, now: dt.datetime) -> bool:
    """Have a document's file made again, because what is stored is not what was made.

    Returns:
        Whether it is this call that asks for it: who comes after another one, or after it is whole again, does not.
    """
    asked = (
        sa.update(StoredFile)
        .where(StoredFile.id == document.file_id, StoredFile.ref == document.ref, not_indexed(_is_stored()))
        .values(_ASKED_AGAIN | {"checked_at": now})
        .returning(StoredFile.id)
    )
    is_first = session.scalar(asked.execution_options(synchronize_session=False)) is not None
    if is_first:
        act = Act(AuditArea.DOCUMENTS, "file_damaged", "file", document.file_id, document.ref)
        note_act(session, SYSTEM, act, now)
        wake(session, JobName.MAKE_DOCUMENTS)
    return is_first


def make_again(session: Session, actor: Actor, file_ids: Collection[int]) -> int:
    """Have documents' files be tried again that failed or could not be made as they were; return how many there are.

    Raises:
        NotAllowedError: The actor may not issue documents.
    """
    actor.require(Permission.ISSUE_DOCUMENTS)
    is_in_trouble = sa.and_(StoredFile.kind.in_(NUMBERED_KINDS), StoredFile.state.in_(TROUBLED_STATES))
    asked = sa.update(StoredFile).where(StoredFile.id.in_(file_ids), not_indexed(is_in_trouble)).values(_ASKED_AGAIN)
    count = len(session.scalars(asked.returning(StoredFile.id).execution_options(synchronize_session=False)).all())
    if count:
        note_act(session, actor, Act(AuditArea.DOCUMENTS, "file_made_again", after={"files": count}))
        wake(session, JobName.MAKE_DOCUMENTS)
    return count


_ASKED_AGAIN = {
    "state": FileState.QUEUED,
    "tries": 0,  # Not ``attempts``: a slow try of before shall neither write to nor delete what the next one makes.
    "done": 0,
    "error": "",
    "claimed_by": None,
    "claimed_until": None,
}


def _is_stored() -> sa.ColumnElement[bool]:
    return sa.and_(StoredFile.kind.in_(NUMBERED_KINDS), StoredFile.state.in_(_STORED_STATES))


def _to_check(session: Session, is_due: sa.ColumnElement[bool], limit: int) -> Sequence[StoredDocument]:
    found = (
        sa.select(StoredFile.id, StoredFile.ref, StoredFile.sha256)
        .where(StoredFile.document_id.is_not(None), is_due, not_indexed(_is_stored()))
        .order_by(StoredFile.checked_at, StoredFile.id)
        .limit(limit)
    )
    return [StoredDocument(*row) for row in session.execute(found)]
