"""What draws on the pages of a file: fpdf2, with what makes the file PDF/A-3B and always the same bytes."""

import datetime as dt
from functools import lru_cache
from io import BytesIO
from typing import BinaryIO

from fpdf import FPDF
from PIL import Image

from jobs.documents.metadata import xmp
from jobs.lettering import Lettering

_LANGUAGE = "fr-FR"
_PRODUCER = "fpdf2"


class Pen:
    """Draws at once, on the page that was added last. Lengths are millimetres, sizes of letters points."""

    def __init__(self, title: str, made_at: dt.datetime, author: str, subject: str) -> None:
        self._pdf = FPDF(format="A4", enforce_compliance="PDF/A-3B")
        self._pdf.set_auto_page_break(False)
        self._pdf.set_margin(0)
        self._pdf.set_lang(_LANGUAGE)
        self._pdf.set_title(title)
        self._pdf.set_author(author)
        self._pdf.set_subject(subject)
        self._pdf.set_producer(_PRODUCER)
        self._pdf.set_creation_date(made_at)
        self._title, self._made_at, self._author, self._subject = title, made_at, author, subject
        self._is_hybrid = False
        self.lettering = Lettering(self._pdf)

    def add_page(self) -> None:
        """Go on on a further page."""
        self._pdf.add_page()

    def write(self, x: float, middle: float, line: str, size: float, ink: str, bold: bool) -> None:  # noqa: FBT001  as set
        """Write a readable line, its capitals around the height ``middle``."""
        self._pdf.set_text_color(ink)
        self.lettering.write(x, middle, line, size, bold=bold)

    def rule(self, x: float, y: float, right: float, ink: str, weight: float) -> None:
        """Draw a horizontal line."""
        self._pdf.set_draw_color(ink)
        self._pdf.set_line_width(weight)
        self._pdf.line(x, y, right, y)

    def fill(self, x: float, y: float, width: float, height: float, ink: str) -> None:
        """Fill a place with a colour."""
        self._pdf.set_fill_color(ink)
        self._pdf.rect(x, y, width, height, style="F")

    def picture(self, contents: bytes, x: float, y: float, width: float, height: float) -> None:
        """Draw a picture."""
        self._pdf.image(contents, x, y, width, height)

    def link(self, x: float, y: float, width: float, height: float, url: str) -> None:
        """Make a place lead to an address."""
        self._pdf.link(x, y, width, height, url)

    def attach(self, name: str, contents: bytes, description: str) -> None:
        """Embed a Factur-X invoice."""
        self._is_hybrid = True
        self._pdf.embed_file(
            bytes=contents,
            basename=name,
            mime_type="text/xml",
            desc=description,
            creation_date=self._made_at,
            modification_date=self._made_at,
            compress=True,
            checksum=True,
            # What is seen says the same as what machines read; « Data » is for those that say less.
            associated_file_relationship="Alternative",
        )

    def write_to(self, out: BinaryIO) -> None:
        """Write the file."""
        facts = xmp(
            title=self._title,
            author=self._author,
            subject=self._subject,
            made_at=self._made_at,
            producer=_PRODUCER,
            is_hybrid=self._is_hybrid,
        )
        self._pdf.set_xmp_metadata(facts)
        self._pdf.output(out)


@lru_cache(maxsize=4)
def picture_size(contents: bytes) -> tuple[int, int] | None:
    """Return how many points a picture is wide and high, or nothing where it cannot be drawn."""
    try:
        with Image.open(BytesIO(contents)) as picture:
            picture.load()
            return picture.size
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return None
