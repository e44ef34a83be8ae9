"""Stored files: whole or not there, found again as they were, and never outside their place."""

import hashlib
import io
from pathlib import Path

import pytest

from db.storage import FileMissingError, Storage, StorageError, Stored, storage_at

#: A folder as by default; fsspec's memory stands for a bucket.
PLACES = ("file", "memory")


@pytest.fixture(params=PLACES)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    return storage_at(f"file://{tmp_path / 'files'}" if request.param == "file" else f"memory://bucket{tmp_path}")


class BreaksOff(io.BytesIO):
    """A content whose second piece never comes."""

    def read(self, size: int | None = -1) -> bytes:
        if self.tell():
            raise OSError("connection lost")
        return super().read(min(size or 4, 4))


def test_what_is_put_is_found_again_with_its_hash_and_size(place: Storage) -> None:
    content = b"%PDF" * 200_000
    stored = place.put("labels/2026/7-1.pdf", io.BytesIO(content))
    assert stored == Stored(hashlib.sha256(content).hexdigest(), 800_000)
    with place.open("labels/2026/7-1.pdf") as opened:
        assert opened.read() == content
    assert place.size("labels/2026/7-1.pdf") == 800_000


def test_a_content_that_breaks_off_leaves_nothing(place: Storage, tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="connection lost"):
        place.put("a/b.pdf", BreaksOff(b"12345678"))
    with pytest.raises(FileMissingError):
        place.open("a/b.pdf")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_what_was_there_stays_whole_when_its_successor_breaks_off(tmp_path: Path) -> None:
    place = storage_at(f"file://{tmp_path}")
    place.put("a.csv", io.BytesIO(b"whole"))
    with pytest.raises(StorageError):
        place.put("a.csv", BreaksOff(b"12345678"))
    assert place.open("a.csv").read() == b"whole"


def test_what_is_deleted_is_gone_and_may_be_deleted_again(place: Storage) -> None:
    place.put("a.csv", io.BytesIO(b"x"))
    place.delete("a.csv")
    place.delete("a.csv")
    with pytest.raises(FileMissingError):
        place.size("a.csv")


@pytest.mark.parametrize("ref", ["", ".", "/etc/passwd", "../secret_key", "a/../../secret_key", "a\\..\\b", "a\x00b"])
def test_no_ref_leads_outside(place: Storage, tmp_path: Path, ref: str) -> None:
    (tmp_path / "secret_key").write_bytes(b"secret")
    for use in (place.open, place.size, place.delete, lambda ref: place.put(ref, io.BytesIO(b"x"))):
        with pytest.raises(FileMissingError):
            use(ref)
    assert (tmp_path / "secret_key").read_bytes() == b"secret"


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    place = storage_at(f"file://{tmp_path}")
    place.put("a/b.csv", io.BytesIO(b"x"))
    with pytest.raises(FileMissingError):
        place.open("a")


def test_the_folder_of_a_url_may_hold_spaces_and_accents(tmp_path: Path) -> None:
    storage_at(f"file://{tmp_path}/mes%20fichiers%20%C3%A9t%C3%A9").put("a.csv", io.BytesIO(b"x"))
    assert (tmp_path / "mes fichiers été" / "a.csv").read_bytes() == b"x"


@pytest.mark.parametrize("url", ["nowhere://a/b", "ftps-of-nobody://a"])
def test_a_place_that_nothing_speaks_to_is_refused(url: str) -> None:
    with pytest.raises(StorageError):
        storage_at(url)
