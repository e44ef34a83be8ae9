"""« Fichiers » page by page, newest first, however many documents there are beside what people asked for.

Each list walks the one index that has its files in order: those that were asked for, those of a person, those in
trouble, or the primary key, which is nearly all documents. A seller's documents are found from the documents.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.file_list import FileFilter, FileTab
from db.domain.files import NUMBERED_KINDS, UNDER_WAY_STATES, FileKind, FileState
from db.domain.permissions import Permission
from db.domain.text import fold, is_storable
from db.domain.viewer import Viewer
from db.models import Document, Person, StoredFile
from db.models.files import IS_TROUBLED
from db.queries.columns import columns
from db.queries.day_bounds import day_bounds
from db.queries.files import FileRow, is_for, kinds_for
from db.queries.plans import holds, literally, not_indexed

PAGE_SIZE = 50
#: Counters stop there: « 1 000+ ».
COUNT_CAP = 1_000
#: More files at work than this is a queue, not something to watch.
UNDER_WAY_SHOWN = 8

_Condition = sa.ColumnElement[bool]

_WAS_ASKED_FOR = StoredFile.document_id.is_(None)
_OF_A_DOCUMENT = StoredFile.kind == FileKind.DOCUMENT
# Finances › Commissions lists them: nobody asked for one.
_IS_NO_FEE_DOCUMENT = not_indexed(StoredFile.kind != FileKind.FEE_DOCUMENT)
_IS_UNDER_WAY = StoredFile.state.in_(literally(UNDER_WAY_STATES))
# By its very words: SQLite recognises a partial index by its condition.
_IS_TROUBLED = sa.text(IS_TROUBLED)


@dataclass(frozen=True, slots=True)
class FilePage:
    """One page of the list, newest first."""

    rows: tuple[FileRow, ...]
    has_newer: bool
    has_older: bool


@dataclass(frozen=True, slots=True)
class UnderWay:
    """What is being made: the oldest of what was asked for, how many files that is in all, and how many documents."""

    rows: tuple[FileRow, ...]
    asked_for: int
    documents: int


def file_page(
    session: Session, viewer: Viewer, wanted: FileFilter, *, before: int | None = None, after: int | None = None
) -> FilePage:
    """Return one page of the files that the filter asks for and that the person may have.

    Args:
        session: An open session.
        viewer: Who looks; a seller has what they asked for themselves and their own documents.
        wanted: Which files.
        before: Only files older than this one (its id).
        after: The page that ends just above this one (its id); ``before`` is then not looked at.

    Raises:
        NotAllowedError: The person may not read documents.
    """
    viewer.require(Permission.READ_DOCUMENTS)
    upwards = after is not None
    walk = _walk(session, viewer, wanted, before if after is None else after, upwards=upwards)
    found = session.scalars(walk.limit(PAGE_SIZE + 1)).all() if walk is not None else ()
    has_more, ids = len(found) > PAGE_SIZE, found[:PAGE_SIZE]
    return FilePage(
        rows=_rows(session, ids[::-1] if upwards else ids),
        has_newer=has_more if upwards else before is not None,
        has_older=True if upwards else has_more,
    )


def _walk(
    session: Session, viewer: Viewer, wanted: FileFilter, cursor: int | None, *, upwards: bool
) -> sa.Select[int] | None:
    """Return the select of the ids from the cursor on; None where there can be nothing."""
    source = _source(session, viewer, wanted)
    if source is None:
        return None
    ids = sa.select(StoredFile.id).where(*source, *_checks(wanted), *is_for(viewer))
    if viewer.seller_id is not None and wanted.tab is FileTab.DOCUMENTS:
        return _by_document(session, ids, viewer.seller_id, wanted, cursor, upwards=upwards)
    if cursor is not None:
        ids = ids.where(StoredFile.id > cursor if upwards else StoredFile.id < cursor)
    days = day_bounds(session, StoredFile.id, StoredFile.asked_at, wanted.first_day, wanted.last_day)
    return ids.where(*days).order_by(StoredFile.id.asc() if upwards else StoredFile.id.desc())


def _by_document(
    session: Session, ids: sa.Select[int], seller_id: int, wanted: FileFilter, cursor: int | None, *, upwards: bool
) -> sa.Select[int]:
    """Return the walk over a seller's documents, of which one seller may have few among a million files."""
    day, document_id = Document.issued_on, Document.id
    ids = ids.join(Document, document_id == StoredFile.document_id).where(Document.seller_id == seller_id)
    if wanted.first_day:
        ids = ids.where(day >= wanted.first_day)
    if wanted.last_day:
        ids = ids.where(day <= wanted.last_day)
    there = sa.select(day, document_id).join(StoredFile, StoredFile.document_id == document_id)
    place = session.execute(there.where(StoredFile.id == cursor)).one_or_none() if cursor is not None else None
    if place:
        here, bound = sa.tuple_(day, document_id), sa.tuple_(*place)
        ids = ids.where(here > bound if upwards else here < bound)
    return ids.order_by(*((day, document_id) if upwards else (day.desc(), document_id.desc())))


