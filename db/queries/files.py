"""Files that leave the house: those of a person, and the one that is about to be downloaded."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.files import FileKind, FileState, FileUnavailableError
from db.domain.viewer import Viewer
from db.models import StoredFile
from db.queries.columns import columns

FILES_SHOWN = 20


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
    ready_at: dt.datetime | None
    name: str
    size_bytes: int

    @property
    def part_done(self) -> float:
        """Return how far it is, from 0 to 1."""
        return min(1.0, self.done / self.total) if self.total else 0.0


@dataclass(frozen=True, slots=True)
class Download:
    """A file that is ready: where it is stored, what it must be, and what it is called."""

    ref: str
    sha256: str
    size_bytes: int
    name: str
    media_type: str


def file_row(session: Session, viewer: Viewer, file_id: int) -> FileRow:
    """Return one file, wherever it is on its way.

    Raises:
        FileUnavailableError: There is no such file for this person.
    """
    row = session.execute(sa.select(*columns(StoredFile, FileRow)).where(StoredFile.id == file_id)).one_or_none()
    if row is None or not _is_for(viewer, row.kind, row.person_id):
        raise FileUnavailableError
    return FileRow(**row._asdict())


def files_of(session: Session, viewer: Viewer, limit: int = FILES_SHOWN) -> list[FileRow]:
    """Return the files that a person asked for last, newest first."""
    rows = session.execute(
        sa.select(*columns(StoredFile, FileRow))
        .where(StoredFile.person_id == viewer.person_id)
        .order_by(StoredFile.id.desc())
        .limit(limit)
    )
    return [FileRow(**row._asdict()) for row in rows if viewer.may(row.kind.permission)]


def file_to_download(session: Session, viewer: Viewer, file_id: int) -> Download:
    """Return where a finished file is stored.

    Raises:
        FileUnavailableError: There is none, it is not ready, or it is not for this person: told apart to nobody.
    """
    row = session.execute(
        sa.select(*columns(StoredFile, Download), StoredFile.kind, StoredFile.person_id).where(
            StoredFile.id == file_id, StoredFile.state == FileState.READY
        )
    ).one_or_none()
    if row is None or not _is_for(viewer, row.kind, row.person_id):
        raise FileUnavailableError
    return Download(row.ref, row.sha256, row.size_bytes, row.name, row.media_type)


def _is_for(viewer: Viewer, kind: FileKind, person_id: int | None) -> bool:
    """Tell whether a person may have a file: a seller has only their own, which hold only their orders."""
    return viewer.may(kind.permission) and (viewer.seller_id is None or viewer.person_id == person_id)
