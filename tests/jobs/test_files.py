"""Files made by the worker: stored with their hash, made again after a kill, deleted when they are old."""

import datetime as dt
import hashlib
import multiprocessing
from pathlib import Path
from threading import Event
from unittest.mock import Mock

import pytest
import sqlalchemy as sa

from db.domain.actor import SYSTEM
from db.domain.errors import MarketplaceError
from db.domain.files import FileKind, FileState
from db.domain.jobs import JobName
from db.domain.time import utc_now
from db.engine import make_engine, reading, transaction
from db.models import StoredFile
from db.services.files import GAVE_UP, ask_for_file
from db.settings import settings
from db.storage import Storage, storage_at
from jobs import files
from jobs.files import make_files, purge_files
from jobs.makers import Made, Maker
from jobs.run import Run
from jobs.table import JOBS

CONTENT = b"one label"
_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload([__name__])


@pytest.fixture
def place(tmp_path: Path) -> Storage:
    return storage_at(f"file://{tmp_path}")


@pytest.fixture
def run(engine: sa.Engine) -> Run:
    return Run(engine, "worker", Event())


def ask(engine: sa.Engine, at: dt.datetime | None = None) -> int:
    with transaction(engine) as session:
        return ask_for_file(session, SYSTEM, FileKind.LABELS, "2 étiquettes", {"of": [1, 2]}, 2, at or utc_now())


def stored(engine: sa.Engine, file_id: int) -> StoredFile:
    with reading(engine) as session:
        row = session.get_one(StoredFile, file_id)
        session.expunge(row)
        return row


def write_labels(_engine, arguments, out, progress) -> Made:
    for done in range(1, len(arguments["of"]) + 1):
        progress(done)
    out.write(CONTENT)
    return Made("etiquettes.pdf", "application/pdf", len(arguments["of"]))


def using(maker: Maker) -> dict[FileKind, Maker]:
    return {FileKind.LABELS: maker}


def test_a_file_is_made_stored_and_recorded(run: Run, place: Storage) -> None:
    file_id = ask(run.engine)
    assert make_files(run, makers=using(write_labels), place=place) == 1
    row = stored(run.engine, file_id)
    assert (row.state, row.done, row.name, row.size_bytes) == (FileState.READY, 2, "etiquettes.pdf", 9)
    assert row.sha256 == hashlib.sha256(CONTENT).hexdigest()
    assert place.open(row.ref).read() == CONTENT
    assert make_files(run, makers=using(write_labels), place=place) == 0


def test_progress_is_written_while_the_file_is_made(run: Run, place: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "_SECONDS_BETWEEN_NOTES", 0)
    file_id, seen = ask(run.engine), []

    def watched(_engine, _arguments, _out, progress) -> Made:
        for done in (1, 2):
            progress(done)
            seen.append(stored(run.engine, file_id).done)
        return Made("a.pdf", "application/pdf", 2)

    make_files(run, makers=using(watched), place=place)
    assert seen == [1, 2]


def test_a_refusal_is_told_and_not_tried_again(run: Run, place: Storage) -> None:
    file_id, maker = ask(run.engine), Mock(side_effect=MarketplaceError("Ces colis n’existent plus."))
    assert make_files(run, makers=using(maker), place=place) == 1
    row = stored(run.engine, file_id)
    assert (row.state, row.error, maker.call_count) == (FileState.FAILED, "Ces colis n’existent plus.", 1)


