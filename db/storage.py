"""Where files that leave the house are kept: a folder by default, a bucket by ``FILES_URL`` in production (fsspec).

A file's *ref* is its path below that place. What is stored under a ref is whole or not there, and it never changes:
whoever makes a file again gives it a new ref.
"""

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import BinaryIO, cast
from urllib.parse import unquote, urlsplit

from fsspec import AbstractFileSystem
from fsspec.core import url_to_fs
from fsspec.implementations.local import LocalFileSystem

from db.settings import settings

CHUNK_BYTES = 256 * 1024


class StorageError(Exception):
    """The place of stored files does not answer, or cannot be used as ``FILES_URL`` says."""


class FileMissingError(StorageError):
    """Nothing is stored under this ref."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What was put under a ref."""

    sha256: str
    size: int


class Storage:
    """One place of stored files."""

    def __init__(self, files: AbstractFileSystem, root: str) -> None:
        self._files = files
        self._root = root

    def put(self, ref: str, content: BinaryIO) -> Stored:
        """Store everything that can be read from ``content`` under a ref, whole or not at all.

        Raises:
            StorageError: The place does not take it.
        """
        path = self._path(ref)
        # A bucket shows an object once it is whole; in a folder another name sees to that.
        partial = f"{path}.part-{secrets.token_hex(4)}" if isinstance(self._files, LocalFileSystem) else path
        with _speaking_of(ref):
            try:
                self._files.makedirs(path.rpartition("/")[0], exist_ok=True)
                with self._files.open(partial, "wb") as target:
                    stored = _copy(content, target)
                if partial != path:
                    self._files.mv(partial, path)
            except BaseException:
                with suppress(OSError):
                    self._files.rm_file(partial)
                raise
        return stored

    def open(self, ref: str) -> BinaryIO:
        """Open what is stored under a ref for reading.

        Raises:
            FileMissingError: Nothing is.
            StorageError: The place does not answer.
        """
        path = self._path(ref)
        with _speaking_of(ref):
            return cast("BinaryIO", self._files.open(path, "rb"))

    def size(self, ref: str) -> int:
        """Return how many bytes are stored under a ref.

        Raises:
            FileMissingError: Nothing is.
            StorageError: The place does not answer.
        """
        path = self._path(ref)
        with _speaking_of(ref):
            return int(self._files.size(path))

    def delete(self, ref: str) -> None:
        """Forget what is stored under a ref, if anything is.

        Raises:
            StorageError: The place does not answer.
        """
        path = self._path(ref)
        with suppress(FileMissingError), _speaking_of(ref):
            self._files.rm_file(path)

    def refs(self, below: str) -> list[str]:
        """Return what is stored below a folder, however deep; nothing where there is no such folder.

        Raises:
            StorageError: The place does not answer.
        """
        folder = self._path(below)
        with _speaking_of(below):
            found: list[str] = self._files.find(folder)
        # Buckets name what they hold with or without a slash before it.
        start = len(self._root.strip("/")) + 1
        return sorted(path.strip("/")[start:] for path in found)

    def _path(self, ref: str) -> str:
        """Return the path of a ref, which leads nowhere but down."""
        parts = PurePosixPath(ref).parts
        if not parts or parts[0] == "/" or ".." in parts or "\\" in ref or "\x00" in ref:
            raise FileMissingError(ref)
        return "/".join([self._root, *parts])


def storage() -> Storage:
    """Return the place of stored files, ``FILES_URL``."""
    return storage_at(settings().files_url)


@lru_cache(maxsize=8)
def storage_at(url: str) -> Storage:
    """Return the place that a URL names.

    Raises:
        StorageError: There is no such kind of place, or the package that speaks to it is not installed.
    """
    parts = urlsplit(url)
    if parts.scheme == "file":
        return Storage(LocalFileSystem(), str(Path(unquote(parts.path)).resolve()))
    try:
        files, root = url_to_fs(url)
    except (ImportError, ValueError) as error:
        raise StorageError(f"{parts.scheme}: {error}") from error
    return Storage(files, root.rstrip("/"))


def chunks_of(content: BinaryIO) -> Iterator[bytes]:
    """Return what can be read from a file, a piece at a time."""
    while chunk := content.read(CHUNK_BYTES):
        yield chunk


def _copy(content: BinaryIO, target: BinaryIO) -> Stored:
    digest, size = hashlib.sha256(), 0
    for chunk in chunks_of(content):
        target.write(chunk)
        digest.update(chunk)
        size += len(chunk)
    return Stored(digest.hexdigest(), size)


@contextmanager
def _speaking_of(ref: str) -> Iterator[None]:
    """Turn what a place of files raises into our own words for it."""
    try:
        yield
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
        raise FileMissingError(ref) from error
    except OSError as error:
        raise StorageError(f"{ref}: {error}") from error
