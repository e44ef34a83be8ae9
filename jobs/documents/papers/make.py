"""Make the file of papers that somebody asked for: one PDF, or a ZIP.

One PDF is drawn in parts and joined, so that ten thousand pages take no more memory than some hundred. Numbered
documents are drawn once more from what they state, which is ten times as quick as reading their files; a ZIP holds the
stored files themselves.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice
from tempfile import TemporaryFile
from typing import Any, BinaryIO, cast

import sqlalchemy as sa

from db.domain.formats import plural
from db.domain.papers import Form, NothingToPrintError, Paper, missing_words
from db.domain.time import utc_now
from db.engine import reading
from db.queries.return_settings import return_rules
from db.services.documents.sources import house
from db.services.papers import Printing, wanted_printing, whoever_asked
from db.storage import storage
from jobs.documents.logos import Logos
from jobs.documents.papers.archive import Archive, zip_pieces
from jobs.documents.papers.blocks import House, draw_remarks
from jobs.documents.papers.joining import join
from jobs.documents.papers.names import safe_name
from jobs.documents.papers.originals import Originals
from jobs.documents.papers.pieces import Piece, Pieces
from jobs.documents.sheet import Sheet
from jobs.makers import Made, Progress

#: Papers in one part: more take more memory, fewer repeat the fonts more often.
_IN_ONE_PART = 250
#: Missing papers that are named beside the file.
_TOLD = 20
_TYPES = {Form.ONE_PDF: ("pdf", "application/pdf"), Form.ZIP: ("zip", "application/zip")}


def make_papers(engine: sa.Engine, arguments: Mapping[str, Any], out: BinaryIO, progress: Progress) -> Made:
    """Write the papers that a file's row names, as whoever asked for them may see them now.

    Raises:
        NotAllowedError: Their account is closed, or their role does not read documents any more.
        NothingToPrintError: By now none of the orders has such a paper.
    """
    printing, place = wanted_printing(arguments), storage()
    with reading(engine) as session:
        viewer, ours = whoever_asked(session, printing), house(session)
        instructions = return_rules(session).instructions
    logos = Logos(place)
    whose = House(ours.party.name, logos.of(ours.logo_ref), instructions)
    if printing.form is Form.ZIP and printing.paper.document_kind:
        return _zip_originals(Originals(engine, printing.ids, viewer, place, logos, progress), printing, out)
    pieces = Pieces(engine, printing, viewer, whose, logos, utc_now(), progress)
    return _zip(pieces, out) if printing.form is Form.ZIP else _one_pdf(pieces, out)


def _zip_originals(files: Originals, printing: Printing, out: BinaryIO) -> Made:
    with Archive(out) as archive:
        files.zip(archive)
        made = _made(printing, archive.files, files.missing)
        archive.say(_readme_title(printing, made.rows), [*files.missing, *files.notes])
    return made


def _zip(pieces: Pieces, out: BinaryIO) -> Made:
    with Archive(out) as archive:
        zip_pieces(pieces, archive)
        made = _made(pieces.printing, archive.files, pieces.remarks)
        archive.say(_readme_title(pieces.printing, made.rows), pieces.remarks)
    return made


def _one_pdf(pieces: Pieces, out: BinaryIO) -> Made:
    drawing = iter(pieces)
    first = next(drawing, None)
    if first is None:
        raise NothingToPrintError(pieces.printing.paper)
    parts = _Parts(pieces, chain([first], drawing))
    join(parts, out)
    return _made(pieces.printing, parts.papers, pieces.remarks)


class _Parts:
    """The parts of one PDF, each drawn when the one before is joined."""

    def __init__(self, pieces: Pieces, drawing: Iterator[Piece]) -> None:
        self._pieces = pieces
        self._drawing = drawing
        self.papers = 0

    def __iter__(self) -> Iterator[BinaryIO]:
        while some := next(self._drawing, None):
            sheet = self._sheet()
            for piece in chain([some], islice(self._drawing, _IN_ONE_PART - 1)):
                piece.draw(sheet)
                self.papers += 1
                self._pieces.drawn(self.papers)
            yield from _written(sheet)
        if self._pieces.remarks:
            sheet = self._sheet()
            draw_remarks(sheet, self._pieces.house, self._pieces.printing.title, self._pieces.remarks)
            yield from _written(sheet)

    def _sheet(self) -> Sheet:
        return Sheet(self._pieces.printing.title, self._pieces.made_at, author=self._pieces.house.name)


def _written(sheet: Sheet) -> Iterator[BinaryIO]:
    with TemporaryFile() as raw:
        part = cast("BinaryIO", raw)
        sheet.write_to(part)
        part.seek(0)
        yield part


def _readme_title(printing: Printing, done: int) -> str:
    said = missing_words(done, printing.total)
    return f"{printing.title} – {said}" if said else printing.title


def _made(printing: Printing, papers: int, missing: Sequence[str]) -> Made:
    if not papers:
        raise NothingToPrintError(printing.paper)
    done = printing.total - len(missing) if printing.paper is Paper.PICKING_LIST else papers
    ending, media_type = _TYPES[printing.form]
    said = missing_words(done, printing.total)
    name = safe_name(printing.title.removesuffix(" (ZIP)")) + (f" ({safe_name(said)})" if said else "")
    return Made(f"{name}.{ending}", media_type, done, warnings=tuple({"text": each} for each in _told(missing)))


def _told(missing: Sequence[str]) -> list[str]:
    """Return what is told beside the file; of many that lack, the first: the file itself tells all of them."""
    more = len(missing) - _TOLD
    return (
        [*missing[:_TOLD], f"Et {plural(more, 'autre')}\u00a0: le fichier les nomme tous."] if more > 0 else [*missing]
    )
