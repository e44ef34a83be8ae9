"""The night's check of stored documents: what is sound, lost, altered, put back."""

import datetime as dt
from pathlib import Path
from threading import Event

import pytest
import sqlalchemy as sa

from db.domain.files import FileState
from db.domain.time import utc_now
from db.engine import reading, transaction
from db.models import DocumentCheck, StoredFile
from db.storage import Storage, StorageError, storage
from jobs.documents import check
from jobs.documents.check import check_documents, check_files
from jobs.documents.make import make_documents
from jobs.run import Run
from tests.jobs.documents.making import invoices, stored

YESTERDAY = utc_now() - dt.timedelta(days=1)


def made(run: Run, count: int) -> list[int]:
    """Make some documents, stored since yesterday."""
    ids = invoices(run.engine, count)
    make_documents(run)
    with transaction(run.engine) as session:
        session.execute(sa.update(StoredFile).values(checked_at=YESTERDAY))
    return ids


def path_of(folder: Path, row: StoredFile) -> Path:
    return folder / row.ref


def test_what_is_lost_or_altered_is_found_and_made_again_as_it_was(run: Run, files: Path) -> None:
    sound, lost, altered = (stored(run.engine, file_id) for file_id in made(run, 3))
    path_of(files, lost).unlink()
    path_of(files, altered).write_bytes(path_of(files, altered).read_bytes()[:-1] + b"!")

    assert check_files(run) == 3

    states = [stored(run.engine, row.id).state for row in (sound, lost, altered)]
    assert states == [FileState.READY, FileState.QUEUED, FileState.QUEUED]
    assert make_documents(run) == 2
    for row in (sound, lost, altered):
        again = stored(run.engine, row.id)
        assert (again.state, again.sha256) == (FileState.READY, row.sha256)
        assert again.checked_at is not None
        assert again.checked_at > YESTERDAY
    assert check_files(run) == 3


def test_a_damaged_document_that_is_put_back_is_sound_again(run: Run) -> None:
    (file_id,) = made(run, 1)
    with transaction(run.engine) as session:
        session.execute(sa.update(StoredFile).values(state=FileState.DAMAGED, error="Perdu."))

    check_files(run)

    row = stored(run.engine, file_id)
    assert (row.state, row.error) == (FileState.READY, "")


def test_each_night_takes_its_share_those_first_that_waited_for_longest(
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(check, "_AT_LEAST", 2)
    monkeypatch.setattr(check, "_AT_ONCE", 1)
    first, second, never = made(run, 3)
    with transaction(run.engine) as session:
        session.execute(sa.update(StoredFile).where(StoredFile.id == never).values(checked_at=None))
        older = YESTERDAY - dt.timedelta(days=1)
        session.execute(sa.update(StoredFile).where(StoredFile.id == second).values(checked_at=older))

    assert check_files(run) == 2

    assert [stored(run.engine, each).checked_at == YESTERDAY for each in (first, second, never)] == [True, False, False]


def test_a_place_that_does_not_answer_damages_nothing(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    (file_id,) = made(run, 1)

    def silent(_self: Storage, ref: str) -> None:
        raise StorageError(ref)

    monkeypatch.setattr(Storage, "open", silent)
    with pytest.raises(StorageError):
        check_files(run)

    assert (stored(run.engine, file_id).state, stored(run.engine, file_id).checked_at) == (FileState.READY, YESTERDAY)


def test_a_worker_that_is_told_to_stop_stops(run: Run) -> None:
    (file_id,) = made(run, 1)
    storage().delete(stored(run.engine, file_id).ref)
    run.stop.set()

    assert check_files(run) == 0
    assert stored(run.engine, file_id).state is FileState.READY
    assert check_files(Run(run.engine, "next", Event())) == 1


def test_the_night_checks_series_and_files(run: Run) -> None:
    made(run, 2)

    assert check_documents(run) == 4

    with reading(run.engine) as session:
        assert session.scalars(sa.select(DocumentCheck.documents)).all() == [2]
