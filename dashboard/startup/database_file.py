"""The embedded database, which a dashboard shares with no other dashboard."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dashboard.startup.refusals import AlreadyRunningError, ForeignFileError, ReadOnlyError

try:
    import fcntl
except ImportError:  # A platform without it (Windows) has the check of the port alone.
    fcntl = None  # type: ignore[assignment]

_SQLITE_HEADER = b"SQLite format 3\x00"


@contextmanager
def alone_on(database: Path, url: str) -> Iterator[None]:
    """Hold the lock of an embedded database; the operating system lets it go when the process ends, however it ends.

    Args:
        database: The file, which need not exist yet.
        url: What the next one to ask is told.

    Raises:
        AlreadyRunningError: Another dashboard holds it.
        ReadOnlyError: The folder cannot be written.
    """
    path = _lock_of(database)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("a+", encoding="utf-8")
    except OSError as error:
        raise ReadOnlyError(path.parent, os.strerror(error.errno or 0)) from None
    with file:
        if fcntl is not None:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                file.seek(0)
                raise AlreadyRunningError(file.read().strip()) from None
        file.truncate(0)
        file.write(url)
        file.flush()
        yield


def url_in_use(database: Path) -> str | None:
    """Return the address of the dashboard that was last started on the database, None where none ever was."""
    path = _lock_of(database)
    return path.read_text(encoding="utf-8").strip() or None if path.exists() else None


def _lock_of(database: Path) -> Path:
    return database.with_name(f"{database.name}.lock")


def check_file(database: Path) -> None:
    """Refuse a file that is no SQLite database, or that cannot be written, before anything touches it.

    Raises:
        ForeignFileError: It is another kind of file.
        ReadOnlyError: It cannot be written.
    """
    if not database.exists():
        return
    try:
        with database.open("rb+") as file:
            start = file.read(len(_SQLITE_HEADER))
    except OSError as error:
        raise ReadOnlyError(database, os.strerror(error.errno or 0)) from None
    if start not in (b"", _SQLITE_HEADER):
        raise ForeignFileError(database)
