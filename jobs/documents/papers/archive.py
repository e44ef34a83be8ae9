"""A ZIP of papers: one file each, with a word on whatever is missing."""

from collections.abc import Sequence
from io import BytesIO
from typing import BinaryIO, Self
from zipfile import ZIP_STORED, ZipFile

from jobs.documents.papers.names import Names
from jobs.documents.papers.pieces import Pieces
from jobs.documents.sheet import Sheet

README = "À lire.txt"


class Archive:
    """The ZIP that is being written. PDFs are packed already: they go in as they are."""

    def __init__(self, out: BinaryIO) -> None:
        self._zip = ZipFile(out, "w", ZIP_STORED)
        self._names = Names()
        self._names.unique(README, "")
        self.files = 0

    def add(self, name: str, content: bytes, ending: str = ".pdf") -> None:
        """Put a file in, a PDF as a rule, under a name that nothing else in the ZIP has."""
        self._zip.writestr(self._names.unique(name, ending), content)
        self.files += 1

    def __enter__(self) -> Self:
        """Open it."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it, whatever became of it."""
        self._zip.close()

    def say(self, title: str, remarks: Sequence[str]) -> None:
        """Put in what is to be known of it, if there is anything."""
        if remarks:
            lines = [title, "", *remarks]
            # As Windows' own editor reads it.
            self._zip.writestr(README, "\r\n".join(lines).encode("utf-8-sig"))


def zip_pieces(pieces: Pieces, archive: Archive) -> None:
    """Draw each paper into a PDF of its own."""
    for piece in pieces:
        sheet, content = Sheet(piece.name, pieces.made_at, author=pieces.house.name), BytesIO()
        piece.draw(sheet)
        sheet.write_to(content)
        archive.add(piece.name, content.getvalue())
        pieces.drawn(archive.files)