def _source(session: Session, viewer: Viewer, wanted: FileFilter) -> Sequence[_Condition | sa.TextClause] | None:
    """Return the conditions that choose the index to walk; None where there can be nothing."""
    if wanted.tab is FileTab.ASKED_FOR:
        if viewer.seller_id is not None:
            return [StoredFile.person_id == viewer.person_id, not_indexed(_WAS_ASKED_FOR), _IS_NO_FEE_DOCUMENT]
        return [_WAS_ASKED_FOR, _IS_NO_FEE_DOCUMENT]
    if wanted.text:
        number = wanted.text.strip().upper()
        known = sa.select(Document.id).where(Document.number == number) if is_storable(number) else None
        document_id = session.scalar(known) if known is not None else None
        if document_id is None:
            return None
        its_file = StoredFile.document_id == document_id
        return [its_file, _IS_TROUBLED] if wanted.tab is FileTab.TROUBLED else [its_file]
    if wanted.tab is FileTab.TROUBLED:
        return [_IS_TROUBLED]
    return _documents(wanted)


def _documents(wanted: FileFilter) -> Sequence[_Condition | sa.TextClause] | None:
    if wanted.state is FileState.CANCELLED:
        return None  # They are made whatever happens.
    if wanted.state in UNDER_WAY_STATES:
        return [_IS_UNDER_WAY, _OF_A_DOCUMENT]
    if wanted.state not in {None, FileState.READY}:
        return [_IS_TROUBLED]
    is_document = not_indexed(StoredFile.document_id.is_not(None))
    return [StoredFile.person_id == wanted.person_id, is_document] if wanted.person_id else [is_document]


def _checks(wanted: FileFilter) -> list[_Condition]:
    """Return what is looked at on each file that a walk meets."""
    checks: list[_Condition] = []
    if wanted.state:
        checks.append(not_indexed(StoredFile.state == wanted.state))
    if wanted.person_id:
        checks.append(not_indexed(StoredFile.person_id == wanted.person_id))
    if wanted.tab is FileTab.ASKED_FOR:
        if wanted.kind:
            checks.append(not_indexed(StoredFile.kind == wanted.kind))
        checks += [holds(StoredFile.search_text, word) for word in fold(wanted.text).split()]
    return checks


def troubled_count(session: Session, viewer: Viewer) -> int:
    """Return how many documents of the person's somebody has to look at, at most ``COUNT_CAP`` + 1."""
    return _count(session, viewer, _IS_TROUBLED)


def files_under_way(session: Session, viewer: Viewer) -> UnderWay:
    """Return what is being made or waits for it, the oldest first."""
    kinds = [kind for kind in kinds_for(viewer) if kind not in NUMBERED_KINDS]
    asked_for = [_IS_UNDER_WAY, StoredFile.kind.in_(kinds)]
    oldest = sa.select(StoredFile.id).where(*asked_for, *is_for(viewer)).order_by(StoredFile.id).limit(UNDER_WAY_SHOWN)
    return UnderWay(
        rows=_rows(session, session.scalars(oldest).all()),
        asked_for=_count(session, viewer, *asked_for),
        documents=_count(session, viewer, _IS_UNDER_WAY, _OF_A_DOCUMENT),
    )


def askers(session: Session, viewer: Viewer) -> dict[int, str]:
    """Return the people of the house, id → name, by name: who may have asked for a file. A seller chooses nobody."""
    if viewer.seller_id is not None:
        return {}
    people = sa.select(Person.id, Person.name).order_by(sa.func.lower(Person.name), Person.id)
    return {row.id: row.name for row in session.execute(people)}


def _count(session: Session, viewer: Viewer, *conditions: _Condition | sa.TextClause) -> int:
    # In their order, which the partial index has: without it SQLite would rather read the files of all documents.
    few = sa.select(StoredFile.id).where(*conditions, *is_for(viewer)).order_by(StoredFile.id.desc())
    return session.scalar(sa.select(sa.func.count()).select_from(few.limit(COUNT_CAP + 1).subquery())) or 0


def _rows(session: Session, ids: Sequence[int]) -> tuple[FileRow, ...]:
    """Return the files in the order of their ids."""
    if not ids:
        return ()
    found = session.execute(sa.select(*columns(StoredFile, FileRow)).where(StoredFile.id.in_(ids)))
    rows = {row.id: FileRow(**row._asdict()) for row in found}
    return tuple(rows[file_id] for file_id in ids if file_id in rows)