def test_a_fault_is_tried_three_times_and_holds_up_no_other_file(
    run: Run, place: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.services.files.WAIT_AFTER_FAILURE", dt.timedelta(seconds=-1))
    broken, whole = ask(run.engine), ask(run.engine)

    def fragile(engine, arguments, out, progress) -> Made:
        if stored(run.engine, broken).state is FileState.MAKING:
            raise ZeroDivisionError
        return write_labels(engine, arguments, out, progress)

    make_files(run, makers=using(fragile), place=place)
    row = stored(run.engine, broken)
    assert (row.state, row.error, row.attempts) == (FileState.FAILED, GAVE_UP, 3)
    assert stored(run.engine, whole).state is FileState.READY


def test_a_worker_that_is_told_to_stop_leaves_the_file_to_another(run: Run, place: Storage) -> None:
    file_id = ask(run.engine)

    def interrupted(engine, arguments, out, progress) -> Made:
        run.stop.set()
        return write_labels(engine, arguments, out, progress)

    assert make_files(run, makers=using(interrupted), place=place) == 0
    assert (stored(run.engine, file_id).state, stored(run.engine, file_id).tries) == (FileState.QUEUED, 0)
    assert make_files(Run(run.engine, "next", Event()), makers=using(write_labels), place=place) == 1


def test_who_was_too_slow_deletes_what_it_made(run: Run, place: Storage, tmp_path: Path) -> None:
    file_id = ask(run.engine)

    def overtaken(engine, arguments, out, progress) -> Made:
        with transaction(run.engine) as session:
            session.execute(sa.update(StoredFile).values(attempts=2, claimed_by="another"))
        return write_labels(engine, arguments, out, progress)

    assert make_files(run, makers=using(overtaken), place=place) == 0
    assert stored(run.engine, file_id).state is FileState.MAKING
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def begin_and_never_end(url: str, began) -> None:
    def endless(_engine, _arguments, out, _progress) -> Made:
        out.write(b"half a label")
        began.set()
        Event().wait()
        raise AssertionError

    make_files(Run(make_engine(url), "mortal", Event()), makers=using(endless), place=storage_at("memory://mortal"))


def test_a_killed_workers_file_is_made_by_the_next_one(
    database_url: str, run: Run, place: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    file_id, began = ask(run.engine), _processes.Event()
    worker = _processes.Process(target=begin_and_never_end, args=[database_url, began], daemon=True)
    worker.start()
    assert began.wait(60)
    worker.kill()
    worker.join()
    assert make_files(run, makers=using(write_labels), place=place) == 0
    with transaction(run.engine) as session:  # A minute later.
        session.execute(sa.update(StoredFile).values(claimed_until=utc_now() - dt.timedelta(seconds=1)))
    assert make_files(run, makers=using(write_labels), place=place) == 1
    row = stored(run.engine, file_id)
    assert (row.state, row.attempts, row.ref[-2:]) == (FileState.READY, 2, "-2")
    assert place.open(row.ref).read() == CONTENT


def test_old_files_are_deleted_with_their_content(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FILES_URL", f"file://{tmp_path}")
    settings.cache_clear()
    old, kept = ask(run.engine, utc_now() - dt.timedelta(days=31)), ask(run.engine)
    make_files(run, makers=using(write_labels))
    assert purge_files(run) == 1
    with reading(run.engine) as session:
        assert session.scalars(sa.select(StoredFile.id)).all() == [kept]
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [f"{kept}-1"]
    assert old != kept
    settings.cache_clear()


def test_a_place_that_does_not_answer_is_tried_again(run: Run, tmp_path: Path) -> None:
    (tmp_path / "labels").write_bytes(b"a file where a folder should be")
    file_id = ask(run.engine)
    make_files(run, makers=using(write_labels), place=storage_at(f"file://{tmp_path}"))
    row = stored(run.engine, file_id)
    assert (row.state, row.attempts) == (FileState.QUEUED, 1)


def test_a_label_never_waits_behind_minutes_of_printing() -> None:
    minutes = {FileKind.PAPERS, FileKind.EXPORT, FileKind.ACCOUNTING, FileKind.CONTINUITY, FileKind.CUSTOMER_DATA}
    minutes |= {FileKind.PAYOUT_STATEMENT}
    assert {kind for kind in files.MAKERS if kind.job is JobName.MAKE_LARGE_FILES} == minutes
    jobs = {kind: job for job in JOBS for kind in FileKind if kind.job is job.name}
    assert set(jobs) == set(FileKind)
