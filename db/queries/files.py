"""One file that leaves the house: how far it is, and where it is stored once somebody is about to download it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.files import (
    NUMBERED_KINDS,
    TROUBLED_STATES,
    DocumentNotServedError,
    FileKind,
    FileState,
    FileUnavailableError,
)
from db.domain.papers import missing_words
from db.domain.permissions import Permission
from db.domain.viewer import Viewer
from db.models import StoredFile
from db.queries.columns import columns
from db.queries.plans import not_indexed


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file: what it is, who asked for it, how far it is, or why it cannot be made."""

    id: int
    kind: FileKind
    title: str
    state: FileState
    total: int
    done: int
    error: str
    person_id: int | None
    person_name: str
    asked_at: dt.datetime
    started_at: dt.datetime | None
    ready_at: dt.datetime | None
    name: str
    media_type: str
    size_bytes: int
    sha256: str
    document_id: int | None
    is_flagged: bool
    faults: list[dict[str, str]]
    warnings: list[dict[str, str]]
    checked_at: dt.datetime | None

    @property
    def part_done(self) -> float:
        """Return how far it is, from 0 to 1."""
        return min(1.0, self.done / self.total) if self.total else 0.0

    @property
    def is_troubled(self) -> bool:
        """Tell whether finance has to look at it: a numbered document that is not as it should be."""
        return self.kind in NUMBERED_KINDS and (self.is_flagged or self.state in TROUBLED_STATES)

    @property
    def missing_words(self) -> str:
        """Return « 54 sur 56 : 2 manquent » of papers that could not all be had; of anything else nothing."""
        is_short = self.kind is FileKind.PAPERS and self.state is FileState.READY
        return missing_words(self.done, self.total) if is_short else ""

    def time_left(self, now: dt.datetime) -> dt.timedelta | None:
        """Return how long it will take still, at the pace it had so far; None where there is no telling."""
        if self.state is not FileState.MAKING or self.started_at is None or not 0 < self.done <= self.total:
            return None
        return (now - self.started_at) * (self.total - self.done) / self.done

    def may_be_cancelled_by(self, viewer: Viewer) -> bool:
        """Tell whether it is this person's to give up: documents are made whatever happens."""
        is_theirs = self.person_id == viewer.person_id or viewer.may(Permission.REPAIR_ORDERS)
        return is_theirs and self.kind not in NUMBERED_KINDS and not self.state.is_over


@dataclass(frozen=True, slots=True)
class Download:
    """A file that is ready: where it is stored, what it must be, and what it is called."""

    id: int
    #: The invoice or credit note that it is.
    document_id: int | None
    ref: str
    sha256: str
    size_bytes: int
    name: str
    media_type: str
    #: None of a picture, which is no file of ours.
    kind: FileKind | None = None


def file_row(session: Session, viewer: Viewer, file_id: int) -> FileRow:
    """Return one file, wherever it is on its way.

    Raises:
        FileUnavailableError: There is no such file for this person.
    """
    found = sa.select(*columns(StoredFile, FileRow)).where(StoredFile.id == file_id, *is_for(viewer))
    row = session.execute(found).one_or_none()
    if row is None:
        raise FileUnavailableError
    return FileRow(**row._asdict())


def file_to_download(session: Session, viewer: Viewer, file_id: int) -> Download:
    """Return where a finished file is stored.

    Raises:
        FileUnavailableError: There is none, it is not ready, or it is not for this person: told apart to nobody.
        DocumentNotServedError: It is a document of theirs, whose file is being made, or made again, or cannot be.
    """
    found = sa.select(*columns(StoredFile, Download), StoredFile.state)
    row = session.execute(found.where(StoredFile.id == file_id, *is_for(viewer))).one_or_none()
    if row is None or (row.kind not in NUMBERED_KINDS and row.state is not FileState.READY):
        raise FileUnavailableError
    facts = row._asdict()
    state = facts.pop("state")
    if state is not FileState.READY:
        raise DocumentNotServedError(state, was_ready=bool(row.sha256))
    return Download(**facts)


def is_for(viewer: Viewer) -> Sequence[sa.ColumnElement[bool]]:
    """Return the conditions that a file is for a person; they ask for no index.

    A seller has their own documents, and the files they asked for themselves, as long as they are the seller whose
    orders these hold: who changes sides leaves the other side's files behind.
    """
    allowed = [not_indexed(StoredFile.kind.in_(kinds_for(viewer)))]
    if viewer.seller_id is None:
        return allowed
    is_theirs = sa.or_(StoredFile.kind.in_(NUMBERED_KINDS), StoredFile.person_id == viewer.person_id)
    return [*allowed, not_indexed(StoredFile.seller_id == viewer.seller_id), not_indexed(is_theirs)]


def kinds_for(viewer: Viewer) -> list[FileKind]:
    """Return the kinds of files that a person may have."""
    return [kind for kind in FileKind if viewer.may(kind.permission)]
