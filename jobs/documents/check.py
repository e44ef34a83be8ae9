"""The night's check of numbered documents, of sales and of fees: their series, and that each file is what was made.

Some thousands of files are read each night, those first that were not for longest, so that all are within a month.
"""

import datetime as dt
import hashlib
import logging
from collections.abc import Callable

from sqlalchemy.orm import Session

from db.domain.time import utc_now
from db.engine import reading, transaction
from db.services.document_files import (
    StoredDocument,
    count_of_documents,
    documents_to_check,
    fees_to_check,
    note_sound,
    report_damage,
)
from db.storage import FileMissingError, Storage, chunks_of, storage
from jobs.documents.continuity_check import check_continuity_now
from jobs.run import Run

_log = logging.getLogger(__name__)

#: Nights in which every file is read once, and how many are each night at least.
_NIGHTS = 28
_AT_LEAST = 5_000
_AT_ONCE = 100

#: The files that were not compared since an instant, so many at most.
_ToCheck = Callable[[Session, dt.datetime, int], list[StoredDocument]]


def check_documents(run: Run) -> int:
    """Check series and files; return how many documents were looked at."""
    return check_continuity_now(run) + check_files(run)


def check_files(run: Run, *, place: Storage | None = None) -> int:
    """Compare the night's share of files with their hashes and have the others made again; return how many were read.

    Raises:
        StorageError: The place of files does not answer: that says nothing of the files.
    """
    began, where = utc_now(), place or storage()
    with reading(run.engine) as session:
        share = max(_AT_LEAST, count_of_documents(session) // _NIGHTS + 1)
    of_sales = _check_share(run, where, documents_to_check, began, share)
    return of_sales + _check_share(run, where, fees_to_check, began, _AT_LEAST)


def _check_share(run: Run, place: Storage, to_check: _ToCheck, began: dt.datetime, share: int) -> int:
    checked = 0
    while checked < share and not run.stopping:
        with reading(run.engine) as session:
            some = to_check(session, began, min(_AT_ONCE, share - checked))
        if not some:
            break
        checked += _check(run, place, some)
    return checked


def _check(run: Run, place: Storage, documents: list[StoredDocument]) -> int:
    sound: list[StoredDocument] = []
    damaged: list[StoredDocument] = []
    for document in documents:
        if run.stopping:
            break
        (sound if _is_as_made(place, document) else damaged).append(document)
    now = utc_now()
    with transaction(run.engine) as session:
        note_sound(session, [document.file_id for document in sound], now)
        for document in damaged:
            _log.error("fichier %d : %s est perdu ou altéré", document.file_id, document.ref)
            report_damage(session, document, now)
    return len(sound) + len(damaged)


def _is_as_made(place: Storage, document: StoredDocument) -> bool:
    digest = hashlib.sha256()
    try:
        with place.open(document.ref) as content:
            for chunk in chunks_of(content):
                digest.update(chunk)
    except FileMissingError:
        return False
    return digest.hexdigest() == document.sha256
