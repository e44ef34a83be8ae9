"""Logos as documents and papers show them, each read once."""

from db.storage import FileMissingError, Storage


class Logos:
    """The pictures that the snapshots and the settings name; one that is lost leaves its place to the name."""

    def __init__(self, place: Storage) -> None:
        self._place = place
        self._known: dict[str, bytes | None] = {"": None}

    def of(self, ref: str) -> bytes | None:
        """Return a picture.

        Raises:
            StorageError: The place of stored files does not answer.
        """
        if ref not in self._known:
            self._known[ref] = self._read(ref)
        return self._known[ref]

    def _read(self, ref: str) -> bytes | None:
        try:
            with self._place.open(ref) as picture:
                return picture.read()
        except FileMissingError:
            return None
